"""The signs of the look: what they say, what they escape, what they refuse to hide."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from anlan.kernel import cells
from anlan.kernel.cells import Cell
from anlan.kernel.tests.look_samples import Head


class Row:
    """A row with a title that tries to break out of its cell."""

    key, name, url, selected = "7", '"x"', "/a/?b=1&c=2", True

    def __init__(self, *shown: object) -> None:
        self.cells = shown


@pytest.mark.parametrize("state", ["g", "y", "r", "o"])
def test_a_light_without_a_word_still_has_a_name_for_screen_readers(state: str) -> None:
    assert 'class="vh"' in cells.light(state)
    assert 'class="vh"' not in cells.light(state, "剩 3 天")


@pytest.mark.parametrize(
    ("colour", "filled"), [("red", 4), ("orange", 3), ("yellow", 2), ("green", 1), ("blue", 1)]
)
def test_a_levels_bars_count_its_height(colour: str, filled: int) -> None:
    assert cells.level(colour, "级").count('class="on"') == filled


def test_zero_not_reported_and_nothing_are_three_things() -> None:
    assert cells.show(0) == "0"
    assert "未报" in cells.NOT_REPORTED
    assert cells.show(None) == cells.DASH == cells.show("")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("32000"), "32,000.00"), (Decimal("-0.005"), "−0.01"), (Decimal("1.005"), "1.01"), (None, "—")],
)
def test_money_rounds_half_up_and_has_a_real_minus(value: Decimal | None, shown: str) -> None:
    assert cells.money(value) == shown


def test_a_moment_is_shown_in_local_time() -> None:
    late = datetime(2023, 6, 20, 16, 30, tzinfo=UTC)
    assert cells.day(late) == "2023-06-21"
    assert cells.moment(late) == "2023-06-21 00:30"
    assert cells.day(date(2023, 6, 20), short=True) == "06-20"


@pytest.mark.parametrize("kind", ["text", "link", "light", "level", "tag", "fx", "date"])
def test_text_from_data_is_escaped_in_every_kind(kind: str) -> None:
    cell = Cell(kind, "<b>x</b>", url='/"onx="', light="g", level="red", note="<i>")
    shown = cells.show(cell)
    assert "<b>" not in shown and "<i>" not in shown and '"onx' not in shown


def test_an_ordinary_level_is_plain_text() -> None:
    assert "<svg" not in cells.show(Cell("level", "一般"))


def test_a_figure_without_rows_is_no_link() -> None:
    assert "<a" not in cells.fx(1208) and "1,208" in cells.fx(1208)
    assert 'href="/rows/"' in cells.fx(1208, "/rows/")


def test_rows_carry_labels_for_the_phone_unless_the_column_has_its_place() -> None:
    columns = [Head("a", "隐患", "c-t"), Head("b", "资金", numeric=True)]
    html = cells.table_rows(columns, [Row("x", 5)])
    assert '<td class="c-t">x</td><td class="n" data-l="资金">5</td>' in html


def test_the_first_column_is_the_title_where_none_is_named() -> None:
    assert '<td class="c-t">x</td>' in cells.table_rows([Head("a", "名称")], [Row("x")])


def test_a_selectable_row_has_a_named_box_and_keeps_its_state() -> None:
    html = cells.table_rows([Head("a", "名称")], [Row("x")], selectable=True)
    assert 'aria-label="选 &quot;x&quot;" checked' in html and 'aria-selected="true"' in html
    assert 'data-href="/a/?b=1&amp;c=2"' in html


def test_a_row_with_too_few_cells_is_refused() -> None:
    with pytest.raises(ValueError):
        cells.table_rows([Head("a", "甲"), Head("b", "乙")], [Row("x")])


def test_a_bar_stays_inside_its_frame() -> None:
    assert 'class="fg" width="100"' in cells.bar(180) and "M0 0v6" in cells.bar(5, -3)
