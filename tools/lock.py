"""Locks exact versions, by hash and without download addresses: Python and front-end packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from setup import PROJECT, npm

BIN = PROJECT / ".venv" / "bin"
COMPILE = ["--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header"]
COMPILE += ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links"]


def main(arguments: list[str]) -> int:
    """Write all lock files anew; arguments go to pip-compile, for example `--upgrade-package django`."""
    for source in ("requirements", "requirements-dev"):
        print(f"● {source}.lock", flush=True)
        command = [str(BIN / "pip-compile"), *COMPILE, "-o", f"{source}.lock", *arguments, f"{source}.in"]
        if subprocess.run(command, cwd=PROJECT, check=False).returncode != 0:
            return 1
    print("● package-lock.json", flush=True)
    command = [*npm(), "install", "--package-lock-only", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode != 0:
        return 1
    strip_addresses(PROJECT / "package-lock.json")
    return 0


def strip_addresses(path: Path) -> None:
    """Remove every `resolved`: the integrity digest says what is installed, wherever it comes from."""
    lock: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for package in lock.get("packages", {}).values():
        package.pop("resolved", None)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
