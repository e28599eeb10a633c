"""Attributes against their kind, editions after editions, words against criteria."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from anlan.standards.rules import matching
from anlan.standards.rules.attributes import as_json, clean, from_json, shown
from anlan.standards.rules.editions import decide
from anlan.standards.rules.pack import Attribute, CriterionEntry, Entry, KindEntry

HEIGHT = Attribute("height", "坝高", "number", unit="m", least=Decimal("0"), most=Decimal("400"), decimals=1)
PEOPLE = Attribute("people", "人数", "integer", least=Decimal(0))
GRADE = Attribute("grade", "等别", "choice", choices={"one": "一等", "two": "二等"}, required=True)
OVER = Attribute("over", "头顶库", "flag")
SINCE = Attribute("since", "投用日期", "date")
ORE = Attribute("ore", "矿种", "text")
ALL = (HEIGHT, PEOPLE, GRADE, OVER, SINCE, ORE)


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("height", "0", 0),
        ("height", "400", 400),
        ("height", Decimal("60.26"), 60.3),
        ("height", "1,00", 100),
        ("people", "12", 12),
        ("people", 12.0, 12),
        ("grade", "one", "one"),
        ("grade", "二等", "two"),
        ("over", "是", True),
        ("over", "否", False),
        ("over", True, True),
        ("since", date(2020, 5, 1), "2020-05-01"),
        ("since", datetime(2020, 5, 1, 8), "2020-05-01"),
        ("since", "2020-05-01", "2020-05-01"),
        ("ore", " 铜 ", "铜"),
    ],
)
def test_a_value_is_kept_as_json(key: str, given: Any, kept: Any) -> None:
    found, wrong = clean(ALL, {"grade": "one", key: given})
    assert wrong == {}
    assert found[key] == kept and type(found[key]) is type(kept)


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("height", "-0.1", "太小，最小 0 m"),
        ("height", "400.1", "太大，最大 400 m"),
        ("height", "很高", "不是数"),
        ("height", "NaN", "不是数"),
        ("people", "1.5", "不是整数"),
        ("people", "-1", "太小"),
        ("grade", "九等", "可选：一等、二等"),
        ("grade", "", "等别必填"),
        ("over", "也许", "应填是或否"),
        ("since", "去年", "不是日期"),
        ("ore", "铜" * 151, "最多 150 个字"),
        ("colour", "红", "没有“colour”这一项"),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason(key: str, given: Any, words: str) -> None:
    _, wrong = clean(ALL, {"grade": "one", key: given})
    assert words in wrong[key]


def test_attributes_come_back_from_their_row_as_they_were() -> None:
    assert from_json([as_json(one) for one in ALL]) == ALL
    ordered = Attribute("k", "类", "choice", choices={"zz": "先", "a": "后"})
    kept = json.loads(json.dumps(as_json(ordered), sort_keys=True))
    assert list(from_json([kept])[0].choices) == ["zz", "a"]


def test_values_are_shown_in_words() -> None:
    assert [shown(GRADE, "two"), shown(OVER, False), shown(HEIGHT, 60.5), shown(ORE, None)] == [
        "二等",
        "否",
        "60.5",
        "",
    ]


# Editions ------------------------------------------------------------------------------------------
@dataclass
class Kept:
    """A stored row."""

    key: str
    digest: str
    valid_from: date | None = None
    valid_to: date | None = None


TODAY = date(2023, 7, 5)
OLD, NEW = KindEntry("pond", "尾矿库", "tailings"), KindEntry("pond", "尾矿库（新）", "tailings")


def row_of(entry: Entry, start: date | None = None, end: date | None = None) -> Kept:
    return Kept(entry.key, entry.digest(), start, end)


def test_at_the_first_load_kinds_hold_for_the_past_and_later_from_the_day() -> None:
    assert [one.start for one in decide([], [OLD], TODAY, first=True).add] == [None]
    assert [one.start for one in decide([], [OLD], TODAY, first=False).add] == [TODAY]


def test_what_says_the_same_stays() -> None:
    steps = decide([row_of(OLD)], [OLD], TODAY, first=False)
    assert (steps.kept, steps.add, steps.end, steps.withdraw) == (1, [], [], [])


def test_a_changed_kind_ends_and_begins_on_the_day() -> None:
    row = row_of(OLD)
    steps = decide([row], [NEW], TODAY, first=False)
    assert steps.end == [(row, TODAY)]
    assert [(one.entry, one.start) for one in steps.add] == [(NEW, TODAY)]


def test_a_kind_changed_twice_on_one_day_leaves_no_empty_range() -> None:
    row = row_of(OLD, TODAY)
    steps = decide([row], [NEW], TODAY, first=False)
    assert (steps.withdraw, steps.end) == ([row], [])


def test_what_is_no_longer_said_ends_and_what_had_ended_stays() -> None:
    row, past = row_of(OLD), row_of(NEW, None, date(2020, 1, 1))
    steps = decide([row, past], [], TODAY, first=False)
    assert (steps.end, steps.kept) == ([(row, TODAY)], 1)


def test_a_correction_of_a_criterion_takes_its_place_with_the_days_of_the_law() -> None:
    wrong = CriterionEntry("HC01", "未考合格", start=date(2017, 11, 13))
    right = CriterionEntry("HC01", "未考核合格", start=date(2017, 11, 13))
    row = row_of(wrong, wrong.start)
    steps = decide([row], [right], TODAY, first=False)
    assert steps.withdraw == [row] and [one.start for one in steps.add] == [date(2017, 11, 13)]


def test_a_later_edition_of_a_criterion_stands_beside_the_earlier_one() -> None:
    day = date(2024, 12, 1)
    before = CriterionEntry("SE01", "旧版", end=day)
    after = CriterionEntry("SE01", "新版", start=day)
    row = row_of(before, None, day)
    steps = decide([row], [before, after], TODAY, first=False)
    assert (steps.kept, [one.entry for one in steps.add], steps.withdraw) == (1, [after], [])


def test_a_criterion_that_comes_back_after_it_ended_holds_again() -> None:
    entry = CriterionEntry("HC01", "未考核合格")
    row = row_of(entry, None, date(2023, 1, 1))
    steps = decide([row], [entry], TODAY, first=False)
    assert steps.withdraw == [row] and len(steps.add) == 1


# Words ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "text", "enough"),
    [
        ("特种作业无证", "特种作业人员未持证上岗 无证", True),
        ("动火作业没有审批", "特殊作业管理制度缺失或未执行 动火 审批", True),
        ("HC18", "HC18 特殊作业", True),
        ("ＨＣ１８", "HC18 特殊作业", True),
        ("安全阀没有投用", "安全阀、爆破片等安全附件未投用", True),
        ("电梯困人", "全压力液化烃罐未设注水", False),
        ("现场存在问题", "坝体出现裂缝", False),
    ],
)
def test_words_find_what_they_mean(asked: str, text: str, enough: bool) -> None:
    assert (matching.score(asked, [text]) >= matching.ENOUGH) is enough


def test_the_whole_text_scores_fully_and_nothing_asked_scores_nothing() -> None:
    assert matching.score("全压力液化烃罐", ["全压力液化烃罐未设注水"]) == 1.0
    assert matching.score("，。", ["坝体"]) == 0.0
