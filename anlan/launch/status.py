"""What `anlan status` tells."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import psycopg

from anlan.launch.database import embedded_cluster, external_url
from anlan.launch.errors import LaunchError
from anlan.launch.paths import Home
from anlan.launch.state import holder, load_state


def report(home: Home) -> tuple[str, bool]:
    """A text for the operator, and whether everything runs."""
    if holder(home) is None:
        return "系统没有运行。用 anlan up 启动。", False
    state = load_state(home)
    if state is None:
        return "系统正在启动或由另一条命令使用，还没有部件状态。", False
    lines = [f"地址    {state.address}", f"主进程  {state.supervisor.pid}"]
    told, healthy = _database(home)
    lines.append(f"数据库  {told}")
    for part in state.parts:
        alive = part.process.alive()
        healthy = healthy and alive
        again = f"，重启过 {part.restarts} 次" if part.restarts else ""
        told = (
            f"运行中（进程 {part.process.pid}，{part.since} 起{again}）" if alive else "已停止，等待重新启动"
        )
        lines.append(f"{part.title}    {told}")
    missing = {"web", "worker", "periodic"} - {part.name for part in state.parts}
    if missing:
        lines.append(f"未运行  {'、'.join(sorted(missing))}")
    page, answers = _page(state.address)
    lines.append(f"页面    {page}")
    return "\n".join(lines), healthy and answers and not missing


def _database(home: Home) -> tuple[str, bool]:
    try:
        url = external_url() or embedded_cluster(home).url()
        with psycopg.connect(url, connect_timeout=5) as connection:
            version, port = connection.info.server_version // 10000, connection.info.port
            row = connection.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
    except (psycopg.Error, LaunchError) as error:
        return f"连不上（{str(error).strip().splitlines()[0]}）", False
    return f"PostgreSQL {version}，端口 {port}，{row[0] if row else '?'}", True


def _page(address: str) -> tuple[str, bool]:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return f"有应答（{answer.status}）", True
    except urllib.error.HTTPError as error:
        # A page that asks for sign-in or is absent still proves that the web part answers.
        return f"有应答（{error.code}）", error.code < 500
    except (OSError, http.client.HTTPException) as error:
        return f"没有应答（{error}）", False
