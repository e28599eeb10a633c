"""The embedded PostgreSQL, with every install that this machine has."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.launch.account import SYSTEM_STATE, database_account
from anlan.launch.binaries import Install, choose_install, find_installs, reachable
from anlan.launch.database import embedded_cluster, prepare_home, remember
from anlan.launch.errors import LaunchError
from anlan.launch.machine import free_port, require_space
from anlan.launch.paths import Home, private_name
from anlan.launch.postgres import Cluster, memory_settings, postmaster, stop_server

INSTALLS = find_installs()
GIB = 2**30
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root switches to another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open to every account, as pytest's own folders are not."""
    made = Path(tempfile.mkdtemp(prefix="anlan-pg-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def cluster_in(folder: Path, install: Install = INSTALLS[0], password: str = "admin") -> Cluster:
    port = free_port(18100, 18999)
    return Cluster(folder / "pg", install, database_account(), port, password, "role'中 文", {"fsync": "off"})


@pytest.mark.parametrize("install", INSTALLS, ids=lambda install: f"{install.major}{'w' * install.bundled}")
def test_a_new_cluster_holds_chinese_text_and_the_extensions_for_an_ordinary_role(
    folder: Path, install: Install
) -> None:
    cluster = cluster_in(folder, install)
    cluster.create()
    process = cluster.start()
    try:
        cluster.ensure_role()
        cluster.ensure_role()
        with psycopg.connect(cluster.url()) as connection:
            for name in ("pg_trgm", "citext", "btree_gin"):
                connection.execute(f"CREATE EXTENSION {name}")
            row = connection.execute(
                "SELECT '安全生产' || upper('é'), current_setting('server_encoding'), "
                "current_setting('is_superuser'), current_setting('listen_addresses')"
            ).fetchone()
        assert row == ("安全生产É", "UTF8", "off", "127.0.0.1")
        assert (folder / "pg").stat().st_uid == cluster.account.uid != 0
    finally:
        stop_server(process)
    assert postmaster(cluster.data) is None


def test_after_kill_9_it_starts_again_at_once(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.create()
    process = cluster.start()
    cluster.ensure_role()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    again = cluster.start()
    try:
        assert cluster.answers()
    finally:
        stop_server(again)


def test_a_server_left_running_is_ended_and_replaced(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.create()
    first = cluster.start()
    second = cluster.start()
    try:
        assert first.wait(timeout=10) == 0
        assert second.pid != first.pid and cluster.answers()
    finally:
        stop_server(second)


def test_a_taken_port_makes_it_take_the_next_free_one(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.create()
    wished = cluster.port
    with socket.create_server(("127.0.0.1", wished)):
        process = cluster.start()
        try:
            assert cluster.port > wished and cluster.answers()
        finally:
            stop_server(process)


def test_a_lost_secrets_file_does_not_lock_the_owner_out(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.create()
    cluster.admin_password = "another"
    process = cluster.start()
    try:
        assert cluster.answers()
    finally:
        stop_server(process)


def test_data_of_an_unknown_major_version_is_refused_untouched(folder: Path) -> None:
    data = folder / "pg"
    data.mkdir()
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(LaunchError, match=r"由 PostgreSQL 12 建立.*数据未改动"):
        choose_install(data)
    assert sorted(path.name for path in data.iterdir()) == ["PG_VERSION"]


@pytest.mark.parametrize("install", INSTALLS, ids=lambda install: str(install.major))
def test_existing_data_keeps_the_programs_of_its_version(folder: Path, install: Install) -> None:
    (folder / "PG_VERSION").write_text(f"{install.major}\n")
    assert choose_install(folder).major == install.major


def test_a_folder_of_other_files_is_not_taken_for_data(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.data.mkdir()
    (cluster.data / "台账.xlsx").write_text("kept")
    with pytest.raises(LaunchError, match="不是数据库目录"):
        cluster.create()
    assert (cluster.data / "台账.xlsx").read_text() == "kept"


def test_a_first_run_that_was_cut_off_leaves_no_half_made_data(folder: Path) -> None:
    cluster = cluster_in(folder)
    half = folder / ".pg-new-abc"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    cluster.create()
    assert not half.exists()
    assert (cluster.data / "global").exists()


def test_the_cause_is_told_when_the_configuration_is_broken(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.create()
    cluster.settings["shared_buffers"] = "nonsense"
    with pytest.raises(LaunchError, match=r"数据未改动.*shared_buffers"):
        cluster.start()
    assert (cluster.data / "PG_VERSION").exists()


def test_too_little_space_is_told_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(LaunchError, match="磁盘空间不足"):
        require_space(folder / "pg", least=2**60)


@as_root
def test_a_full_disk_is_told_and_loses_nothing(folder: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        folder.chmod(0o755)
        with pytest.raises(LaunchError, match="磁盘空间不足"):
            cluster_in(folder).create()
        assert list(folder.iterdir()) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@as_root
def test_data_lies_elsewhere_when_the_home_is_closed_to_the_account(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "var")
    prepare_home(home)
    cluster = embedded_cluster(home)
    try:
        assert cluster.data == SYSTEM_STATE / private_name(home.root) / "pg"
        cluster.create()
        process = cluster.start()
        try:
            assert cluster.answers()
            remember(home, cluster)
        finally:
            stop_server(process)
        assert embedded_cluster(home).data == cluster.data
    finally:
        shutil.rmtree(cluster.data.parent)


@as_root
def test_programs_in_a_closed_folder_are_copied_to_an_open_one(folder: Path) -> None:
    bundled = next(install for install in INSTALLS if install.bundled)
    package = bundled.bin.parent.parent
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), closed / name, symlinks=True)
    inside = Install(closed / bundled.bin.relative_to(package.parent), bundled.major, bundled=True)
    account = database_account()
    found = reachable(inside, account)
    assert not account.can_pass(inside.bin) and account.can_pass(found.bin)
    run = subprocess.run(
        [found.program("postgres"), "-V"], capture_output=True, check=True, **account.run_as()
    )
    assert f"PostgreSQL) {bundled.major}".encode() in run.stdout


@pytest.mark.parametrize(
    ("total", "buffers"),
    [(1 * GIB, "170MB"), (24 * GIB, "4096MB"), (256 * GIB, "8192MB"), (200 * 2**20, "64MB")],
)
def test_buffers_follow_the_memory_within_bounds(total: int, buffers: str) -> None:
    assert memory_settings(total)["shared_buffers"] == buffers
