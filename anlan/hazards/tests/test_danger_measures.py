"""What documents say of 隐患 is answered by figures over the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from anlan.hazards import danger_measures
from anlan.hazards.models import HiddenDanger
from anlan.hazards.tests.danger_case import TODAY, XINZHOU, firm, found, world
from anlan.kernel import clock
from anlan.kernel.measure import Window, compute, evidence, measure_of
from anlan.org.testing import World
from anlan.programmes import demo
from anlan.programmes.compiler.pipeline import compile as read
from anlan.programmes.rules.measures_proposed import propose

LABELS = [(one.key, one.label) for one in danger_measures.MEASURES]
YEAR = Window.of("year", 2023)


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("深化燃气行业安全隐患的排查整治", "dangers-found"),
        ("大力实施铁路沿线安全存量隐患集中治理销号行动", "dangers-closed"),
        ("向负有监管职责的部门和企业职代会“双报告”隐患排查治理情况", "dangers-dual-reported"),
        (
            "开展重大隐患集中攻坚行动，推动落实排查发现、建立台账、挂牌督办、整改销号",
            "dangers-major-closing-rate",
        ),
        ("大力整治隐患超期未整改违法行为", "dangers-overdue"),
        ("帮助整改重大隐患", "dangers-major-closing-rate"),
    ],
)
def test_a_sentence_on_dangers_is_offered_its_measure(sentence: str, key: str) -> None:
    assert key in propose(sentence, LABELS)


@pytest.mark.parametrize("words", ["每季度至少公布3个典型执法案例", "开展安全生产月宣传", "关闭矿山50座以上"])
def test_a_sentence_on_something_else_is_not(words: str) -> None:
    assert propose(words, LABELS) == []


@pytest.mark.parametrize("name", ["jiangxi-2022.txt", "shangrao-2023.txt"])
def test_the_obligations_of_both_documents_that_speak_of_dangers_are_offered_measures(name: str) -> None:
    text = (Path(demo.__file__).parent / name).read_text("utf-8")
    items = read(text).items
    quotes = [text[one.span[0] : one.span[1]] for item in items for one in item.obligations]
    words = [one.replace("\n", "") for one in quotes if "隐患" in one]
    spoken = [one for one in words if re.search("隐患.{0,10}(排查|治理|整改|整治)", one)]
    assert spoken and [one for one in spoken if not propose(one, LABELS)] == []


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day, with five dangers."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        made = world()
        other = firm(name="信州某厂", region_path=XINZHOU, industry="machinery", status="operating")
        officer = made.actor("city_officer")
        for n, (target, day) in enumerate(
            ((1, date(2023, 3, 1)), (1, date(2023, 4, 1)), (other.pk, date(2023, 4, 2)))
        ):
            found(officer, enterprise_id=target, found_on=day, description=f"第 {n} 条")
        own = found(made.actor("enterprise_user"), found_on=date(2023, 5, 1))
        rows = HiddenDanger.objects.unscoped("test")
        rows.filter(description="第 0 条").update(state="closed", closed_on=date(2023, 3, 11), days_open=10)
        rows.filter(description="第 1 条").update(state="closed", closed_on=date(2023, 4, 5), days_open=4)
        rows.filter(description="第 2 条").update(
            level="major", due_on=date(2023, 6, 1), attention_on=date(2023, 6, 1), late_from=date(2023, 6, 2)
        )
        rows.filter(pk=own.pk).update(funds=Decimal(500))
        yield made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dangers-found", 4), ("dangers-self-found", 1), ("dangers-major-found", 1), ("dangers-closed", 2),
        ("dangers-closing-rate", 50), ("dangers-major-closing-rate", 0), ("dangers-open", 2),
        ("dangers-major-open", 1), ("dangers-major-overdue", 1), ("dangers-overdue", 1), ("dangers-days", 7),
        ("dangers-self-coverage", 50), ("dangers-inspected-coverage", 100), ("dangers-listed", 0),
    ],
)  # fmt: skip
def test_a_figure_is_what_was_counted_by_hand(house: World, key: str, value: int) -> None:
    assert compute(measure_of(key), YEAR)[()].number == value


@pytest.mark.django_db
def test_a_void_danger_counts_nowhere(house: World) -> None:
    HiddenDanger.objects.unscoped("test").filter(description="第 2 条").update(
        state="void", attention_on=None
    )
    assert compute(measure_of("dangers-found"), YEAR)[()].number == 3
    assert compute(measure_of("dangers-major-overdue"), YEAR)[()].number == 0


@pytest.mark.django_db
def test_what_is_overdue_on_its_last_day_is_not_yet(house: World) -> None:
    one = measure_of("dangers-major-overdue")
    assert compute(one, Window(date(2023, 1, 1), date(2023, 6, 1)))[()].number == 0
    assert compute(one, Window(date(2023, 1, 1), date(2023, 6, 2)))[()].number == 1


@pytest.mark.django_db
def test_the_mean_has_its_rows(house: World) -> None:
    one = measure_of("dangers-days")
    rows = evidence(one, YEAR, actor=house.actor("city_officer"))
    assert sorted(rows.values_list("days_open", flat=True)) == [4, 10]
    assert not evidence(one, YEAR, actor=house.actor("stranger")).exists()
