"""A PostgreSQL for tests: one cluster under `var/pgtest`, shared by all test runs on this checkout.

Every run gets a database name of its own, held by a file lock, so that runs side by side do not meet. The
cluster is stopped by whichever run ends last.
"""

from __future__ import annotations

import atexit
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from anlan.launch.account import SYSTEM_STATE, database_account
from anlan.launch.binaries import choose_install, reachable
from anlan.launch.errors import LaunchError
from anlan.launch.paths import PROJECT, private_name
from anlan.launch.postgres import Cluster
from anlan.launch.secretfile import load_secrets

FIRST_PORT = 5547
SLOTS = 64
# A test cluster holds nothing of value: it trades durability for speed.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_connections": "300",
    "max_wal_size": "1GB",
}


@dataclass
class _Held:
    url: str
    cluster: Cluster
    folder: Path
    using: IO[str]
    slot: IO[str]


_held: _Held | None = None


def ensure_test_database(folder: Path | None = None) -> str:
    """DATABASE_URL of a running PostgreSQL with an empty database of this run's own.

    DATABASE_URL from the environment wins. Otherwise starts the cluster under `folder` (default
    `var/pgtest`) or joins the one that already runs there. Raises LaunchError when none can be started.
    """
    global _held
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    if _held is None:
        _held = _join(folder or PROJECT / "var" / "pgtest")
        atexit.register(_leave)
    return _held.url


def _join(folder: Path) -> _Held:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "start.lock", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        cluster = _cluster(folder)
        if not cluster.answers():
            cluster.create()
            cluster.start()
            (folder / "port").write_text(str(cluster.port))
        slot, name = _claim_slot(folder)
        cluster.ensure_role(name)
        using = open(folder / "users.lock", "w")  # noqa: SIM115 (held until the run ends)
        fcntl.flock(using, fcntl.LOCK_SH)
    return _Held(cluster.url(name), cluster, folder, using, slot)


def _leave() -> None:
    """Let go; the last to go stops the server."""
    global _held
    if _held is None:
        return
    held, _held = _held, None
    with open(held.folder / "start.lock", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        held.slot.close()
        try:
            fcntl.flock(held.using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        held.cluster.stop_left_over()


def _cluster(folder: Path) -> Cluster:
    account = database_account()
    data = folder / "data"
    if not account.can_pass(folder):
        data = SYSTEM_STATE / private_name(folder) / "data"
    secrets = load_secrets(folder / "secrets.env", ["ANLAN_DB_ADMIN_PASSWORD", "ANLAN_DB_PASSWORD"])
    port_file = folder / "port"
    return Cluster(
        data=data,
        install=reachable(choose_install(data), account),
        account=account,
        port=int(port_file.read_text()) if port_file.exists() else FIRST_PORT,
        admin_password=secrets["ANLAN_DB_ADMIN_PASSWORD"],
        role_password=secrets["ANLAN_DB_PASSWORD"],
        settings=FAST,
    )


def _claim_slot(folder: Path) -> tuple[IO[str], str]:
    for number in range(1, SLOTS + 1):
        slot = open(folder / f"slot{number}.lock", "w")  # noqa: SIM115 (held until the run ends)
        try:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            slot.close()
            continue
        return slot, f"anlan_run{number}"
    raise LaunchError(f"{folder} 下已有 {SLOTS} 个测试同时进行，请稍后再试。")
