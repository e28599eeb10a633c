"""A throw-away installation for tests: a home of its own, free ports, and the real `anlan` command."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from anlan.launch.machine import free_port
from anlan.launch.paths import Home
from anlan.launch.process import Identity
from anlan.launch.state import RunState, load_state

STUB = Path(__file__).with_name("project")
PATIENCE = 40.0


class Command:
    """A running `anlan` command and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def says(self, words: str, times: int = 1, patience: float | None = None) -> None:
        """Wait until it has said `words` so often; `patience` in seconds where more is asked than usual."""
        said = partial(self._said, words, times)
        eventually(said, patience or PATIENCE)
        assert self.text.count(words) >= times, f"{words} was not said:\n{self.text}"

    def _said(self, words: str, times: int) -> bool:
        return self.text.count(words) >= times or self.process.poll() is not None

    def ends(self) -> int:
        """Wait for the end; returns the exit code."""
        code = self.process.wait(timeout=PATIENCE)
        self._thread.join(timeout=5)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())


class Installation:
    """`root` may be read and entered by everybody, as the database's account must reach it."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.port = free_port(18100, 18999)
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ANLAN_", "DATABASE_"))
            },
            "ANLAN_HOME": str(root),
            "ANLAN_PROJECT": str(STUB),
            # What these tests lose is not missed.
            "ANLAN_PG_SETTINGS": "fsync=off",
        }

    def start(self, *arguments: str, **extra: str) -> Command:
        process = subprocess.Popen(
            [sys.executable, "-m", "anlan.launch.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**self.environment, **extra},
            start_new_session=True,
        )
        return Command(process)

    def run(self, *arguments: str, **extra: str) -> tuple[int, str]:
        command = self.start(*arguments, **extra)
        return command.ends(), command.text

    def up(self, **extra: str) -> Command:
        """`anlan up`, not yet ready."""
        return self.start("up", "--port", str(self.port), "--workers", "1", **extra)

    def visit(self) -> int:
        """The page's number of visits, over HTTP."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            return int(answer.read())

    def answers(self) -> bool:
        try:
            return self.visit() > 0
        except OSError:
            return False

    def state(self) -> RunState:
        state = load_state(self.home)
        assert state is not None
        return state

    def part(self, name: str) -> Identity:
        return next(part.process for part in self.state().parts if part.name == name)

    def processes(self) -> list[int]:
        """Every live process of this installation: by its environment, or a server on its data folder."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                zombie = re.search(r"\) Z ", (entry / "stat").read_text(errors="replace"))
            except OSError:
                continue
            if str(self.home.root).encode() in told and not zombie:
                found.append(int(entry.name))
        return found


def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait, generously, until something holds; fails the test when it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def throwaway_installation() -> Iterator[Installation]:
    """A new installation; whatever of it still runs at the end is ended by number."""
    root = Path(tempfile.mkdtemp(prefix="anlan-launch-", dir="/var/tmp"))
    root.chmod(0o755)
    installation = Installation(root)
    try:
        yield installation
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in installation.processes():
                os.kill(pid, number)
            deadline = time.monotonic() + 10
            while installation.processes() and time.monotonic() < deadline:
                time.sleep(0.05)
        shutil.rmtree(root, ignore_errors=True)
