"""Grading by LEC and LS, colours, and what a new grading may do: the rules, on both sides of every bound."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from anlan.hazards.rules import lec, ls, risk
from anlan.hazards.rules.risk import Colour

R, O, Y, B = Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE  # noqa: E741


@pytest.mark.parametrize(
    ("found", "colour"),
    [
        pytest.param("320.1", R, id="LEC just above 320 is red"),
        pytest.param("320", O, id="LEC 320 itself is orange"),
        pytest.param("160.1", O, id="LEC just above 160 is orange"),
        pytest.param("160", Y, id="LEC 160 itself is yellow"),
        pytest.param("70.1", Y, id="LEC just above 70 is yellow"),
        pytest.param("70", B, id="LEC 70 itself is blue"),
        pytest.param("20", B, id="LEC 20 is blue"),
        pytest.param("0.05", B, id="LEC least product is blue"),
    ],
)
def test_the_bands_of_d(found: str, colour: Colour) -> None:
    assert lec.grade(Decimal(found)).colour is colour


def test_70_is_yellow_where_the_house_counts_it_in_and_nothing_else_changes() -> None:
    assert lec.grade(Decimal(70), inclusive_70=True).colour is Y
    for other in ("20", "69.9", "70.1", "160", "320"):
        assert lec.grade(Decimal(other), inclusive_70=True) == lec.grade(Decimal(other))


def test_words_split_the_blue_at_20() -> None:
    assert lec.grade(Decimal(20)).band == "稍有危险，可以接受"
    assert lec.grade(Decimal("20.1")).band == "可能危险，需要注意"


def test_of_the_252_combinations_40_are_red_21_orange_28_yellow_163_blue() -> None:
    products = lec.products()
    assert len(products) == 252 and len(set(products)) == 103
    assert Counter(lec.grade(one).colour for one in products) == {R: 40, O: 21, Y: 28, B: 163}
    assert Counter(lec.grade(one, inclusive_70=True).colour for one in products) == {
        R: 40,
        O: 21,
        Y: 30,
        B: 161,
    }


def test_160_and_320_are_never_hit_and_70_and_20_are() -> None:
    hit = Counter(lec.products())
    assert hit[Decimal(160)] == hit[Decimal(320)] == 0
    assert (hit[Decimal(70)], hit[Decimal(20)]) == (2, 5)


def test_products_are_exact() -> None:
    assert lec.score(Decimal("0.1"), Decimal("0.5"), Decimal(1)) == Decimal("0.05")


@pytest.mark.parametrize("variant", lec.VARIANTS)
def test_every_variant_of_c_has_the_same_six_values(variant: str) -> None:
    assert [one.value for one in lec.CONSEQUENCES[variant]] == [100, 40, 15, 7, 3, 1]
    assert len({one.label for one in lec.CONSEQUENCES[variant]}) == 6


def test_the_unsure_rows_of_the_accident_variant_are_marked() -> None:
    assert [one.confidence for one in lec.CONSEQUENCES["accident"]] == ["P", "P", "M", "M", "M", "M"]


@pytest.mark.parametrize("values", [("2", "10", "1"), ("10", "4", "1"), ("10", "10", "50"), ("0", "10", "1")])
def test_a_value_of_no_table_is_refused(values: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="没有"):
        lec.score(*(Decimal(one) for one in values))


@pytest.mark.parametrize(
    ("scheme", "found", "colour"),
    [
        ("standard", 20, R), ("standard", 16, O), ("standard", 15, O), ("standard", 12, Y),
        ("standard", 9, Y), ("standard", 8, B), ("standard", 1, B),
        ("variant-1", 20, R), ("variant-1", 16, O), ("variant-1", 12, Y), ("variant-1", 8, Y),
        ("variant-1", 6, B),
        ("variant-2", 15, R), ("variant-2", 12, O), ("variant-2", 10, O), ("variant-2", 9, Y),
        ("variant-2", 5, Y), ("variant-2", 4, B),
    ],
)  # fmt: skip
def test_the_bands_of_r_under_each_scheme(scheme: str, found: int, colour: Colour) -> None:
    assert ls.grade(found, scheme).colour is colour


def test_of_the_25_cells_3_are_red_3_orange_5_yellow_14_blue() -> None:
    cells = [ls.grade(ls.score(a, b)).colour for a in range(1, 6) for b in range(1, 6)]
    assert Counter(cells) == {R: 3, O: 3, Y: 5, B: 14}


@pytest.mark.parametrize(("likelihood", "severity"), [(0, 3), (6, 3), (3, 0), (3, 6)])
def test_ls_takes_1_to_5_only(likelihood: int, severity: int) -> None:
    with pytest.raises(ValueError, match="1 到 5"):
        ls.score(likelihood, severity)


def test_colours_rank_from_red_down_and_each_has_a_letter_of_its_own() -> None:
    assert [one.rank for one in Colour] == [4, 3, 2, 1]
    assert "".join(one.letter for one in Colour) == "红橙黄蓝"
    assert [one.label for one in Colour] == ["重大风险", "较大风险", "一般风险", "低风险"]


@pytest.mark.parametrize(
    ("inherent", "residual", "stands"),
    [
        pytest.param((R, "400"), (R, "400"), True, id="equal stands"),
        pytest.param((R, "400"), (B, "20"), True, id="lower stands"),
        pytest.param((B, "20"), (Y, "90"), False, id="a higher colour does not"),
        pytest.param((Y, "90"), (Y, "90.1"), False, id="a higher score inside the colour does not"),
    ],
)
def test_residual_is_never_above_inherent(
    inherent: tuple[Colour, str], residual: tuple[Colour, str], stands: bool
) -> None:
    fault = risk.residual_fault(inherent[0], residual[0], Decimal(inherent[1]), Decimal(residual[1]))
    assert (fault == "") is stands


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ((Y, B), (Y, B), "same"),
        ((Y, B), (O, B), "raise"),
        ((Y, B), (O, Y), "raise"),
        ((Y, Y), (Y, B), "lower"),
        ((O, B), (Y, B), "lower"),
        ((O, B), (Y, Y), "mixed"),
        ((Y, Y), (O, B), "mixed"),
    ],
)
def test_raising_holds_at_once_and_lowering_waits(
    before: tuple[Colour, Colour], after: tuple[Colour, Colour], what: str
) -> None:
    assert risk.change(before, after) == what


def test_a_review_falls_on_the_same_day_or_the_months_last() -> None:
    assert risk.review_due(date(2023, 7, 5), 12) == date(2024, 7, 5)
    assert risk.review_due(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert risk.review_due(date(2023, 11, 30), 3) == date(2024, 2, 29)
