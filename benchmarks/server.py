"""One granian process on loopback, started for a measurement and ended after it."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from anlan.launch.paths import PROJECT
from benchmarks import database


@contextmanager
def serving(url: str, port: int, settings: str, workers: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """Serve `settings` at 127.0.0.1:port until the block ends; raises RuntimeError if it does not answer."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", "4", "config.wsgi:application"]
    environment = {**database.environment(url), "DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen(command, env=environment, cwd=PROJECT)
    try:
        wait(process, port)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until 127.0.0.1:port answers; raises RuntimeError after a minute or when the process is gone."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/account/login/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"127.0.0.1:{port} does not answer")
