"""Databases as a whole: dump, load, create, exchange names, drop."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from anlan.launch.binaries import find_installs
from anlan.launch.errors import LaunchError

Connection = psycopg.Connection[tuple[object, ...]]


def database_name(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def with_database(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(name, safe="")))


def dump(url: str, target: Path) -> None:
    """Write the database to `target` in pg_dump's custom format. Raises LaunchError with pg_dump's reason."""
    command = [_program(url, "pg_dump"), "--format=custom", "--no-owner", "--no-acl", f"--file={target}"]
    _run(command, url, "导出数据库")


def load(url: str, source: Path) -> None:
    """Fill an empty database from a dump; stops at the first error, in one transaction."""
    command = [_program(url, "pg_restore"), "--no-owner", "--no-acl", "--no-comments", "--exit-on-error"]
    command += ["--single-transaction", f"--dbname={database_name(url)}", str(source)]
    _run(command, url, "恢复数据库")


def holds_tables(url: str) -> bool:
    """Whether the database has any table of its own."""
    statement = (
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
    )
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchone() is not None


def exists(url: str, name: str) -> bool:
    with _maintenance(url) as connection:
        return _exists(connection, name)


def create_database(url: str, name: str) -> None:
    """An empty database with the settings of the server. Raises LaunchError when the role may not."""
    with _maintenance(url) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise LaunchError(
                "数据库账号没有建库权限，无法恢复：请由管理员执行 ALTER ROLE … CREATEDB。"
            ) from error


def exchange(url: str, new: str, old: str) -> None:
    """Rename the present database to `old` and `new` to its name, both or neither.

    Raises LaunchError when somebody is still connected.
    """
    current = database_name(url)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with _maintenance(url) as connection:
        try:
            with connection.transaction():
                connection.execute(rename.format(sql.Identifier(current), sql.Identifier(old)))
                connection.execute(rename.format(sql.Identifier(new), sql.Identifier(current)))
        except psycopg.errors.ObjectInUse as error:
            raise LaunchError(
                "仍有程序连接着数据库，无法切换（现有数据未改动）：请先停止所有网页和任务进程再恢复。"
            ) from error


def drop_databases(url: str, prefix: str) -> list[str]:
    """Drop the databases whose names begin with `prefix`; returns their names."""
    with _maintenance(url) as connection:
        statement = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1"
        names = [str(row[0]) for row in connection.execute(statement, [prefix])]
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    return names


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _maintenance(url: str) -> Connection:
    """A connection to the same server's `postgres` database, which is never renamed."""
    return psycopg.connect(with_database(url, "postgres"), autocommit=True, connect_timeout=10)


def _program(url: str, name: str) -> str:
    """A client program not older than the server."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        server = connection.info.server_version // 10000
    for install in sorted(find_installs(), key=lambda install: install.major):
        if install.major >= server:
            return install.program(name)
    raise LaunchError(
        f"数据库是 PostgreSQL {server}，本机没有同版本或更新的 {name}：请安装 postgresql-client-{server}。"
    )


def _run(command: list[str], url: str, what: str) -> None:
    """Run a client program; the password goes through the environment, where other users cannot read it."""
    parts = conninfo_to_dict(url)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    environment |= {
        names[key]: str(value) for key, value in parts.items() if key in names and value is not None
    }
    environment["LC_ALL"] = "C"
    answer = subprocess.run(command, env=environment, capture_output=True, check=False)
    if answer.returncode != 0:
        lines = answer.stderr.decode(errors="replace").strip().splitlines() or ["没有给出原因"]
        raise LaunchError(f"{what}没有完成（现有数据未改动）：{lines[0]}")
