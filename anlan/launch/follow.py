"""Shows the telling lines of the database's log file, and keeps that file from growing without end."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

TELLING = (" WARNING: ", " ERROR: ", " FATAL: ", " PANIC: ")
# Said at every orderly stop and at every start of a client that comes too early.
QUIET = ("terminating connection due to administrator command", "the database system is ")
LARGEST = 50 * 2**20


class Follower:
    """Reads what is appended to `log` from now on."""

    def __init__(self, log: Path, show: Callable[[str], None]) -> None:
        self._log, self._show = log, show
        self._done = threading.Event()
        self._offset = log.stat().st_size if log.exists() else 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._done.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._done.wait(0.5):
            with contextlib.suppress(OSError):
                self._read()

    def _read(self) -> None:
        size = self._log.stat().st_size
        if size < self._offset:
            self._offset = 0
        if size == self._offset:
            return
        with open(self._log, "rb") as file:
            file.seek(self._offset)
            block = file.read(size - self._offset)
        whole = block.rpartition(b"\n")[0]
        self._offset += len(whole) + 1 if whole else 0
        for line in whole.decode(errors="replace").splitlines():
            if any(mark in line for mark in TELLING) and not any(text in line for text in QUIET):
                self._show(line)
        if size > LARGEST:
            shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            # The server appends, so a shortened file is written on from its start.
            with open(self._log, "ab") as file:
                file.truncate(0)
            self._offset = 0
