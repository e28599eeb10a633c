"""Preparing steps: commands that must end well before the parts start."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anlan.launch.console import Console
from anlan.launch.errors import LaunchError
from anlan.launch.paths import PROJECT

LABEL = "准备"


@dataclass(frozen=True)
class Step:
    """`title` names it to the operator."""

    title: str
    command: list[str]


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
            env=environment,
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
                self.last = text
                console.say(LABEL, text)
