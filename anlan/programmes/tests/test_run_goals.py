"""The goals of the document against their figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from django.test import Client

from anlan.kernel.models import AuditEntry
from anlan.programmes import reads_goals
from anlan.programmes.models import Activity, Target
from anlan.programmes.rules.goals import Goal, Known, stand
from anlan.programmes.rules.measures_proposed import for_goal
from anlan.programmes.tests.running import Running, running_world

pytestmark = pytest.mark.django_db
DRILLS = "activities-drill"
HALF = D("0.5")
SignIn = Callable[[str], Client]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme with two goals, in July 2023; drills of this year and of last."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-07-05")
    made = running_world()
    for place, (quote, indicator, comparator, value, unit) in enumerate(
        (
            ("全市应急演练次数不少于2次", "应急演练次数", ">=", 2, "次"),
            ("坚决根绝重特大事故", "重特大事故起数", "=", 0, "起"),
        )
    ):
        Target.objects.create(
            programme=made.programme, quote=quote, start=place, end=place + 1, indicator=indicator,
            subject="全市", comparator=comparator, value=value, unit=unit,
        )  # fmt: skip
    housing, stranger = made.world.unit("housing", "361100"), made.world.person("stranger").unit
    for unit, day in (
        (housing, date(2023, 2, 1)),
        (housing, date(2023, 6, 1)),
        (housing, date(2022, 3, 1)),
        (housing, date(2022, 11, 1)),
        (stranger, date(2023, 3, 1)),
    ):
        Activity(unit=unit, kind="drill", title="演练", held_on=day).save()
    return made


@pytest.fixture
def signed_in(running: Running) -> SignIn:
    """A client in which a member of the cast is signed in."""

    def enter(member: str) -> Client:
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(running.world.person(member), backend=backend)
        return client

    return enter


def goals(running: Running) -> list[Target]:
    return list(Target.objects.filter(programme=running.programme).order_by("start"))


@pytest.mark.parametrize(
    ("goal", "known", "gone", "light", "words", "left"),
    [
        (("起数", "=", 0, "起"), (0, 0, 0), HALF, "g", "保持", None),
        (("起数", "=", 0, "起"), (1, 0, 0), HALF, "r", "已超 1", -1),
        (("死亡人数降幅", ">=", 15, "%"), (268, 297, 640), HALF, "g", "可控", 276),
        (("死亡人数降幅", ">=", 15, "%"), (280, 297, 640), HALF, "y", "偏快", 264),
        (("死亡人数降幅", ">=", 15, "%"), (545, 297, 640), HALF, "r", "已超 1", -1),
        (("死亡人数降幅", ">=", 15, "%"), (5, 0, 0), HALF, "o", "上年没有基数", None),
        (("整改率", ">=", 95, "%"), (95, 90, 90), HALF, "g", "达到", None),
        (("整改率", ">=", 95, "%"), (94, 90, 90), HALF, "y", "还没有达到", None),
        (("整改率", ">=", 95, "%"), (94, 90, 90), D(1), "r", "还没有达到", None),
        (("较大事故起数", "", None, "起"), (3, 4, 9), HALF, "g", "比上年同期少", None),
        (("较大事故起数", "", None, "起"), (5, 4, 9), HALF, "y", "比上年同期多", None),
        (("较大事故起数", "", None, "起"), (None, 4, 9), HALF, "o", "还没有数", None),
    ],
)
def test_a_goal_stands_by_its_bound_of_the_year(
    goal: tuple[str, str, int | None, str], known: tuple[int | None, ...], gone: D,
    light: str, words: str, left: int | None,
) -> None:  # fmt: skip
    indicator, comparator, value, unit = goal
    asked = Goal(indicator, comparator, None if value is None else D(value), unit)
    found = stand(asked, Known(*(None if one is None else D(one) for one in known)), gone)
    assert (found.light, found.words, found.left) == (light, words, left)


MEASURES = [
    ("major", "重特大事故起数", "起"),
    ("deaths", "事故死亡人数", "人"),
    ("drop", "事故死亡人数降幅", "%"),
    ("closing", "隐患整改率", "%"),
]


@pytest.mark.parametrize(
    ("indicator", "drop", "unit", "keys"),
    [
        ("重特大事故起数", False, "起", ["major"]),
        ("死亡人数降幅", True, "%", ["deaths"]),
        ("隐患整改率", False, "%", ["closing"]),
        ("任务完成情况", False, "", []),
        ("重特大事故起数", False, "人", []),
    ],
)
def test_a_measure_is_proposed_by_its_name_and_unit(
    indicator: str, drop: bool, unit: str, keys: list[str]
) -> None:
    assert for_goal(indicator, drop, unit, MEASURES) == keys


def test_without_a_measure_of_its_name_a_goal_says_that_it_has_no_source(
    running: Running, signed_in: SignIn
) -> None:
    text = signed_in("leader").get("/running/goals/").content.decode()
    assert "重特大事故起数" in text and "尚无数据来源" in text and "2 项尚无数据来源" in text
    assert "确认来源" not in text, "the leader reads"


def test_the_office_confirms_the_source_and_the_goal_has_its_figure(
    running: Running, signed_in: SignIn
) -> None:
    drills, major = goals(running)
    client = signed_in("city_officer")
    page = client.get("/running/goals/").content.decode()
    assert "有 1 个相近指标" in page
    answer = client.post(f"/running/goals/{drills.pk}/bind/", {"measure": DRILLS}, follow=True)
    text = answer.content.decode()
    assert "已确认数据来源" in text and "达到" in text and 'data-chart="goal-data"' in text
    line = reads_goals.goals_of(running.programme, date(2023, 7, 5))[0]
    assert (line.known.now, line.known.same_last, line.known.whole_last) == (2, 1, 2), "the city's own alone"
    months = reads_goals.months_of(line, 2023, date(2023, 7, 5))
    assert [one.now for one in months] == [0, 1, 1, 1, 1, 2, 2, None, None, None, None, None]
    assert AuditEntry.objects.unscoped("test").filter(act="bind", note=drills.quote).count() == 1
    major.refresh_from_db()
    assert major.measure == ""


def test_nobody_else_says_where_the_figure_comes_from(running: Running, signed_in: SignIn) -> None:
    drills, _ = goals(running)
    for member in ("leader", "department_officer", "county_officer", "stranger"):
        answer = signed_in(member).post(f"/running/goals/{drills.pk}/bind/", {"measure": DRILLS})
        assert answer.status_code == 404, member
    wrong = signed_in("city_officer").post(
        f"/running/goals/{drills.pk}/bind/", {"measure": "no-such"}, follow=True
    )
    assert "没有这个指标" in wrong.content.decode()
    drills.refresh_from_db()
    assert drills.measure == ""


def test_a_goal_whose_subject_is_no_place_is_not_given_a_figure_of_another(running: Running) -> None:
    _, target = goals(running)
    for subject, told in (("全市", True), ("婺源、信州等地", True), ("道路运输业、建筑施工领域", False)):
        target.subject = subject
        assert (reads_goals.area_of(running.programme, target.subject) is not None) is told, subject


def test_the_stranger_sees_no_goals_of_the_city(running: Running, signed_in: SignIn) -> None:
    client = signed_in("stranger")
    assert client.get(f"/running/{running.programme.pk}/goals/").status_code == 404
    assert "重特大事故" not in client.get("/running/goals/").content.decode()
