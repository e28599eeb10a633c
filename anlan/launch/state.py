"""Who holds an installation and which processes belong to it, on disk for the next start to take over."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.launch.errors import LaunchError
from anlan.launch.paths import Home
from anlan.launch.process import Identity, end_session, identify, session_members

UP = "anlan up"
TAKE_OVER_SECONDS = 20.0


@dataclass(frozen=True)
class PartState:
    """One running part as `status` shows it."""

    name: str
    title: str
    process: Identity
    since: str
    restarts: int


@dataclass
class RunState:
    """The supervisor and its parts."""

    supervisor: Identity
    address: str
    parts: list[PartState] = field(default_factory=list)


def save_state(home: Home, state: RunState) -> None:
    """Write the state beside its place, then rename: a reader sees the old one or the new one."""
    path = _state_path(home)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    content = {"boot": _boot(), **asdict(state)}
    scratch.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    scratch.replace(path)


def load_state(home: Home) -> RunState | None:
    """The last written state; None when there is none, or it cannot be read, or is from before a reboot."""
    try:
        raw: dict[str, Any] = json.loads(_state_path(home).read_text(encoding="utf-8"))
        if raw["boot"] != _boot():
            return None
        parts = [PartState(**{**part, "process": Identity(**part["process"])}) for part in raw["parts"]]
        return RunState(Identity(**raw["supervisor"]), str(raw["address"]), parts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear_state(home: Home) -> None:
    _state_path(home).unlink(missing_ok=True)


def end_left_overs(home: Home) -> list[str]:
    """End the processes that a killed supervisor left behind; returns their titles. The hold must be ours."""
    state = load_state(home)
    if state is None:
        return []
    ended = []
    for part in state.parts:
        if session_members(part.process):
            end_session(part.process, TAKE_OVER_SECONDS)
            ended.append(part.title)
    clear_state(home)
    return ended


@contextlib.contextmanager
def hold(home: Home, purpose: str) -> Iterator[None]:
    """Hold the installation for one command; raises LaunchError that names the holder when it is taken.

    The kernel lets go of the lock when the process dies in whatever way.
    """
    path = home.run / "up.lock"
    try:
        home.run.mkdir(parents=True, exist_ok=True)
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 (closed below, after the work)
    except OSError as error:
        raise LaunchError(f"无法写入 {home.run}：{error.strerror}。请检查磁盘空间和目录权限。") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LaunchError(_held_by(path)) from error
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\t{purpose}\t{datetime.now():%Y-%m-%d %H:%M:%S}\n")
        file.flush()
        yield


@dataclass(frozen=True)
class Holder:
    """The command that holds an installation now."""

    process: Identity
    purpose: str


def holder(home: Home) -> Holder | None:
    """The live command that holds the installation now, or None when it is free."""
    path = home.run / "up.lock"
    try:
        with open(path, encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                pid, purpose = file.read().split("\t")[:2]
                process = identify(int(pid))
                return Holder(process, purpose) if process is not None else None
    except (OSError, ValueError):
        return None


def _boot() -> str:
    """Start times count from the boot: they mean nothing after another."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _held_by(path: Path) -> str:
    pid, purpose, since = "?", "另一条命令", "?"
    with contextlib.suppress(OSError, ValueError):
        pid, purpose, since = path.read_text(encoding="utf-8").strip().split("\t")
    return (
        f"本系统正由 {purpose} 使用（进程 {pid}，{since} 开始）："
        "可用 anlan status 查看、anlan down 停止，或等它结束后重试。"
    )


def _state_path(home: Home) -> Path:
    return home.run / "state.json"
