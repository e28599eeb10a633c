"""Backup and restore: the database and the uploaded files in one archive with a manifest of digests.

The archive is a plain tar: `database.dump` (pg_dump's custom format), `files/…`, and last `manifest.json`. An
archive without its manifest was cut off and is refused.

A restore never writes into the data in use. It fills a new database and a new folder beside the present ones
and then exchanges the names. A note on disk lets the next start go back or finish after a crash.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg

import anlan
from anlan.launch import dumping
from anlan.launch.errors import LaunchError
from anlan.launch.machine import require_space
from anlan.launch.paths import Home

FORMAT = 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
BLOCK = 1 << 20
Say = Callable[[str], None]


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: digests (SHA-256) and sizes by member name."""

    version: str
    created: str
    members: dict[str, tuple[str, int]]


def backup(home: Home, url: str, target: Path, say: Say) -> Manifest:
    """Write the archive to `target`, whole or not at all; an existing file is replaced at the end.

    Raises LaunchError when the target cannot be written or the dump fails.
    """
    if target.is_dir() or not target.parent.is_dir():
        raise LaunchError(f"无法写入备份 {target}：请给出一个文件名，它所在的目录必须已存在。")
    scratch = target.with_name(f".{target.name}.{os.getpid()}.part")
    dump = target.with_name(f".{target.name}.{os.getpid()}.dump")
    try:
        say("正在导出数据库")
        dumping.dump(url, dump)
        require_space(target.parent, dump.stat().st_size)
        say("正在写入附件")
        manifest = _write_archive(home, dump, scratch)
        scratch.replace(target)
    except OSError as error:
        raise LaunchError(
            f"备份没有完成，{target} 未改动：{error.strerror}。请检查磁盘空间和权限。"
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)
    return manifest


def verify(source: Path) -> Manifest:
    """Check that the archive is whole: manifest, members, digests. Raises LaunchError otherwise."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _read_manifest(archive, source)
            seen = set()
            for member in archive:
                if member.name == MANIFEST:
                    continue
                _check_member(archive, member, manifest, source)
                seen.add(member.name)
    except (OSError, tarfile.TarError) as error:
        raise LaunchError(f"无法读取备份 {source}：{error}。文件可能不完整或不是备份文件。") from error
    missing = sorted(set(manifest.members) - seen)
    if missing:
        raise LaunchError(
            f"备份 {source} 缺少 {missing[0]} 等 {len(missing)} 项，不能恢复（现有数据未改动）。"
        )
    return manifest


def restore(home: Home, url: str, source: Path, force: bool, say: Say) -> Manifest:
    """Put the archive's database and files in place of the present ones, which are kept under other names.

    Refuses a target that holds anything unless `force`. Any failure leaves the present data in use.
    """
    say("正在核对备份文件")
    manifest = verify(source)
    if not force and (dumping.holds_tables(url) or _holds_files(home.files)):
        raise LaunchError(
            "目标中已有数据，未作任何改动：确认要用备份替换时，请加 --force（旧数据会改名保留）。"
        )
    stamp = f"{datetime.now():%Y%m%d%H%M%S}"
    plan = _Plan(stamp, dumping.database_name(url), home.files)
    require_space(home.root, 2 * sum(size for _, size in manifest.members.values()))
    plan.save(home)
    try:
        say("正在恢复附件")
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=home.root) as folder:
            dump = Path(folder) / DUMP
            _extract(source, dump, plan.new_files)
            say("正在恢复数据库")
            dumping.create_database(url, plan.new_database)
            dumping.load(dumping.with_database(url, plan.new_database), dump)
        say("正在切换")
        dumping.exchange(url, plan.new_database, plan.old_database)
    except BaseException as error:
        # Whatever cannot be put in order now is put in order by the next start: the note stays.
        with contextlib.suppress(psycopg.Error, LaunchError, OSError):
            finish_restore(home, url, say)
        if isinstance(error, OSError):
            raise LaunchError(f"恢复没有完成，现有数据未改动：{error.strerror}。") from error
        raise
    _finish(home, plan)
    say(
        f"旧数据保留为数据库 {plan.old_database} 和目录 {plan.old_files}，"
        "确认无误后可用 anlan restore --drop-old 删除"
    )
    return manifest


def finish_restore(home: Home, url: str, say: Say) -> None:
    """After a crash in mid restore: finish when the databases had been exchanged, else go back."""
    plan = _Plan.load(home)
    if plan is None:
        return
    if dumping.exists(url, plan.old_database):
        _finish(home, plan)
        say("上次恢复中断于切换之后，已补完")
    else:
        _go_back(home, url, plan)
        say("上次恢复没有完成，已退回恢复之前的数据")


def drop_old(home: Home, url: str) -> list[str]:
    """Remove what restores have kept under other names; returns what was removed."""
    prefix = f"{dumping.database_name(url)}_before_"
    removed = dumping.drop_databases(url, prefix)
    for folder in sorted(home.files.parent.glob(f"{home.files.name}-before-*")):
        shutil.rmtree(folder)
        removed.append(str(folder))
    return removed


@dataclass(frozen=True)
class _Plan:
    """Names of a restore under way, and the note about it on disk."""

    stamp: str
    database: str
    files: Path

    @property
    def new_database(self) -> str:
        return f"{self.database}_restore_{self.stamp}"

    @property
    def old_database(self) -> str:
        return f"{self.database}_before_{self.stamp}"

    @property
    def new_files(self) -> Path:
        return self.files.with_name(f"{self.files.name}-restore-{self.stamp}")

    @property
    def old_files(self) -> Path:
        return self.files.with_name(f"{self.files.name}-before-{self.stamp}")

    def save(self, home: Home) -> None:
        home.run.mkdir(parents=True, exist_ok=True)
        note = {"stamp": self.stamp, "database": self.database, "files": str(self.files)}
        with open(_note(home), "w", encoding="utf-8") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, home: Home) -> _Plan | None:
        try:
            raw = json.loads(_note(home).read_text(encoding="utf-8"))
            return cls(str(raw["stamp"]), str(raw["database"]), Path(raw["files"]))
        except (OSError, ValueError, KeyError):
            return None


def _note(home: Home) -> Path:
    return home.run / "restore.json"


def _finish(home: Home, plan: _Plan) -> None:
    """The database is the new one: let the files follow. Each step may have been done already."""
    if plan.new_files.exists():
        if plan.files.exists():
            plan.files.rename(plan.old_files)
        plan.new_files.rename(plan.files)
    _note(home).unlink(missing_ok=True)


def _go_back(home: Home, url: str, plan: _Plan) -> None:
    shutil.rmtree(plan.new_files, ignore_errors=True)
    dumping.drop_databases(url, plan.new_database)
    _note(home).unlink(missing_ok=True)


def _holds_files(folder: Path) -> bool:
    return folder.exists() and any(path.is_file() for path in folder.rglob("*"))


def _write_archive(home: Home, dump: Path, scratch: Path) -> Manifest:
    members: dict[str, tuple[str, int]] = {}
    with open(scratch, "wb") as raw:
        os.fchmod(raw.fileno(), 0o600)
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in _sources(home, dump):
                with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
                    members[name] = _add(archive, name, file)
            manifest = Manifest(
                anlan.__version__, f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}", members
            )
            _add_manifest(archive, manifest)
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _sources(home: Home, dump: Path) -> Iterator[tuple[str, Path]]:
    yield DUMP, dump
    for path in sorted(home.files.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{FILES}/{path.relative_to(home.files).as_posix()}", path


class _Digesting:
    """Reads a file and keeps the digest of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> tuple[str, int]:
    entry = tarfile.TarInfo(name)
    info = os.fstat(file.fileno())
    entry.size, entry.mtime, entry.mode = info.st_size, int(info.st_mtime), 0o600
    reader = _Digesting(file)
    archive.addfile(entry, reader)
    return reader.digest.hexdigest(), entry.size


