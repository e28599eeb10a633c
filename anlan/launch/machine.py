"""What the machine offers: memory, disk, ports."""

from __future__ import annotations

import contextlib
import shutil
import socket
from pathlib import Path

from anlan.launch.errors import LaunchError

LEAST_FREE_BYTES = 300 * 2**20
MIB = 2**20


def total_memory() -> int:
    """Bytes of memory of this machine, or of the container when it is limited to less."""
    total = 4 * 2**30
    with contextlib.suppress(OSError, ValueError, IndexError):
        line = next(
            line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")
        )
        total = int(line.split()[1]) * 1024
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(limit).read_text()))
    return total


def require_space(place: Path, least: int = LEAST_FREE_BYTES) -> None:
    """Raise LaunchError when the disk that holds `place` has less than `least` bytes free."""
    folder = place
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < least:
        raise LaunchError(
            f"磁盘空间不足：{folder} 所在磁盘只剩 {free // MIB} MB，至少需要 {least // MIB} MB。"
            "请清理后重试（已有数据未改动）。"
        )


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(first: int, last: int) -> int:
    """The lowest free port of 127.0.0.1 in `[first, last]`. Raises LaunchError when all are taken."""
    for port in range(first, last + 1):
        if port_is_free(port):
            return port
    raise LaunchError(f"127.0.0.1 的端口 {first}–{last} 全部被占用，无法启动：请先关闭占用端口的程序。")
