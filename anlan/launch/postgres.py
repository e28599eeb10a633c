"""One PostgreSQL cluster of our own: made, started, checked by really connecting, stopped.

It listens on 127.0.0.1 only. Two roles exist: `anlan_admin` (superuser, for roles and repair) and `anlan`
(owns the database, may create databases for a restore, and is what the product connects as).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from anlan.launch.account import Account
from anlan.launch.binaries import Install
from anlan.launch.errors import LaunchError
from anlan.launch.machine import MIB, free_port, require_space, total_memory
from anlan.launch.process import Identity, identify, send, wait_for

ADMIN, ROLE, DATABASE = "anlan_admin", "anlan", "anlan"
LAST_PORT = 5546
RETRY_SECONDS = 15.0
RECOVERY_SECONDS = 1800.0
LOG_BYTES = 20 * MIB
# Enough to write the log of a recovery; making a cluster needs more (see require_space).
STARTING_BYTES = 64 * MIB
# Left behind by a killed server: its last children need a moment to notice and go.
LEFT_OVER = ("postmaster.pid", "pre-existing shared memory block", "lock file")
PORT_TAKEN = ("Address already in use", "could not create any TCP/IP sockets")
WRONG_PASSWORD = f'password authentication failed for user "{ADMIN}"'
CAUSES = (
    ("No space left on device", "磁盘空间不足，请清理后重试"),
    ("incompatible with server", "数据目录与数据库程序的版本不一致，请用原版本启动"),
    ("not initialized by this PostgreSQL version", "数据目录与数据库程序的版本不一致，请用原版本启动"),
    ("Permission denied", "目录权限不足，请检查数据目录的所有者"),
    ("could not map anonymous shared memory", "内存不足，请关闭其他程序后重试"),
)


@dataclass
class Cluster:
    """A data folder with the programs, account, port and passwords to run it.

    `port` is where to start looking for a free one; after `start` it is the port in use.
    """

    data: Path
    install: Install
    account: Account
    port: int
    admin_password: str
    role_password: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the server says, beside the data folder."""
        return self.data.with_name(f"{self.data.name}.log")

    def url(self, database: str = DATABASE) -> str:
        """Address for the product's own role."""
        return f"postgresql://{ROLE}:{quote(self.role_password, safe='')}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make the data folder if absent: under another name first, then renamed; a crash leaves none."""
        if (self.data / "PG_VERSION").exists():
            self._check_owner()
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise LaunchError(
                f"{self.data} 里有文件却不是数据库目录（缺 PG_VERSION）：请移走这些文件后重试。"
            )
        require_space(self.data)
        scratch = self._make_scratch()
        try:
            self._initdb(scratch)
            if self.data.exists():
                self.data.rmdir()
            scratch.rename(self.data)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def start(
        self,
        waiting: Callable[[str], None] = lambda text: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> subprocess.Popen[bytes]:
        """Start the server and return it once it answers.

        `waiting` hears a line when recovery takes long; `pause` sleeps and may raise to break off.

        Tries again for 15 s while a killed server's last children are still going, and on the next port when
        the port is taken meanwhile. Raises LaunchError with the cause; the data folder is left as it is.
        """
        require_space(self.data, STARTING_BYTES)
        self.stop_left_over()
        self.port = free_port(self.port, max(LAST_PORT, self.port + 99))
        deadline, reset = time.monotonic() + RETRY_SECONDS, False
        while True:
            process, offset = self._spawn()
            try:
                if self._wait_until_answering(process, waiting, pause):
                    return process
            except BaseException:
                stop_server(process)
                raise
            said = self._said_since(offset)
            if WRONG_PASSWORD in said and not reset:
                self.reset_admin_password()
                reset = True
                continue
            if any(text in said for text in PORT_TAKEN):
                self.port = free_port(self.port + 1, self.port + 100)
            elif not any(text in said for text in LEFT_OVER) or time.monotonic() > deadline:
                raise LaunchError(self._explain(said))
            pause(0.3)

    def ensure_role(self, database: str = DATABASE) -> None:
        """Make the product's role and database, and set the role's password (idempotent)."""
        with self.connect_admin() as connection:
            role, password = sql.Identifier(ROLE), sql.Literal(self.role_password)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), role)
                )

    def connect_admin(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection as superuser. Raises psycopg.OperationalError when the server does not answer."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ADMIN,
            password=self.admin_password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def answers(self) -> bool:
        """Whether the server on our port is this very cluster and takes connections."""
        try:
            return self._answers()
        except psycopg.OperationalError:
            return False

    def running(self) -> Identity | None:
        """The server that runs on this data folder now, whoever started it."""
        return postmaster(self.data)

    def stop_left_over(self) -> None:
        """End a server that still runs on this data folder from an earlier run."""
        server = self.running()
        if server is not None:
            end_server(server)

    def reset_admin_password(self) -> None:
        """Set the superuser's password without the old one (secrets file lost); the server is stopped."""
        statement = f"ALTER ROLE {ADMIN} PASSWORD '{self.admin_password}';\n"
        command = [self.install.program("postgres"), "--single", "-D", str(self.data), "postgres"]
        answer = self._run(command, statement.encode())
        if answer.returncode != 0:
            raise LaunchError(self._explain(answer.stderr.decode(errors="replace")))

    def _answers(self) -> bool:
        with self.connect_admin() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        return row is not None and Path(str(row[0])).resolve() == self.data.resolve()

    def _check_owner(self) -> None:
        owner = self.data.stat().st_uid
        if owner != self.account.uid:
            raise LaunchError(
                f"数据目录 {self.data} 属于用户编号 {owner}，而数据库将以编号 {self.account.uid} 运行："
                "请用原来的用户启动，或用 chown -R 改正所有者后重试。"
            )

    def _make_scratch(self) -> Path:
        prefix = f".{self.data.name}-new-"
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            for folder in self.data.parent.glob(f"{prefix}*"):
                shutil.rmtree(folder, ignore_errors=True)
            scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=self.data.parent))
            self.account.own(scratch)
        except OSError as error:
            raise LaunchError(
                f"无法建立数据目录 {self.data}：{error.strerror}。请检查磁盘空间和目录权限。"
            ) from error
        return scratch

    def _initdb(self, target: Path) -> None:
        handle, name = tempfile.mkstemp(prefix="anlan-")
        secret = Path(name)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(self.admin_password + "\n")
            self.account.own(secret)
            said = ""
            for locale in ("C.UTF-8", "C"):
                command = [self.install.program("initdb"), "-D", str(target), "-U", ADMIN, "-E", "UTF8"]
                command += [
                    f"--locale={locale}",
                    "--auth=scram-sha-256",
                    f"--pwfile={secret}",
                    "--data-checksums",
                    *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
                ]
                answer = self._run(command)
                if answer.returncode == 0:
                    return
                said = answer.stderr.decode(errors="replace")
                if "locale" not in said:
                    break
            raise LaunchError(self._explain(said))
        finally:
            secret.unlink(missing_ok=True)

    def _run(self, command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                command,
                input=given,
                capture_output=True,
                env=_environment(),
                cwd="/",
                check=False,
                **self.account.run_as(),
            )
        except PermissionError as error:
            raise LaunchError(
                "没有权限切换到运行数据库的系统用户（缺 setuid 权限）：请改用普通用户运行。"
            ) from error

    def _wal_compression(self) -> str:
        """lz4 where this PostgreSQL was built with it; its own method costs a bulk load half its time."""
        command = [self.install.program("postgres"), "-C", "wal_compression", "-D", str(self.data)]
        return "lz4" if self._run([*command, "-c", "wal_compression=lz4"]).returncode == 0 else "off"

    def _spawn(self) -> tuple[subprocess.Popen[bytes], int]:
        """Start `postgres`; returns it and where in the log its own lines begin."""
        command = [self.install.program("postgres"), "-D", str(self.data)]
        for key, value in {
            **server_settings(self.port),
            **memory_settings(total_memory()),
            "wal_compression": self._wal_compression(),
            **self.settings,
        }.items():
            command += ["-c", f"{key}={value}"]
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                **self.account.run_as(),
            )
            return process, log.tell()

    def _wait_until_answering(
        self,
        process: subprocess.Popen[bytes],
        waiting: Callable[[str], None],
        pause: Callable[[float], None],
    ) -> bool:
        """True once a connection works; False when the server ended. Crash recovery may take its time."""
        begun = told = time.monotonic()
        while process.poll() is None:
            try:
                if self._answers():
                    return True
            except psycopg.OperationalError as error:
                if WRONG_PASSWORD in str(error):
                    stop_server(process)
                    return False
            now = time.monotonic()
            if now - told > 10:
                told = now
                waiting(f"数据库正在恢复上次未写完的数据，已等待 {now - begun:.0f} 秒")
            if now - begun > RECOVERY_SECONDS:
                raise LaunchError(f"数据库 {RECOVERY_SECONDS / 60:.0f} 分钟仍未就绪，详见日志 {self.log}。")
            pause(0.05)
        return False

    def _said_since(self, offset: int) -> str:
        with contextlib.suppress(OSError), open(self.log, "rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")
        return ""

    def _explain(self, said: str) -> str:
        for text, cause in CAUSES:
            if text in said:
                return f"数据库未能启动：{cause}（数据目录 {self.data}，数据未改动）。"
        lines = [line for line in said.splitlines() if "FATAL" in line or "error" in line.lower()]
        reason = lines[-1].strip() if lines else "没有给出原因"
        return f"数据库未能启动（数据目录 {self.data}，数据未改动）：{reason}。详见日志 {self.log}。"


