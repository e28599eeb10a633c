"""Dates, names, industries and posts, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from anlan.org.rules import posts
from anlan.org.rules.dates import overlap, valid_on
from anlan.org.rules.industries import with_children
from anlan.org.rules.names import bigrams, placed_name, short_name, spell

D = date


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        (D(2020, 6, 30), None, D(2020, 6, 30), True),
        (D(2020, 6, 30), None, D(2020, 6, 29), False),
        (None, D(2020, 6, 30), D(2020, 6, 29), True),
        (None, D(2020, 6, 30), D(2020, 6, 30), False),
        (None, None, D(1999, 1, 1), True),
    ],
    ids=["first day", "day before", "last day", "end itself is out", "unbounded"],
)
def test_validity_is_half_open(start: date | None, end: date | None, day: date, holds: bool) -> None:
    assert valid_on(start, end, day) is holds


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        ((None, D(2023, 1, 1)), (D(2023, 1, 1), None), False),
        ((None, D(2023, 1, 2)), (D(2023, 1, 1), None), True),
        ((None, None), (None, None), True),
        ((D(2023, 5, 1), D(2023, 6, 1)), (D(2023, 6, 1), D(2023, 7, 1)), False),
    ],
)
def test_ranges_that_only_touch_do_not_overlap(a: tuple, b: tuple, shared: bool) -> None:
    assert overlap(*a, *b) is shared
    assert overlap(*b, *a) is shared


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("江西省", "江西"),
        ("婺源县", "婺源"),
        ("赣县", "赣县"),
        ("范镇", "范镇"),
        ("董家窑街道", "董家窑"),
        ("太源畲族乡", "太源"),
        ("共青城市", "共青城"),
    ],
)
def test_short_names_never_shrink_to_one_character(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_zone_keeps_its_whole_name() -> None:
    assert short_name("赣江新区", "zone") == "赣江新区"


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("上饶市", "shangraoshi", "srs"),
        ("铅山县", "yanshanxian", "ysx"),
        ("宁都县", "ningduxian", "ndx"),
        ("省安委会“12+3”", "shenganweihui123", "sawh123"),
    ],
)
def test_spelling_knows_local_readings_and_drops_marks(name: str, full: str, initials: str) -> None:
    assert spell(name) == (full, initials)


@pytest.mark.parametrize(
    ("form", "level", "place", "name"),
    [
        ("市应急管理局", "city", "上饶市", "上饶市应急管理局"),
        ("市市场监督管理局", "city", "上饶市", "上饶市市场监督管理局"),
        ("县应急管理局", "county", "广信区", "广信区应急管理局"),
        ("中共省委", "province", "江西省", "中共江西省委"),
        ("共青团县委", "county", "婺源县", "共青团婺源县委"),
        ("国家矿山安全监察局江西局", "province", "江西省", None),
        ("国网江西省电力有限公司", "province", "江西省", None),
        ("", "county", "婺源县", None),
    ],
)
def test_a_letter_stands_for_the_place(form: str, level: str, place: str, name: str | None) -> None:
    assert placed_name(form, level, place) == name


def test_bigrams_are_the_pairs_of_neighbours() -> None:
    assert bigrams("上饶市", "饶市") == sorted(["上饶", "饶市"])
    assert bigrams("市", "") == []


def test_an_industry_brings_its_branches() -> None:
    tree = {"mine": "", "coal-mine": "mine", "deep": "coal-mine", "fire": ""}
    assert with_children(["mine"], tree) == {"mine", "coal-mine", "deep"}
    assert with_children(["coal-mine"], tree) == {"coal-mine", "deep"}
    assert with_children([], tree) == frozenset()


SYSTEM = posts.Held("system", "系统管理员", "administrators", D(2023, 1, 1), D(2023, 7, 1))


@pytest.mark.parametrize(
    ("new", "clash"),
    [
        (posts.Held("audit", "审计管理员", "administrators", D(2023, 6, 30), None), True),
        (posts.Held("audit", "审计管理员", "administrators", D(2023, 7, 1), None), False),
        (posts.Held("system", "系统管理员", "administrators", D(2023, 3, 1), None), False),
        (posts.Held("leader", "领导", "", D(2023, 3, 1), None), False),
        (posts.Held("other", "其他", "others", D(2023, 3, 1), None), False),
    ],
    ids=["same days", "day after", "the same role", "no group", "another group"],
)
def test_administrators_exclude_each_other_on_common_days(new: posts.Held, clash: bool) -> None:
    assert (posts.clashing([SYSTEM], new) is not None) is clash


def test_nobody_gives_more_than_they_hold() -> None:
    own = ["units.*", "people.view"]
    assert posts.may_give(own, "subtree", ["units.change", "people.view"], "unit", "") == ""
    assert "没有的权限" in posts.may_give(own, "subtree", ["people.change"], "unit", "")
    assert "比您自己的大" in posts.may_give(own, "subtree", ["people.view"], "all", "")
    assert "安全管理员" in posts.may_give(own, "all", [], "all", "administrators")
    assert posts.may_give(["roles.*"], "all", ["audit.view"], "all", "administrators") == ""


def test_a_post_is_handed_over_within_its_days() -> None:
    assert "已于" in posts.hand_over_fault(D(2022, 1, 1), D(2023, 1, 1), D(2023, 1, 1))
    assert "晚于" in posts.hand_over_fault(D(2022, 1, 1), None, D(2022, 1, 1))
    assert posts.hand_over_fault(D(2022, 1, 1), None, D(2022, 1, 2)) == ""


def test_a_delegation_stays_within_the_post() -> None:
    inside = (D(2022, 1, 1), D(2023, 1, 1))
    assert posts.delegation_fault(*inside, D(2022, 5, 1), D(2022, 6, 1), 1, 2) == ""
    assert "任期" in posts.delegation_fault(*inside, D(2022, 12, 1), D(2023, 1, 2), 1, 2)
    assert "本人" in posts.delegation_fault(*inside, D(2022, 5, 1), D(2022, 6, 1), 1, 1)
    assert "晚于" in posts.delegation_fault(*inside, D(2022, 5, 1), D(2022, 5, 1), 1, 2)
