"""Backup and restore against the real PostgreSQL."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anlan.launch import archive, dumping
from anlan.launch.errors import LaunchError
from anlan.launch.paths import Home
from anlan.launch.testing import ensure_test_database

QUIET: archive.Say = lambda text: None  # noqa: E731


@pytest.fixture
def url() -> Iterator[str]:
    """A database of this test's own on the test cluster."""
    base = ensure_test_database()
    name = f"{dumping.database_name(base)}_archive"
    dumping.drop_databases(base, name)
    dumping.create_database(base, name)
    yield dumping.with_database(base, name)
    dumping.drop_databases(base, name)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("ANLAN_FILES", raising=False)
    home = Home(tmp_path / "var")
    home.files.mkdir(parents=True)
    return home


def fill(url: str, home: Home, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TABLE IF NOT EXISTS notes (word text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [word])
    (home.files / "ab").mkdir(exist_ok=True)
    (home.files / "ab" / f"{word}.txt").write_text(word)


def words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [str(row[0]) for row in connection.execute("SELECT word FROM notes ORDER BY word")]


def files(home: Home) -> list[str]:
    return sorted(path.name for path in home.files.rglob("*") if path.is_file())


@pytest.fixture
def saved(url: str, home: Home, tmp_path: Path) -> Path:
    """An archive of one note and one file; afterwards a second of each was added."""
    fill(url, home, "隐患")
    target = tmp_path / "backup.tar"
    archive.backup(home, url, target, QUIET)
    fill(url, home, "整改")
    return target


def test_what_was_backed_up_comes_back_and_the_present_is_kept(url: str, home: Home, saved: Path) -> None:
    archive.restore(home, url, saved, True, QUIET)
    assert words(url) == ["隐患"] and files(home) == ["隐患.txt"]
    kept = [path for path in home.root.iterdir() if path.name.startswith("files-before-")]
    assert sorted(path.name for path in kept[0].rglob("*.txt")) == ["整改.txt", "隐患.txt"]
    assert len(archive.drop_old(home, url)) == 2
    assert not kept[0].exists()


def test_an_empty_target_needs_no_force(url: str, home: Home, saved: Path, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.files.mkdir(parents=True)
    name = f"{dumping.database_name(url)}_2"
    dumping.create_database(url, name)
    elsewhere = dumping.with_database(url, name)
    archive.restore(other, elsewhere, saved, False, QUIET)
    assert words(elsewhere) == ["隐患"] and files(other) == ["隐患.txt"]


def test_a_target_with_data_is_refused_without_force(url: str, home: Home, saved: Path) -> None:
    with pytest.raises(LaunchError, match="--force"):
        archive.restore(home, url, saved, False, QUIET)
    assert words(url) == ["整改", "隐患"] and files(home) == ["整改.txt", "隐患.txt"]


def test_the_archive_is_for_its_owner_only_and_leaves_no_scraps(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in saved.parent.iterdir() if path.name.startswith(".backup")] == []


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9], ids=["early", "middle", "late"])
def test_a_damaged_archive_is_refused(url: str, home: Home, saved: Path, place: float) -> None:
    content = bytearray(saved.read_bytes())
    with tarfile.open(saved) as opened:
        dump = opened.getmember(archive.DUMP)
    position = dump.offset_data + int(dump.size * place)
    content[position] ^= 0xFF
    saved.write_bytes(content)
    with pytest.raises(LaunchError, match="校验不符"):
        archive.restore(home, url, saved, True, QUIET)
    assert words(url) == ["整改", "隐患"]


@pytest.mark.parametrize("keep", [0, 100, 0.5], ids=["empty", "head only", "half"])
def test_an_archive_that_was_cut_off_is_refused(url: str, home: Home, saved: Path, keep: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(LaunchError, match=r"不完整|备份文件"):
        archive.restore(home, url, saved, True, QUIET)
    assert words(url) == ["整改", "隐患"]


def test_a_member_that_would_escape_is_refused(url: str, home: Home, saved: Path) -> None:
    evil = saved.with_name("evil.txt")
    evil.write_text("x")
    with tarfile.open(saved, "a") as opened:
        opened.add(evil, arcname="files/../../evil.txt")
    with pytest.raises(LaunchError, match="清单以外"):
        archive.restore(home, url, saved, True, QUIET)


def test_somebody_still_connected_stops_the_exchange_and_nothing_else(
    url: str, home: Home, saved: Path
) -> None:
    with psycopg.connect(url), pytest.raises(LaunchError, match="仍有程序连接"):
        archive.restore(home, url, saved, True, QUIET)
    assert words(url) == ["整改", "隐患"] and files(home) == ["整改.txt", "隐患.txt"]
    assert sorted(path.name for path in home.root.iterdir()) == ["files", "run"]
    assert list(home.run.iterdir()) == []


def test_an_unwritable_target_is_told_and_nothing_is_left(url: str, home: Home, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="目录必须已存在"):
        archive.backup(home, url, tmp_path / "absent" / "backup.tar", QUIET)
    assert not (tmp_path / "absent").exists()


def crash_in_restore(home: Home, url: str, saved: Path, step: str) -> None:
    """A restore in a process of its own that dies without a word at `step`."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from anlan.launch import archive, dumping; from anlan.launch.paths import Home\n"
        f"{step} = lambda *given: os._exit(9)\n"
        "home, url, saved = Home(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])\n"
        "archive.restore(home, url, saved, True, print)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ANLAN_FILES"}
    command = [sys.executable, "-c", script, str(home.root), url, str(saved)]
    assert subprocess.run(command, check=False, env=environment, capture_output=True).returncode == 9


def test_a_crash_before_the_exchange_goes_back(url: str, home: Home, saved: Path) -> None:
    crash_in_restore(home, url, saved, "dumping.exchange")
    assert words(url) == ["整改", "隐患"]
    said: list[str] = []
    archive.finish_restore(home, url, said.append)
    assert said == ["上次恢复没有完成，已退回恢复之前的数据"]
    assert words(url) == ["整改", "隐患"] and files(home) == ["整改.txt", "隐患.txt"]
    assert not dumping.drop_databases(url, f"{dumping.database_name(url)}_restore")


def test_a_crash_after_the_exchange_is_finished(url: str, home: Home, saved: Path) -> None:
    crash_in_restore(home, url, saved, "archive._finish")
    assert words(url) == ["隐患"] and files(home) == ["整改.txt", "隐患.txt"]
    said: list[str] = []
    archive.finish_restore(home, url, said.append)
    assert said == ["上次恢复中断于切换之后，已补完"]
    assert files(home) == ["隐患.txt"]
    archive.finish_restore(home, url, said.append)
    assert len(said) == 1
