"""What is supervised: one description for each part, one running process of it with its log lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from anlan.launch import nats
from anlan.launch.console import Console
from anlan.launch.paths import PROJECT, Home
from anlan.launch.process import Identity, end_session, identify, session_members
from anlan.launch.state import PartState

# The child waits at this gate until its number is on disk. When the supervisor is killed in between, the pipe
# closes and the child ends by itself: no process of ours ever runs unrecorded.
GATE = ["/bin/sh", "-c", 'read -r go && exec "$@" </dev/null', "anlan-part"]


# Lines that the parts print by themselves at every start or end.
SPOKEN = (
    (re.compile(r"Launching a worker on .*"), "开始领取作业"),
    (re.compile(r".*Killing (\S+) after it refused to gracefully stop.*"), r"\1 没有按时停下，已强行结束"),
)


def in_chinese(line: str) -> str:
    """The line in the operator's language where it is one of these, else as it is."""
    return next((one.sub(words, line) for one, words in SPOKEN if one.fullmatch(line)), line)


@dataclass(frozen=True)
class Part:
    """`patience` is how many seconds it may take to end."""

    name: str
    title: str
    command: list[str]
    patience: float = 10.0


@dataclass(frozen=True)
class WebOptions:
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 0

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"


def manage_command(*arguments: str) -> list[str]:
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def web_part(home: Home, options: WebOptions) -> Part:
    """Pages, through granian; style sheets and scripts are served by it from the collected folder."""
    workers = options.workers or min(4, os.cpu_count() or 1)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command += ["--host", options.host, "--port", str(options.port), "--workers", str(workers)]
    command += ["--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "8"]
    command += ["--static-path-route", "/static", "--static-path-mount", str(home.root / "static")]
    return Part("web", "网页", [*command, "config.wsgi:application"])


def worker_part(name: str, title: str, queue: str, concurrency: int) -> Part:
    """Jobs of one queue; a running job gets 20 s to end, else it is broken off and taken up again."""
    command = manage_command("procrastinate", "worker", "--queues", queue, "--name", name)
    command += ["--concurrency", str(concurrency), "--shutdown-graceful-timeout", "20"]
    return Part(name, title, command, patience=25.0)


def part_names() -> list[str]:
    """In the order of starting; ended in reverse."""
    return [*(["nats"] if nats.wanted() else []), "web", "worker", "periodic"]


def make_part(name: str, home: Home, options: WebOptions, nats_token: str) -> Part:
    """The part of that name. Raises LaunchError when it cannot run here."""
    if name == "web":
        return web_part(home, options)
    if name == "worker":
        return worker_part(name, "任务", "default", max(2, min(4, os.cpu_count() or 1)))
    if name == "periodic":
        return worker_part(name, "定时", "periodic", 1)
    return Part(name, "消息", nats.prepare(home, nats_token))


class Running:
    """A part's process. It does nothing until `release` is called."""

    def __init__(self, part: Part, environment: dict[str, str], console: Console, restarts: int) -> None:
        self.part = part
        self.restarts = restarts
        self.last = ""
        self.begun = time.monotonic()
        self._since = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        self._process = subprocess.Popen(
            [*GATE, *part.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=environment,
            start_new_session=True,
        )
        self.identity = identify(self._process.pid) or Identity(self._process.pid, -1)
        self._pump = threading.Thread(target=self._copy_lines, args=[console], daemon=True)
        self._pump.start()

    def release(self) -> None:
        """Open the gate, once the process is recorded."""
        gate = self._process.stdin
        assert gate is not None
        try:
            gate.write(b"go\n")
            gate.close()
        except OSError:
            return  # it ended already; `ended` tells

    @property
    def code(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._process.poll()

    def ended(self) -> str | None:
        """None while it runs; else how it ended, in words. Its stray children are ended too."""
        code = self.code
        if code is None:
            return None
        if session_members(self.identity):
            end_session(self.identity, 3)
        return f"被信号 {-code} 终止" if code < 0 else f"已退出（代码 {code}）"

    def stop(self) -> None:
        """End it and whatever it started, within its patience."""
        self.ask_to_stop()
        end_session(self.identity, max(0.0, self.part.patience))
        self._process.wait()
        self._pump.join(timeout=2)

    def ask_to_stop(self) -> None:
        """Send the first signal without waiting, so that several parts end side by side."""
        if self._process.poll() is None:
            self._process.terminate()

    def state(self) -> PartState:
        return PartState(self.part.name, self.part.title, self.identity, self._since, self.restarts)

    def _copy_lines(self, console: Console) -> None:
        output = self._process.stdout
        assert output is not None
        for line in output:
            text = line.decode(errors="replace").rstrip()
            if text:
                # The quoted statement and its pointer below an error are not the reason.
                if not text.startswith((" ", "LINE ", "DETAIL: ")):
                    self.last = text
                console.say(self.part.title, in_chinese(text))