def postmaster(data: Path) -> Identity | None:
    """The live server named in the data folder's lock file; a recycled number is not taken for it."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, started = int(lines[0]), int(lines[2])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    server = identify(pid)
    if server is None or started <= 0 or str(data).encode() not in command:
        return None
    return server


def end_server(server: Identity) -> None:
    """Fast shutdown, then immediate, then the kernel's; each with time to write out."""
    for number, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        if not send(server, number) or wait_for(lambda: not server.alive(), seconds):
            return


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """As `end_server`, for our own child, which is then reaped."""
    server = identify(process.pid)
    if process.poll() is None and server is not None:
        end_server(server)
    process.wait()


def server_settings(port: int) -> dict[str, str]:
    """Settings that do not depend on the machine."""
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "Asia/Shanghai",
        "lc_messages": "C",
        "log_checkpoints": "off",
        "max_connections": "150",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "idle_in_transaction_session_timeout": "10min",
    }


def memory_settings(total: int) -> dict[str, str]:
    """Buffer sizes for a machine of `total` bytes that also runs the web and worker processes."""

    def share(divisor: int, least: int, most: int) -> str:
        return f"{min(max(total // divisor // MIB, least), most)}MB"

    return {
        "shared_buffers": share(6, 64, 8192),
        "effective_cache_size": share(2, 256, 65536),
        "maintenance_work_mem": share(24, 32, 1024),
        "work_mem": share(512, 4, 64),
    }


def _environment() -> dict[str, str]:
    """A small environment: PG* variables of the operator must not reach the server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
