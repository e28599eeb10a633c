"""Which database an installation uses: DATABASE_URL, else an embedded PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg

from anlan.launch.account import SYSTEM_STATE, database_account
from anlan.launch.binaries import EXTENSIONS, NEWEST, OLDEST, choose_install, reachable
from anlan.launch.errors import LaunchError
from anlan.launch.paths import Home, private_name
from anlan.launch.postgres import Cluster, stop_server
from anlan.launch.secretfile import load_secrets
from anlan.launch.state import UP, end_left_overs, hold, holder

FIRST_PORT = 5447
ADMIN_SECRET, ROLE_SECRET = "ANLAN_DB_ADMIN_PASSWORD", "ANLAN_DB_PASSWORD"
SECRETS = ("ANLAN_SECRET_KEY", ADMIN_SECRET, ROLE_SECRET, "ANLAN_NATS_TOKEN")


def external_url() -> str | None:
    """DATABASE_URL when the operator brings a database of their own."""
    return os.environ.get("DATABASE_URL") or None


def prepare_home(home: Home) -> dict[str, str]:
    """Make the folders and secrets of an installation; returns the secrets by name."""
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        home.run.mkdir(exist_ok=True)
        home.files.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LaunchError(
            f"无法建立目录 {home.root}：{error.strerror}。请检查磁盘空间和目录权限。"
        ) from error
    return load_secrets(home.secrets, SECRETS)


def embedded_cluster(home: Home) -> Cluster:
    """The installation's own PostgreSQL, not started. Needs `prepare_home` to have run once."""
    secrets = prepare_home(home)
    account = database_account()
    data, port = _choices(home)
    if data is None:
        inside = account.can_pass(home.root)
        data = home.root / "pg" if inside else SYSTEM_STATE / private_name(home.root) / "pg"
    return Cluster(
        data=data,
        install=reachable(choose_install(data), account),
        account=account,
        port=port,
        admin_password=secrets[ADMIN_SECRET],
        role_password=secrets[ROLE_SECRET],
        settings=_own_settings(),
    )


def remember(home: Home, cluster: Cluster) -> None:
    """Keep where the data lies (relative inside the home, which may be moved) and its port."""
    inside = cluster.data.is_relative_to(home.root)
    data = cluster.data.relative_to(home.root) if inside else cluster.data
    scratch = home.postgres.with_name(f".{home.postgres.name}.{os.getpid()}")
    scratch.write_text(json.dumps({"data": str(data), "port": cluster.port}))
    scratch.replace(home.postgres)


@contextlib.contextmanager
def open_database(home: Home, purpose: str) -> Iterator[str]:
    """DATABASE_URL of a running database; an embedded one that is not running is started for the while."""
    url = external_url()
    if url:
        check_external(url)
        yield url
        return
    running = holder(home)
    if running is not None and running.purpose == UP:
        cluster = embedded_cluster(home)
        if not cluster.answers():
            raise LaunchError("系统正在启动，数据库尚未就绪：请稍后重试。")
        yield cluster.url()
        return
    with hold(home, purpose):
        end_left_overs(home)
        cluster = embedded_cluster(home)
        cluster.create()
        process = cluster.start()
        try:
            remember(home, cluster)
            cluster.ensure_role()
            yield cluster.url()
        finally:
            stop_server(process)


def check_external(url: str) -> None:
    """Raise LaunchError unless the database answers and has a known version and our extensions."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
            statement = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
            have = {row[0] for row in connection.execute(statement, [list(EXTENSIONS)])}
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise LaunchError(f"连不上 DATABASE_URL 指定的数据库：{reason}。请检查地址、口令和网络。") from error
    if not OLDEST <= version <= NEWEST:
        raise LaunchError(f"DATABASE_URL 指向 PostgreSQL {version}，本系统支持 {OLDEST}–{NEWEST} 版。")
    lacking = [name for name in EXTENSIONS if name not in have]
    if lacking:
        raise LaunchError(
            f"数据库缺少扩展 {'、'.join(lacking)}：请在数据库服务器上安装软件包 postgresql-contrib。"
        )


def child_environment(home: Home, url: str) -> dict[str, str]:
    """Environment of every child: the operator's own, the installation's secrets and addresses.

    The superuser's password stays with the launcher.
    """
    secrets = prepare_home(home)
    secrets.pop(ADMIN_SECRET, None)
    known = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": url,
        "ANLAN_HOME": str(home.root),
        "ANLAN_FILES": str(home.files),
    }
    environment = {**secrets, **os.environ, **known}
    environment.pop(ADMIN_SECRET, None)
    return environment


def _own_settings() -> dict[str, str]:
    """The operator's settings of PostgreSQL: ANLAN_PG_SETTINGS="shared_buffers=2GB;work_mem=32MB"."""
    settings = {}
    for part in os.environ.get("ANLAN_PG_SETTINGS", "").split(";"):
        name, mark, value = part.partition("=")
        if mark:
            settings[name.strip()] = value.strip()
        elif part.strip():
            raise LaunchError(f"环境变量 ANLAN_PG_SETTINGS 中的“{part.strip()}”应写成“名称=值”，以分号相隔。")
    return settings


def _choices(home: Home) -> tuple[Path | None, int]:
    """Data folder and port of earlier runs."""
    try:
        raw = json.loads(home.postgres.read_text())
        return home.root / str(raw["data"]), int(raw["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, FIRST_PORT
