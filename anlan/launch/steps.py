"""Preparing steps: commands that must end well before the parts start."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anlan.launch.console import Console
from anlan.launch.errors import LaunchError
from anlan.launch.parts import manage_command
from anlan.launch.paths import PROJECT

LABEL = "准备"


@dataclass(frozen=True)
class Step:
    """`title` names it to the operator."""

    title: str
    command: list[str]


def prepare_product(
    environment: dict[str, str], console: Console, pause: Callable[[float], None] = time.sleep
) -> None:
    """Bring tables, style sheets and reference data up to date. Raises LaunchError when a step fails."""
    migrate = Step("升级数据表", manage_command("migrate", "--noinput", "--verbosity", "0"))
    collect = Step("整理页面资源", manage_command("collectstatic", "--noinput", "--verbosity", "0"))
    run_steps([migrate, collect], environment, console, pause)
    # Reference data and demonstration accounts, where the product has them.
    if any(PROJECT.glob("anlan/*/management/commands/setup.py")):
        run_steps([Step("装入基础数据", manage_command("setup"))], environment, console, pause)


def run_steps(
    steps: Sequence[Step],
    environment: dict[str, str],
    console: Console,
    pause: Callable[[float], None],
) -> None:
    """Run steps side by side, with their lines shown, until all have ended.

    Raises LaunchError with the last line of the first that failed. `pause` may raise to break off: every step
    is ended then.
    """
    console.say(LABEL, "、".join(step.title for step in steps))
    running = [_Running(step, environment, console) for step in steps]
    try:
        while any(each.process.poll() is None for each in running):
            pause(0.05)
    finally:
        for each in running:
            each.end()
    for each in running:
        code = each.process.returncode
        if code != 0:
            raise LaunchError(f"{each.step.title}没有完成（代码 {code}）：{each.last or '没有给出原因'}")


class _Running:
    def __init__(self, step: Step, environment: dict[str, str], console: Console) -> None:
        self.step = step
        self.last = ""
        self.process = subprocess.Popen(
            step.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            # What a step prints is meant to be read; what libraries log at start is not.
            env={"ANLAN_LOG": "WARNING", **environment},
            start_new_session=True,
        )
        self._pump = threading.Thread(target=self._copy_lines, args=[console], daemon=True)
        self._pump.start()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self._pump.join(timeout=2)

    def _copy_lines(self, console: Console) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            text = line.decode(errors="replace").rstrip()
            if text:
                # The quoted statement and its pointer below an error are not the reason.
                if not text.startswith((" ", "LINE ", "DETAIL: ")):
                    self.last = text
                console.say(LABEL, text)
