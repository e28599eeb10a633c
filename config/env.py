"""Typed readers of the environment: a value that cannot be read stops the start with one clear sentence."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class EnvironmentFault(RuntimeError):
    """A variable is missing or cannot be read; the message names it and the remedy."""


def text(name: str, default: str | None = None) -> str:
    """The variable as text; without a default it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise EnvironmentFault(f"环境变量 {name} 没有设置。请用 anlan up 启动，或在服务配置中写明。")
    return value


def flag(name: str, default: bool = False) -> bool:
    """1/true/yes or 0/false/no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise EnvironmentFault(f"环境变量 {name} 是“{value}”，只能写 1 或 0。")


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number, at least `least`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit() or int(value) < least:
        raise EnvironmentFault(f"环境变量 {name} 是“{value}”，应为不小于 {least} 的整数。")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list parted by commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder; it is made when it is first written to, not here."""
    return Path(os.environ.get(name) or default).absolute()


def database(name: str = "DATABASE_URL") -> dict[str, object]:
    """postgresql://user:password@host:port/name?option=value as a Django database entry."""
    url = text(name)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise EnvironmentFault(f"{name} 应写作 postgresql://用户:口令@主机:端口/库名；现在读不出库名。")
    return {
        "ENGINE": "anlan.kernel.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