def _add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    content = {"format": FORMAT, "version": manifest.version, "created": manifest.created}
    content |= {"members": manifest.members}
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
        file.seek(0)
        _add(archive, MANIFEST, file)


def _read_manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    try:
        file = archive.extractfile(MANIFEST)
        assert file is not None
        raw: dict[str, Any] = json.loads(file.read())
        members = {str(name): (str(digest), int(size)) for name, (digest, size) in raw["members"].items()}
        version, created = str(raw["version"]), str(raw["created"])
    except (KeyError, ValueError, AssertionError) as error:
        raise LaunchError(f"{source} 不是完整的备份文件（缺清单）：请换一份备份。") from error
    if raw.get("format") != FORMAT or _numbers(version) > _numbers(anlan.__version__):
        raise LaunchError(
            f"备份 {source} 由较新的版本 {version} 生成，当前版本是 {anlan.__version__}："
            "请先升级本系统再恢复。"
        )
    return Manifest(version, created, members)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _check_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, manifest: Manifest, source: Path
) -> None:
    name = PurePosixPath(member.name)
    expected = manifest.members.get(member.name)
    file = archive.extractfile(member) if member.isreg() else None
    if expected is None or file is None or name.is_absolute() or ".." in name.parts:
        raise LaunchError(f"备份 {source} 中有清单以外的内容 {member.name}，不能恢复（现有数据未改动）。")
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    if digest.hexdigest() != expected[0]:
        raise LaunchError(
            f"备份 {source} 中的 {member.name} 校验不符，文件已损坏，不能恢复（现有数据未改动）。"
        )


def _extract(source: Path, dump: Path, files: Path) -> None:
    """Write the members of a verified archive to their places."""
    files.mkdir(parents=True)
    with tarfile.open(source, "r:") as archive:
        for member in archive:
            if member.name == MANIFEST:
                continue
            place = dump if member.name == DUMP else files / PurePosixPath(member.name).relative_to(FILES)
            place.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            with open(place, "wb") as file:
                shutil.copyfileobj(content, file, BLOCK)
