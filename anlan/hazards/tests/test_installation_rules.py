"""GB 18218-2018 and the duties of guarantors: the rules, on both sides of every bound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.hazards.rules import gb18218, guarantors
from anlan.hazards.rules.gb18218 import Held, assess, part_of, shown, steps
from anlan.hazards.rules.gb18218_tables import CATEGORIES, SUBSTANCES, cas_is_sound

D = Decimal


def test_table_1_has_85_substances_in_order() -> None:
    assert list(SUBSTANCES) == list(range(1, 86))


def test_every_cas_number_of_table_1_has_the_right_check_digit() -> None:
    numbers = [cas for one in SUBSTANCES.values() for cas in one.cas]
    assert len(numbers) == 85
    assert [one for one in numbers if not cas_is_sound(one)] == []


@pytest.mark.parametrize("wrong", ["7664-41-8", "7664-14-7", "7664417", "", "a-b-c", "７６６４-41-7"])
def test_a_wrong_cas_number_is_noticed(wrong: str) -> None:
    assert not cas_is_sound(wrong)


@pytest.mark.parametrize(
    ("number", "threshold"),
    [(1, "10"), (6, "0.3"), (12, "5"), (30, "0.75"), (38, "1"), (39, "10"), (43, "5"), (44, "50"),
     (45, "200"), (46, "1000"), (56, "200"), (65, "500"), (66, "200"), (82, "50"), (84, "1"), (85, "10")],
)  # fmt: skip
def test_thresholds_of_table_1(number: int, threshold: str) -> None:
    assert SUBSTANCES[number].threshold == D(threshold)


def test_table_3_names_14_toxic_gases() -> None:
    betas = {one.number: int(one.beta) for one in SUBSTANCES.values() if one.beta}
    assert betas == {
        1: 2,
        3: 10,
        4: 2,
        6: 20,
        7: 2,
        9: 20,
        10: 5,
        11: 3,
        12: 4,
        13: 2,
        17: 3,
        20: 5,
        25: 10,
        30: 20,
    }


def test_table_2_has_24_categories_and_marks_the_one_that_two_sources_tell_differently() -> None:
    assert len(CATEGORIES) == 24
    assert [one.symbol for one in CATEGORIES.values() if one.confidence == "M"] == ["J5"]
    assert (CATEGORIES["W2"].threshold, CATEGORIES["W2"].beta) == (10, D("1.5"))
    assert {one.beta for one in CATEGORIES.values()} == {D(4), D(2), D("1.5"), D(1)}


@pytest.mark.parametrize(
    ("quantity", "major"),
    [
        pytest.param("9.9999", False, id="just below Q"),
        pytest.param("10", True, id="Q itself"),
        ("10.0001", True),
    ],
)
def test_one_substance_makes_an_installation_from_its_threshold_on(quantity: str, major: bool) -> None:
    assert assess([Held("氨", D(quantity), 1)], 0).is_major is major


def test_shares_of_several_substances_add_up_exactly() -> None:
    """A third and two thirds are one: no rounding decides."""
    found = assess([Held("溴", D("6.666666666666666666666666667"), 28), Held("氨", D("6.67"), 1)], 0)
    assert found.s == Fraction(D("6.666666666666666666666666667")) / 20 + Fraction(D("6.67")) / 10
    thirds = assess([Held("甲", D("0.1"), 6), Held("乙", D("0.5"), 30)], 0)
    assert thirds.s == Fraction(1, 3) + Fraction(2, 3) == 1 and thirds.is_major


@pytest.mark.parametrize(
    ("residents", "alpha"),
    [(0, "0.5"), (1, "1.0"), (29, "1.0"), (30, "1.2"), (49, "1.2"), (50, "1.5"), (99, "1.5"), (100, "2.0"),
     (12_000, "2.0")],
)  # fmt: skip
def test_alpha_by_people_within_500_metres(residents: int, alpha: str) -> None:
    assert gb18218.alpha_of(residents)[0] == D(alpha)


@pytest.mark.parametrize(
    ("r", "level"),
    [
        ("0.5", 4),
        ("9.9999", 4),
        ("10", 3),
        ("49.9999", 3),
        ("50", 2),
        ("99.9999", 2),
        ("100", 1),
        ("5000", 1),
    ],
)
def test_levels_by_r(r: str, level: int) -> None:
    assert gb18218.level_of(Fraction(D(r))) == level


def test_r_below_one_is_still_level_four() -> None:
    found = assess([Held("甲醇", D(500), 65, ("W5.3",))], 0)
    assert (found.s, found.r, found.level) == (1, Fraction(1, 2), 4)


def test_a_tank_farm_of_chlorine_and_ammonia() -> None:
    """液氯 50 t: 50/5 = 10, β 4; 液氨 60 t: 60/10 = 6, β 2; 120 people, α 2: R = 2 × (40 + 12) = 104."""
    found = assess([Held("液氯", D(50), 12), Held("液氨", D(60), 1)], 120)
    assert (found.s, found.r, found.level, found.words) == (16, 104, 1, "一级重大危险源")
    assert [(one.label, one.result) for one in steps(found)] == [
        ("液氯 q/Q", "10"), ("液氨 q/Q", "6"), ("S = Σ q/Q", "16"), ("液氯 β·q/Q", "40"),
        ("液氨 β·q/Q", "12"), ("α", "2"), ("R = α·Σ β·q/Q", "104"),
    ]  # fmt: skip


def test_below_one_no_level_is_reckoned() -> None:
    found = assess([Held("氨", D(9), 1)], 500)
    assert (found.level, found.r, found.words) == (0, None, "不构成重大危险源")
    assert steps(found)[-1].label == "S = Σ q/Q"


def test_without_category_a_substance_of_table_1_has_a_threshold_but_no_beta() -> None:
    found = assess([Held("甲醇", D(600), 65)], 0)
    assert (found.is_major, found.level, found.r, found.missing) == (True, None, None, ("甲醇",))
    assert "级别待定" in found.words


def test_table_1_goes_before_table_2_and_table_3_before_table_4() -> None:
    part = part_of(Held("氨", D(10), 1, ("J3",)))
    assert (part.threshold_ground, part.beta_ground, part.beta) == ("表 1 第 1 号", "表 3", 2)


def test_of_several_categories_the_least_threshold_and_the_greatest_beta_count_and_the_doubt_is_told() -> (
    None
):
    part = part_of(Held("某液体", D(5), None, ("W5.4", "W5.1")))
    assert (part.threshold, part.beta, part.doubts) == (10, D("1.5"), (gb18218.BETA_DOUBT,))
    assert part_of(Held("某液体", D(5), None, ("W5.3", "W5.4"))).doubts == ()


def test_the_unsure_category_says_so() -> None:
    assert assess([Held("某农药", D(600), None, ("J5",))], 0).doubts[0].startswith("J5")


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Held("某物", D(1)), "危险类别"),
        (Held("氨", D(0), 1), "大于 0"),
        (Held("氨", D(-1), 1), "大于 0"),
        (Held("氨", D("NaN"), 1), "不是数"),
        (Held("氨", D("Infinity"), 1), "不是数"),
        (Held("氨", D(10_000_001), 1), "不超过"),
        (Held("某物", D(1), 86), "没有序号"),
        (Held("某物", D(1), None, ("W99",)), "没有类别"),
        (Held("氨", 10.0, 1), "不是数"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_reckoned_is_refused_with_its_reason(held: Held, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        part_of(held)


def test_an_empty_unit_and_a_negative_number_of_people_are_refused() -> None:
    with pytest.raises(ValueError, match="还没有登记"):
        assess([], 0)
    with pytest.raises(ValueError, match="小于 0"):
        assess([Held("氨", D(1), 1)], -1)


amounts = st.decimals(min_value="0.001", max_value=100_000, places=3)


@given(amounts, amounts, st.integers(0, 1000))
def test_more_of_a_substance_never_lowers_the_outcome(little: Decimal, more: Decimal, residents: int) -> None:
    least = assess([Held("氯", little, 12)], residents)
    most = assess([Held("氯", little + more, 12)], residents)
    order = {0: 5, 4: 4, 3: 3, 2: 2, 1: 1}
    assert most.s > least.s
    assert order[most.level or 0] <= order[least.level or 0]


def test_figures_are_shown_half_up_without_idle_zeros() -> None:
    assert [shown(one) for one in (Fraction(1, 3), D("10.00005"), D("1000"), Fraction(5, 2), None)] == [
        "0.3333", "10.0001", "1000", "2.5", "—",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cadence", "day", "start", "due"),
    [
        ("week", date(2023, 7, 3), date(2023, 7, 3), date(2023, 7, 9)),
        ("week", date(2023, 7, 9), date(2023, 7, 3), date(2023, 7, 9)),
        ("month", date(2023, 12, 31), date(2023, 12, 1), date(2023, 12, 31)),
        ("quarter", date(2023, 4, 1), date(2023, 4, 1), date(2023, 6, 30)),
        ("quarter", date(2023, 12, 31), date(2023, 10, 1), date(2023, 12, 31)),
    ],
)
def test_periods_of_the_cadences(cadence: str, day: date, start: date, due: date) -> None:
    found = guarantors.period_of(cadence, day)
    assert (found.start, found.due_on) == (start, due)


def test_the_technical_person_owes_a_quarter_the_operation_person_a_week_the_principal_what_is_set() -> None:
    assert guarantors.cadence_of("technical", "month") == "quarter"
    assert guarantors.cadence_of("operation", "month") == "week"
    assert guarantors.cadence_of("principal", "month") == "month"


def test_whoever_hands_over_hands_the_open_period_over_too() -> None:
    year = (date(2023, 1, 1), date(2023, 12, 31))
    before = list(guarantors.owed("quarter", date(2022, 1, 1), date(2023, 5, 10), *year))
    after = list(guarantors.owed("quarter", date(2023, 5, 10), None, *year))
    assert [one.start.month for one in before] == [1]
    assert [one.start.month for one in after] == [4, 7, 10]


def test_a_year_of_weeks_is_owed_without_a_gap() -> None:
    weeks = list(guarantors.owed("week", date(2020, 1, 1), None, date(2023, 1, 1), date(2023, 12, 31)))
    assert len(weeks) == 53
    assert all(a.end == b.start for a, b in pairwise(weeks))


@pytest.mark.parametrize(
    ("done", "today", "state"),
    [
        (date(2023, 6, 30), date(2023, 7, 5), "done"),
        (date(2023, 7, 1), date(2023, 7, 5), "late"),
        (None, date(2023, 7, 1), "missed"),
        (None, date(2023, 6, 30), "open"),
        (None, date(2023, 4, 1), "open"),
        (None, date(2023, 3, 31), "later"),
    ],
)
def test_how_a_period_stands(done: date | None, today: date, state: str) -> None:
    period = guarantors.period_of("quarter", date(2023, 5, 1))
    assert guarantors.state_of(period, done, today) == state
