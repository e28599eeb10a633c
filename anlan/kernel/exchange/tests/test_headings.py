"""Where the table begins, and which heading means which field."""

from typing import Any

from anlan.kernel.exchange import headings
from anlan.kernel.exchange.headings import kind_of_row

LABELS: dict[str, tuple[str, ...]] = {
    "number": ("编号",),
    "site": ("企业", "受检单位"),
    "description": ("描述", "隐患内容"),
    "level": ("级别",),
    "found_on": ("发现日期", "检查日期"),
    "due_on": ("整改期限", "完成时间"),
    "cost": ("整改资金",),
    "mender": ("整改人",),
}


def find(rows: Any, *more: Any) -> Any:
    """The layout, which these sheets have."""
    return headings.find(rows, *more)


HEAD = ["序号", "编号", "受检单位", "隐患内容", "级别", "检查日期", "完成时间"]


def test_header_below_title_and_unit_line():
    rows = [
        ["鄱阳县2023年5月隐患台账", "", "", "", "", "", ""],
        ["填报单位：鄱阳县应急局", "", "", "", "填报日期：2023-6-1", "", ""],
        HEAD,
        [1.0, "YH1", "甲公司", "配电箱未上锁", "一般", "5月3日", "5月9日"],
    ]
    found = find(rows, [((0, 0), (0, 6))], LABELS)
    assert (found.top, found.body) == (2, 3)
    assert found.columns == {
        "number": 1,
        "site": 2,
        "description": 3,
        "level": 4,
        "found_on": 5,
        "due_on": 6,
    }
    assert (found.year, found.year_from) == (2023, "标题")
    assert all(one.sure == "sure" for one in found.headings if one.field)


def test_header_of_two_rows_with_groups_units_and_column_numbers():
    rows = [
        ["编号", "企业", "整改情况", "", ""],
        ["", "", "整改人", "整改期限", "整改资金（万元）"],
        ["", "", "", "", "万元"],
        ["甲", "乙", 1.0, 2.0, 3.0],
        ["YH1", "甲公司", "张三", "2023.6.30", 3.5],
    ]
    found = find(rows, [((0, 2), (0, 4)), ((0, 0), (1, 0)), ((0, 1), (1, 1))], LABELS)
    assert (found.top, found.body) == (0, 4)
    assert found.columns == {"number": 0, "site": 1, "mender": 2, "due_on": 3, "cost": 4}
    assert found.headings[4].scale == 10_000


def test_similar_headings_are_proposed_and_strange_ones_left_out():
    found = find([["编号", "企业", "整改期限要求", "备注2", "隐患内容描述"]], [], LABELS)
    by_text = {one.text: (one.field, one.sure) for one in found.headings}
    assert by_text["整改期限要求"] == ("due_on", "likely")
    assert by_text["隐患内容描述"] == ("description", "likely")
    assert by_text["备注2"] == ("", "")


def test_a_remembered_heading_wins():
    found = find([["编号", "企业", "备注2"]], [], LABELS, {"备注2": "mender"})
    assert found.columns["mender"] == 2


def test_two_columns_of_one_meaning_keep_the_first():
    found = find([["编号", "企业", "受检单位"]], [], LABELS)
    assert found.columns == {"number": 0, "site": 1}
    assert found.headings[2].field == ""


def test_marks_line_breaks_and_the_reason_column_do_not_disturb():
    found = find([["编 号*", "受检\n单位（必填）", headings.REASON]], [], LABELS)
    assert found.columns == {"number": 0, "site": 1}


def test_no_header_at_all():
    assert find([["你好", ""], ["世界", 1.0]], [], LABELS) is None
    assert find([], [], LABELS) is None


def test_rows_that_are_no_data():
    assert kind_of_row(["合 计", "", 428.0]) == "total"
    assert kind_of_row(["", "总计：", "", 3.0]) == "total"
    assert kind_of_row(["填表人：张三", "", "", "", "审核人：李四", ""]) == "foot"
    assert kind_of_row(["", None, "　"]) == "blank"
    assert kind_of_row([1.0, "合计财务公司", "x"]) == "data"
    assert kind_of_row([1.0, "YH1", "甲公司"]) == "data"
