"""The embedded NATS server: MQTT for devices and a JetStream log; started when monitoring asks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from anlan.launch.errors import LaunchError
from anlan.launch.machine import port_is_free
from anlan.launch.paths import Home

CONFIGURATION = """\
server_name: anlan
listen: "127.0.0.1:{client}"
authorization {{ token: "{token}" }}
jetstream {{ store_dir: "{store}" }}
mqtt {{ listen: "127.0.0.1:{mqtt}" }}
"""


def client_port() -> int:
    return int(os.environ.get("ANLAN_NATS_PORT", "4222"))


def mqtt_port() -> int:
    return int(os.environ.get("ANLAN_MQTT_PORT", "1883"))


def wanted() -> bool:
    """Whether this installation runs NATS (ANLAN_NATS=1)."""
    return os.environ.get("ANLAN_NATS") == "1"


def program() -> str:
    """The server's program: beside our Python (from the wheel), else on the path."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise LaunchError("没有找到 nats-server：请重新执行 make run 安装依赖。")
    return found


def prepare(home: Home, token: str) -> list[str]:
    """Write the configuration (mode 0600: it holds the token); returns the command to run."""
    for port, use in ((client_port(), "消息"), (mqtt_port(), "MQTT")):
        if not port_is_free(port):
            raise LaunchError(f"{use}端口 127.0.0.1:{port} 已被占用：请关闭占用它的程序后重试。")
    folder = home.root / "nats"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "nats.conf"
    text = CONFIGURATION.format(client=client_port(), mqtt=mqtt_port(), token=token, store=folder / "store")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return [program(), "-c", str(path)]


def url(token: str) -> str:
    return f"nats://{token}@127.0.0.1:{client_port()}"
