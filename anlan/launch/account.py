"""The operating-system account that runs PostgreSQL.

PostgreSQL refuses to run as root. An ordinary user runs it as themself; root runs it as a system account of
its own, and the data directory must then lie where that account can reach it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from anlan.launch.errors import LaunchError

SYSTEM_USER = "anlan"
SYSTEM_STATE = Path("/var/lib/anlan")


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that make a program run as another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user id and group id; `drop` says whether children must switch to it."""

    uid: int
    gid: int
    drop: bool

    def can_pass(self, directory: Path) -> bool:
        """Whether this account may step through every existing folder down to `directory`."""
        if not self.drop:
            return True
        path = directory.resolve()
        return all(self._may_enter(folder) for folder in [*path.parents, path] if folder.exists())

    def _may_enter(self, folder: Path) -> bool:
        info = folder.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)

    def own(self, path: Path) -> None:
        """Give one file or folder to this account (no-op for an ordinary user)."""
        if self.drop:
            os.chown(path, self.uid, self.gid)

    def run_as(self) -> RunAs:
        """Keyword arguments for `subprocess`; empty when nothing needs to be switched."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}


def database_account() -> Account:
    """The account to run PostgreSQL as. As root it makes the system user `anlan`, else takes `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drop=False)
    entry = _entry(SYSTEM_USER) or _create_system_user() or _entry("postgres") or _entry("nobody")
    if entry is None or entry.pw_uid == 0:
        raise LaunchError(
            "以 root 运行时需要一个普通系统用户来运行数据库：请先执行 useradd --system anlan，再重试。"
        )
    return Account(entry.pw_uid, entry.pw_gid, drop=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_system_user() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_STATE)]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    # Two first starts at once may both try; whoever loses finds the entry that the other made.
    subprocess.run(command, capture_output=True, check=False)
    return _entry(SYSTEM_USER)
