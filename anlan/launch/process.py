"""Processes told apart by number *and* start time, so that a recycled number is never taken for ours."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A process number and its start, in clock ticks since boot (`/proc/PID/stat`, field 22)."""

    pid: int
    start: int

    def alive(self) -> bool:
        fields = _stat(self.pid)
        return fields is not None and fields.start == self.start and fields.state != "Z"


@dataclass(frozen=True)
class _Stat:
    state: str
    session: int
    start: int


def identify(pid: int) -> Identity | None:
    """The identity of a live process, or None when there is none of that number."""
    fields = _stat(pid)
    return Identity(pid, fields.start) if fields is not None and fields.state != "Z" else None


def session_members(leader: Identity) -> list[Identity]:
    """Live processes of the session that `leader` opened, the leader itself included.

    The kernel does not give a number away while a session still bears it. So when the number now belongs to a
    process with another start time, the old session is over and nobody is returned.
    """
    fields = _stat(leader.pid)
    if fields is not None and fields.start != leader.start:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            other = _stat(int(entry.name))
            if other is not None and other.session == leader.pid and other.state != "Z":
                found.append(Identity(int(entry.name), other.start))
    return found


def send(process: Identity, number: int) -> bool:
    """Send a signal when the process is still the one meant. Returns whether it was sent."""
    if not process.alive():
        return False
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def end_session(leader: Identity, patience: float, soft: int = signal.SIGTERM) -> None:
    """Ask the session's leader to end, wait up to `patience` seconds, then kill whoever of it remains."""
    if not send(leader, soft):
        for member in session_members(leader):
            send(member, soft)
    wait_for(lambda: not session_members(leader), patience)
    for member in session_members(leader):
        send(member, signal.SIGKILL)
    wait_for(lambda: not session_members(leader), 5)


def wait_for(condition: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """Poll until `condition` holds or the time is over; returns whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name in brackets may itself hold blanks and brackets: count from the last closing one.
    fields = text.rpartition(")")[2].split()
    return _Stat(state=fields[0], session=int(fields[3]), start=int(fields[19]))
