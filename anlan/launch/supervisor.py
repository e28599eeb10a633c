"""Keeps an installation running: database, preparation, parts; brings back what dies; leaves nothing behind.

1. Hold the installation, so that there is one supervisor.
2. End what a killed supervisor left behind.
3. Start the database, migrate, collect static files, load reference data.
4. Start the parts; watch; restart with growing pauses.
5. On Ctrl-C or SIGTERM end the parts, then the database.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from urllib.parse import urlsplit

from anlan.launch import nats
from anlan.launch.archive import finish_restore
from anlan.launch.console import Console
from anlan.launch.database import (
    check_external,
    child_environment,
    embedded_cluster,
    external_url,
    prepare_home,
    remember,
)
from anlan.launch.errors import LaunchError
from anlan.launch.follow import Follower
from anlan.launch.machine import port_is_free
from anlan.launch.parts import Part, Running, WebOptions, make_part, part_names
from anlan.launch.paths import Home
from anlan.launch.postgres import Cluster, stop_server
from anlan.launch.process import identify
from anlan.launch.state import UP, PartState, RunState, clear_state, end_left_overs, hold, save_state
from anlan.launch.steps import prepare_product

LONGEST_PAUSE = 30.0
PAGE_PARTS = ("nats", "web")
# A part that ran this long has recovered: the next failure starts from a short pause again.
STEADY_SECONDS = 60.0


class Interrupted(Exception):
    """The operator asked to stop."""


@dataclass
class Options:
    web: WebOptions
    demo: bool = False
    today: str = ""


class Supervisor:
    """One `anlan up`."""

    def __init__(self, home: Home, options: Options, console: Console | None = None) -> None:
        self.home, self.options = home, options
        self.console = console or Console()
        self._stopping = False
        self._cluster: Cluster | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._follower: Follower | None = None
        self._environment: dict[str, str] = {}
        self._parts: list[Part] = []
        self._running: dict[str, Running] = {}
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def run(self) -> int:
        """Run until asked to stop. Returns the exit code; raises LaunchError when it cannot start."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the hang-up is ignored, and stays so. A shell's background ignores Ctrl-C as well,
            # but a signal sent on purpose must end us.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        with hold(self.home, UP):
            try:
                self._begin()
                self._watch()
            except Interrupted:
                pass
            finally:
                self._end()
        return 0

    # Starting

    def _begin(self) -> None:
        begun = time.monotonic()
        secrets = prepare_home(self.home)
        for title in end_left_overs(self.home):
            self.console.say("安澜", f"上次运行遗留的“{title}”进程已结束")
        web = self.options.web
        if not port_is_free(web.port, web.host):
            raise LaunchError(
                f"网页端口 {web.host}:{web.port} 已被别的程序占用："
                f"请关闭该程序，或换一个端口，例如 anlan up --port {web.port + 1}。"
            )
        url = self._open_database()
        self._set_environment(url, secrets["ANLAN_NATS_TOKEN"])
        prepare_product(self._environment, self.console, self._pause, self._save)
        token = secrets["ANLAN_NATS_TOKEN"]
        parts = [make_part(name, self.home, web, token) for name in part_names()]
        # The page first: what works behind it would only take the processor from it.
        for first in (True, False):
            for part in parts:
                if (part.name in PAGE_PARTS) == first:
                    self._parts.append(part)
                    self._launch(part)
            if first:
                self._await_first_page()
        seconds = time.monotonic() - begun
        self.console.say(
            "安澜", f"已就绪，用时 {seconds:.1f} 秒。请在浏览器打开 {web.address}（按 Ctrl-C 停止）"
        )

    def _open_database(self) -> str:
        url = external_url()
        if url:
            check_external(url)
            shown = urlsplit(url)
            self.console.say("数据库", f"使用 DATABASE_URL：{shown.hostname}{shown.path}")
            self._finish_restore(url)
            return url
        cluster = embedded_cluster(self.home)
        if not (cluster.data / "PG_VERSION").exists():
            self.console.say("数据库", f"首次运行，正在建立数据库（{cluster.install.title}）")
        cluster.create()
        self._cluster = cluster
        self._start_server()
        cluster.ensure_role()
        self._finish_restore(cluster.url())
        return cluster.url()

    def _finish_restore(self, url: str) -> None:
        finish_restore(self.home, url, lambda text: self.console.say("数据库", text))

    def _start_server(self) -> None:
        assert self._cluster is not None
        cluster = self._cluster
        wished = cluster.port
        self._server = cluster.start(lambda text: self.console.say("数据库", text), self._pause)
        remember(self.home, cluster)
        note = f"（端口 {wished} 被占用，改用 {cluster.port}）" if cluster.port != wished else ""
        self.console.say("数据库", f"PostgreSQL {cluster.install.major} 已就绪，端口 {cluster.port}{note}")
        if self._follower is None:
            self._follower = Follower(cluster.log, lambda text: self.console.say("数据库", text))
        self._save()

    def _set_environment(self, url: str, nats_token: str) -> None:
        self._environment = child_environment(self.home, url)
        if self.options.demo:
            self._environment["ANLAN_DEMO"] = "1"
        if self.options.today:
            self._environment["ANLAN_TODAY"] = self.options.today
        if nats.wanted():
            self._environment["ANLAN_NATS_URL"] = nats.url(nats_token)

    def _launch(self, part: Part, restarts: int = 0) -> None:
        running = Running(part, self._environment, self.console, restarts)
        self._running[part.name] = running
        self._save()
        running.release()

    def _await_first_page(self) -> None:
        """Wait for the first answer; a part that dies meanwhile is brought back as later on."""
        told = time.monotonic()
        while not _answers(self.options.web.address):
            self._tend()
            self._pause(0.1)
            if time.monotonic() - told > LONGEST_PAUSE:
                told = time.monotonic()
                self.console.say("安澜", "页面还没有应答，原因见上面“网页”的输出；仍在等待")

    # Running

    def _watch(self) -> None:
        while True:
            self._tend()
            self._pause(0.2)

    def _tend(self) -> None:
        """Look at everything once; restart what is due."""
        self._tend_database()
        now = time.monotonic()
        for part in self._parts:
            running = self._running.get(part.name)
            if running is None:
                if now >= self._due.get(part.name, now):
                    self._launch(part, self._failures.get(part.name, 0))
                continue
            how = running.ended()
            if how is not None:
                self._schedule(part, running, how)

    def _tend_database(self) -> None:
        if self._cluster is None or (self._server is not None and self._server.poll() is None):
            return
        if time.monotonic() < self._due.get("database", 0.0):
            return
        if self._server is not None:
            self.console.say("数据库", f"已停止（代码 {self._server.returncode}），正在重新启动")
            self._server = None
        before = self._cluster.url()
        try:
            self._start_server()
        except LaunchError as error:
            self.console.say("数据库", f"{error} {LONGEST_PAUSE:.0f} 秒后再试。")
            self._due["database"] = time.monotonic() + LONGEST_PAUSE
            return
        if self._cluster.url() != before:
            self._environment["DATABASE_URL"] = self._cluster.url()
            self._stop_parts()

    def _schedule(self, part: Part, running: Running, how: str) -> None:
        """Plan the restart of a part that ended: 1, 2, 4 … 30 s."""
        steady = time.monotonic() - running.begun > STEADY_SECONDS
        failures = 1 if steady else self._failures.get(part.name, 0) + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (failures - 1))
        self._failures[part.name] = failures
        self._due[part.name] = time.monotonic() + pause
        del self._running[part.name]
        self._save()
        self.console.say("安澜", f"“{part.title}”{how}，{pause:.0f} 秒后重新启动（第 {failures} 次）")

    # Ending

    def _end(self) -> None:
        if self._running or self._server is not None:
            self.console.say("安澜", "正在停止")
        self._stop_parts()
        if self._server is not None:
            stop_server(self._server)
        if self._follower is not None:
            self._follower.close()
        clear_state(self.home)
        if self._stopping:
            self.console.say("安澜", "已全部停止")

    def _stop_parts(self) -> None:
        for running in self._running.values():
            running.ask_to_stop()
        for running in reversed(list(self._running.values())):
            running.stop()
        self._running.clear()
        self._due.clear()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _pause(self, seconds: float) -> None:
        """Sleep, unless the operator has asked to stop."""
        if self._stopping:
            raise Interrupted
        time.sleep(seconds)
        if self._stopping:
            raise Interrupted

    def _save(self, steps: Sequence[PartState] = ()) -> None:
        own = identify(os.getpid())
        if own is not None:
            parts = [*steps, *(running.state() for running in self._running.values())]
            try:
                save_state(self.home, RunState(own, self.options.web.address, parts))
            except OSError as error:
                # A full disk must not end what runs.
                self.console.say("安澜", f"无法写入运行状态（{error.strerror}），请检查磁盘空间")


def _answers(address: str) -> bool:
    """Whether the web part gives any answer at all."""
    target = urlsplit(address)
    connection = http.client.HTTPConnection(target.hostname or "127.0.0.1", target.port, timeout=5)
    try:
        connection.request("GET", "/health")
        connection.getresponse()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
