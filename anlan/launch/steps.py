"""Preparing steps: commands that must end well before the parts start."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from anlan.launch.console import Console
from anlan.launch.errors import LaunchError
from anlan.launch.parts import Part, Running, manage_command
from anlan.launch.paths import PROJECT
from anlan.launch.state import PartState

LABEL = "准备"
Pause = Callable[[float], None]
Record = Callable[[list[PartState]], None]


def prepare_product(
    environment: dict[str, str],
    console: Console,
    pause: Pause = time.sleep,
    record: Record = lambda states: None,
) -> None:
    """Bring tables, style sheets and reference data up to date. Raises LaunchError when a step fails."""
    migrate = _step("升级数据表", "migrate", "--noinput", "--verbosity", "0")
    collect = _step("整理页面资源", "collectstatic", "--noinput", "--verbosity", "0")
    run_steps([migrate, collect], environment, console, pause, record)
    # Reference data and demonstration accounts, where the product has them.
    if any(PROJECT.glob("anlan/*/management/commands/setup.py")):
        run_steps([_step("装入基础数据", "setup")], environment, console, pause, record)


def run_steps(
    steps: Sequence[Part],
    environment: dict[str, str],
    console: Console,
    pause: Pause,
    record: Record,
) -> None:
    """Run steps side by side, with their lines shown, until all have ended.

    `record` gets the processes before they do anything. Raises LaunchError with the reason of the first that
    failed. `pause` may raise to break off: every step is ended then.
    """
    console.say(LABEL, "、".join(step.name for step in steps))
    # What a step prints is meant to be read; what libraries log at start is not.
    quiet = {"ANLAN_LOG": "WARNING", **environment}
    running = [Running(step, quiet, console, 0) for step in steps]
    try:
        record([each.state() for each in running])
        for each in running:
            each.release()
        while any(each.code is None for each in running):
            pause(0.05)
    finally:
        for each in running:
            each.stop()
    record([])
    for each in running:
        if each.code:
            reason = each.last or "没有给出原因"
            raise LaunchError(f"{each.part.name}没有完成（代码 {each.code}）：{reason}")


def _step(name: str, *arguments: str) -> Part:
    return Part(name, LABEL, manage_command(*arguments))
