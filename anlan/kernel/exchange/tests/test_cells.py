"""What people write in cells: both sides of every rule."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from anlan.kernel.exchange import cells
from anlan.kernel.exchange.cells import Tidied, Wrong

LEVELS = [("ordinary", "一般"), ("major", "重大")]


def outcome(found):
    return found.value if isinstance(found, Tidied) else found


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (date(2023, 6, 30), date(2023, 6, 30)),
        (datetime(2023, 6, 30, 9), date(2023, 6, 30)),
        ("2023.6.30", date(2023, 6, 30)),
        ("2023年6月30日", date(2023, 6, 30)),
        ("2023/6/30", date(2023, 6, 30)),
        ("2023-06-30 08:42", date(2023, 6, 30)),
        ("２０２３．６．３０", date(2023, 6, 30)),
        ("20230630", date(2023, 6, 30)),
        (20230630, date(2023, 6, 30)),
        (45107.0, date(2023, 6, 30)),
        ("45107", date(2023, 6, 30)),
        ("6月30日", date(2023, 6, 30)),
        ("23.6.30", date(2023, 6, 30)),
        ("2024-02-29", date(2024, 2, 29)),
        ("—", None),
        ("", None),
    ],
)
def test_dates_in_the_shapes_that_offices_write(cell, expected):
    assert outcome(cells.parse_date(2023)(cell)) == expected


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("2023-02-30", "2 月没有 30 日"),
        ("2023-02-29", "2 月没有 29 日"),
        ("2023-13-01", "没有 13 月"),
        ("2023年6月", "缺日"),
        ("尽快", "不是日期"),
        (6.3, "不是日期"),
        ("3023-6-30", "年份"),
        (True, "不是日期"),
    ],
)
def test_days_that_do_not_exist_are_told(cell, word):
    found = cells.parse_date(2023)(cell)
    assert isinstance(found, Wrong)
    assert word in found.message


def test_a_day_without_a_year_says_where_its_year_comes_from():
    found = cells.parse_date(2022, "标题")("6月30日")
    assert found == Tidied(date(2022, 6, 30), "6月30日 → 2022-06-30（年份按标题）")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (1200, Decimal("1200.00")),
        (0.1 + 0.2, Decimal("0.30")),
        ("1,200 元", Decimal("1200.00")),
        ("１２００", Decimal("1200.00")),
        ("¥1,200.50", Decimal("1200.50")),
        ("-5", Decimal("-5.00")),
        ("无", None),
        (999999999999.99, Decimal("999999999999.99")),
    ],
)
def test_numbers_with_commas_and_units(cell, expected):
    assert outcome(cells.parse_decimal(2, 14)(cell)) == expected


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("3万", "30000"),
        ("3.5万元", "35000"),
        ("12.345", "小数最多 2 位"),
        ("很多", "不是数字"),
        ("1,20", "不是数字"),
        ("5箱", "不认得单位"),
        (1e12, "整数部分最多 12 位"),
        (1e300, "太大"),
        (True, "不是数字"),
        (date(2023, 1, 1), "不是数字"),
    ],
)
def test_numbers_that_would_have_to_be_guessed_are_asked_back(cell, word):
    found = cells.parse_decimal(2, 14)(cell)
    assert isinstance(found, Wrong)
    assert word in found.message


def test_a_heading_in_ten_thousands_scales_and_says_so():
    assert cells.parse_decimal(2, 14, scale=10_000)("3.5") == Tidied(
        Decimal("35000.00"), "3.5×10000 → 35000.00"
    )


@pytest.mark.parametrize("cell", [12.5, "12.5", "一"])
def test_whole_numbers_only(cell):
    assert isinstance(cells.parse_integer(cell), Wrong)


def test_eighteen_digits_turned_into_a_number_are_refused_with_the_remedy():
    for cell in (9.1e17, 911234567890123456, "9.1E+17", "9.11235E+17"):
        found = cells.parse_text(20)(cell)
        assert isinstance(found, Wrong)
        assert "设为“文本”格式" in found.message


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("９１３６１１２８ＭＡ", "91361128MA"),
        ("　配电箱未上锁 ", "配电箱未上锁"),
        (12.0, "12"),
        ("一行\n两行", "一行 两行"),
        ("'=1+1", "=1+1"),
        ("'90后", "'90后"),
        ("a\x00b", "ab"),
        ("   ", None),
    ],
)
def test_text_is_narrowed_and_trimmed(cell, expected):
    assert outcome(cells.parse_text(20)(cell)) == expected


def test_text_bound_counts_characters():
    assert cells.parse_text(3)("三个字") == "三个字"
    assert "最多 3 个字" in cells.parse_text(3)("四个字了").message


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("重大", "major"),
        ("major", "major"),
        ("重大事故隐患", "major"),
        ("一 般".replace(" ", ""), "ordinary"),
        ("", None),
    ],
)
def test_choices_by_label_value_or_the_only_label_meant(cell, expected):
    assert outcome(cells.parse_choice(LEVELS)(cell)) == expected


@pytest.mark.parametrize("cell", ["较重", "非重大", "一般或重大", "重", 3])
def test_choices_are_not_guessed(cell):
    found = cells.parse_choice(LEVELS)(cell)
    assert isinstance(found, Wrong)
    assert found.message == "只能是“一般”或“重大”。"


@pytest.mark.parametrize(
    ("cell", "expected"), [("√", True), ("否", False), (1, True), (0.0, False), ("", None)]
)
def test_flags(cell, expected):
    assert cells.parse_flag(cell) is expected


def test_moments_are_aware_in_shanghai():
    found = cells.parse_moment(2023)("2023.6.30 8:42")
    assert found.isoformat() == "2023-06-30T08:42:00+08:00"
    assert isinstance(cells.parse_moment(2023)("2023.6.30 25:00"), Wrong)
