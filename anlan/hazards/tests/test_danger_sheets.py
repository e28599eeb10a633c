"""A real 隐患台账 in and out: title rows, five elements, days as they are typed, wrong rows handed back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.hazards.models import HiddenDanger
from anlan.hazards.tests.danger_case import TODAY, WUYUAN, world
from anlan.kernel import clock, registry
from anlan.kernel.exchange import batches
from anlan.org.testing import World

pytestmark = pytest.mark.django_db
HEAD = ["序号", "单位名称", "隐患部位", "存在的问题和隐患", "检查日期", "检查人", "隐患等级", "整改责任人",
        "整改措施", "整改资金",
        "整改时限", "应急措施", "整改状态", "整改完成时间", "复查人", "销号时间"]  # fmt: skip
CLOSED = [1, "婺源某酒店", "二楼厨房", "燃气报警器断电", "2023.6.1", "程立", "一般隐患", "店主", "更换报警器",
          "800", "2023.6.20", "停用燃气", "已闭环", "2023/6/15", "程立", "2023年6月16日"]  # fmt: skip
OPEN = [2, "婺源某酒店", "疏散楼梯", "堆放杂物", 45078, "程立", "一般", "店主", "清理", 0, "2023-07-20",
        "专人看守", "整改中", "", "", ""]  # fmt: skip


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


def book(*lines: list[Any]) -> SimpleUploadedFile:
    """A sheet with a merged title, the heads, and these lines."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("台账")
    sheet.merge_range(0, 0, 0, len(HEAD) - 1, "婺源县2023年6月安全隐患排查治理台账")
    for n, line in enumerate((HEAD, *lines), start=1):
        sheet.write_row(n, 0, line)
    sheet.write_row(len(lines) + 2, 0, ["合计", len(lines)])
    made.close()
    return SimpleUploadedFile("台账.xlsx", out.getvalue())


def brought(house: World, key: str, *lines: list[Any]) -> Any:
    """The sheet written as this person; the batch."""
    actor, ledger = house.actor(key), registry.ledger("dangers")
    batch = batches.take_in(actor, ledger, book(*lines))
    batches.trial(actor, batch)
    return batches.commit(actor, batch.pk)


def test_a_ledger_with_five_elements_is_taken_in_as_it_stands(house: World) -> None:
    batch = brought(house, "county_inspector", CLOSED, OPEN)
    assert batch.counts["wrong"] == 0
    done, under_way = HiddenDanger.objects.unscoped("test").order_by("id")
    assert (done.state, done.closed_on, done.days_open) == ("closed", date(2023, 6, 16), 15)
    assert (done.found_on, done.due_on, done.rectified_on) == (
        date(2023, 6, 1),
        date(2023, 6, 20),
        date(2023, 6, 15),
    )
    assert (done.responsible, done.measures, done.contingency, float(done.funds or 0)) == (
        "店主", "更换报警器", "停用燃气", 800.0,
    )  # fmt: skip
    assert (under_way.state, under_way.funds, under_way.region_path) == ("rectifying", 0, WUYUAN)
    assert under_way.attention_on == date(2023, 7, 20) and done.attention_on is None


def test_the_same_sheet_twice_changes_nothing(house: World) -> None:
    brought(house, "county_inspector", CLOSED, OPEN)
    batch = brought(house, "county_inspector", CLOSED, OPEN)
    assert batch.counts["created"] == 0 and HiddenDanger.objects.unscoped("test").count() == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("整改状态", "已整改"), ("销号时间", ""), ("整改责任人", "程立"), ("整改时限", "2023.5.1"),
     ("隐患等级", "较重"), ("单位名称", "没有这家厂")],
)  # fmt: skip
def test_a_wrong_line_is_handed_back_and_the_others_go_in(house: World, column: str, value: str) -> None:
    wrong = [*CLOSED]
    wrong[HEAD.index(column)] = value
    batch = brought(house, "county_inspector", wrong, OPEN)
    assert batch.counts["wrong"] == 1 and batches.wrong_file(batch) is not None
    assert [row.description for row in HiddenDanger.objects.unscoped("test")] == ["堆放杂物"]


def test_a_firm_brings_only_its_own_dangers(house: World) -> None:
    from anlan.hazards.tests.danger_case import XINZHOU, firm

    firm(name="信州某酒店", region_path=XINZHOU)
    other = ["3", "信州某酒店", *OPEN[2:]]
    batch = brought(house, "enterprise_user", OPEN, other)
    row = HiddenDanger.objects.unscoped("test").get()
    assert batch.counts["wrong"] == 1 and (row.enterprise_id, row.source) == (1, "self")
