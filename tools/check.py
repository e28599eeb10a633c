"""Runs the checks: `check.py lint`, or `check.py all` (lint, then every test; pytest has the last word)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = PROJECT / ".venv" / "bin"
STEPS = {
    "代码规范": ["ruff", "check", ".", "--output-format", "concise"],
    "代码格式": ["ruff", "format", "--check", ".", "--output-format", "concise"],
    "类型": ["mypy"],
    "依赖方向": ["lint-imports"],
}

# A database each; a file stays together, because its tests share what they have prepared.
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "-q"]


def main(arguments: list[str]) -> int:
    """Run what is asked; returns 0 only when everything passed."""
    what, rest = (arguments[0] if arguments else "all"), arguments[1:]
    os.chdir(PROJECT)
    failed = [title for title, command in STEPS.items() if not passes(title, command)]
    if what == "lint":
        print(f"未通过：{'、'.join(failed)}" if failed else "静态检查全部通过", flush=True)
        return bool(failed)
    if failed:
        print(f"\n以下检查未通过（见上文），测试照常进行：{'、'.join(failed)}\n", flush=True)
    code = subprocess.run([str(BIN / "pytest"), *PARALLEL, *rest], check=False).returncode
    return code or bool(failed)


def passes(title: str, command: list[str]) -> bool:
    """One static check; its output is shown when it fails."""
    begun = time.monotonic()
    # mypy's plugin loads the settings, which ask for an address; nothing connects to it.
    placeholder = {
        "ANLAN_TESTING": "1",
        "ANLAN_EXAMPLE": "1",
        "DATABASE_URL": "postgresql://none@127.0.0.1/none",
    }
    program, *options = command
    answer = subprocess.run(
        [str(BIN / program), *options],
        env={**os.environ, **placeholder},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    good = answer.returncode == 0
    print(f"● {title}：{'通过' if good else '未通过'}（{time.monotonic() - begun:.1f} 秒）", flush=True)
    if not good:
        print(answer.stdout, flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
