"""How the demonstration comes about, step by step; a step that was done is not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from anlan.kernel import clock, files
from anlan.kernel.scope import Actor
from anlan.org.actors import actor_for
from anlan.org.cast import CAST
from anlan.org.models import Person
from anlan.programmes.actions.demo_review import review_and_publish
from anlan.programmes.actions.intake import take_in
from anlan.programmes.demo import invented
from anlan.programmes.models import Programme

HERE = Path(__file__).parent
# The demonstration stands just after the half-year reports were due.
DAY = date(2023, 7, 5)
REASON = "the demonstration prepares itself"
DOCUMENTS = (
    ("province_officer", "jiangxi-2022.txt", date(2022, 1, 20)),
    ("city_officer", "shangrao-2023.txt", date(2023, 3, 20)),
)


def prepare(demo: bool, say: Callable[[str], Any]) -> None:
    """The step of the set-up: nothing without a demonstration, nothing where a programme stands already."""
    if not demo or Programme.objects.unscoped(REASON).exists():
        return
    with transaction.atomic():
        programmes = [_run(say, *one) for one in DOCUMENTS]
        with clock.standing_on(DAY):
            for programme in programmes:
                invented.course(programme, DAY)
            say("演示数据：单位签收、申报、活动和佐证")
            officer = _actor("city_officer")
            invented.reports(officer, programmes[-1])
            invented.letters(officer, programmes[-1])
            say("演示数据：半年报告、提醒函")
            invented.cascade(officer, *programmes)
            say("演示数据：上下级要点对应")


def _run(say: Callable[[str], Any], member: str, name: str, day: date) -> Programme:
    """Take one document in, review and publish it on its day; dispatch follows by itself."""
    with clock.standing_on(day):
        actor = _actor(member)
        with (HERE / name).open("rb") as file:
            stored = files.receive(File(file, name=name))
        edition = take_in(actor, stored, name)
        review_and_publish(actor, edition, issued_on=day)
        invented.shares(actor, edition.programme)
        invented.events(actor, edition.programme)
    programme = edition.programme
    Programme.objects.unscoped(REASON).filter(pk=programme.pk).update(demo=True)
    say(f"演示数据：《{programme.title}》已审读、发布、下达")
    return programme


def _actor(key: str) -> Actor:
    """A member of the cast, acting in their own post."""
    username = next(one.username for one in CAST if one.key == key)
    return actor_for(Person.objects.get(username=username))
