"""The small world, a day in it, and a drafted letter."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anlan.org.testing import World, make_world
from anlan.papers import actions
from anlan.papers.models import Paper
from anlan.papers.rules.wording import Matter

OFFICE = "safety-committee-office"
DOCUMENT = "《上饶市2023年安全生产工作要点》（饶安发〔2023〕3号）"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """2023-06-20, and files of this test alone."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-06-20")
    settings.FILES = tmp_path / "files"


@pytest.fixture
def world(db: Any) -> World:
    """江西 with two cities."""
    return make_world()


@pytest.fixture
def letter(world: World) -> Paper:
    """A reminder of 上饶市安委办 to 婺源县安委办, still a draft."""
    return draft_letter(world)


def draft_letter(world: World, **more: Any) -> Paper:
    """The same, as often as wanted."""
    matter = Matter(
        "第25条", "各地应急部门每两个月至少上报1个典型执法案例", date(2023, 6, 15), 5, "本期应报1个，已报0个"
    )
    return actions.draft_reminder(
        world.actor("city_officer"),
        world.unit(OFFICE, "361100"),
        world.unit(OFFICE, "361130"),
        DOCUMENT,
        [matter],
        answer_by=date(2023, 6, 27),
        code="饶安办提",
        contact="联系人：周明，演示电话：0793-0000000",
        **more,
    )
