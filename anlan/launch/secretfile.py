"""Secrets of one installation: made at the first run, kept in one file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from anlan.launch.errors import LaunchError


def load_secrets(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Values of `names`: from the environment, else from the file, else newly made and saved (mode 0600).

    Other lines of the file are returned too, so that an operator can add settings of their own.
    Raises LaunchError when the file cannot be read or written.
    """
    try:
        stored = _read(path)
        missing = [name for name in names if name not in stored and name not in os.environ]
        if missing:
            stored |= {name: secrets.token_urlsafe(48) for name in missing}
            _write(path, stored)
        elif path.exists() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise LaunchError(f"无法读写密钥文件 {path}：{error.strerror}。请检查磁盘空间和目录权限。") from error
    return {name: os.environ.get(name, value) for name, value in (stored | _present(names)).items()}


def _present(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, mark, value = line.partition("=")
        if not mark:
            raise LaunchError(f"密钥文件 {path} 第 {number} 行应写成“名称=值”，请改正后重试。")
        values[name.strip()] = value.strip()
    return values


def _write(path: Path, values: dict[str, str]) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# 首次运行时自动生成。请妥善保管，勿外传；丢失后已加密的内容无法恢复。\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
