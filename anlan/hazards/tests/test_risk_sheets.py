"""Real 风险点 and 重大危险源 ledgers in: headings as firms write them, wrong rows handed back."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.hazards.models import MajorHazardInstallation, RiskPoint
from anlan.hazards.tests.risk_case import Case, case
from anlan.kernel import deadline, registry
from anlan.kernel.exchange import batches

__all__ = ["case"]
HEAD = ["序号", "单位名称", "风险点名称", "主要危险有害因素", "岗位", "评估方法", "口径", "固有 L", "固有 E",
        "固有 C 或 S", "现状 L", "现状 E", "现状 C 或 S", "评估日期", "管控责任人"]  # fmt: skip
GOOD = [1, "婺源县第1化工有限公司", "液氨储罐", "泄漏", "罐区操作工", "LEC", "LEC 经典口径", 3, 6, 15, 1, 6,
        7, "2023.6.1", "钱工"]  # fmt: skip
BY_MATRIX = [2, "婺源县第1化工有限公司", "配电室", "触电", "电工", "LS", "", 4, "", 5, 2, "", 3,
             "2023-06-02", "孙工"]  # fmt: skip


def book(head: list[str], *lines: list[Any]) -> SimpleUploadedFile:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("台账")
    sheet.merge_range(0, 0, 0, len(head) - 1, "安全风险分级管控台账")
    for n, line in enumerate((head, *lines), start=1):
        sheet.write_row(n, 0, line)
    made.close()
    return SimpleUploadedFile("台账.xlsx", out.getvalue())


def brought(case: Case, key: str, head: list[str], *lines: list[Any]) -> Any:
    ledger = registry.ledger(key)
    batch = batches.take_in(case.user, ledger, book(head, *lines))
    batches.trial(case.user, batch)
    return batches.commit(case.user, batch.pk)


def points() -> list[RiskPoint]:
    return list(RiskPoint.objects.unscoped("a test looks").order_by("id"))


def test_a_ledger_of_points_is_taken_in_and_graded_by_both_methods(case: Case) -> None:
    batch = brought(case, "risks", HEAD, GOOD, BY_MATRIX)
    assert batch.counts["wrong"] == 0
    first, second = points()
    assert (first.inherent_score, first.inherent_colour, first.residual_colour) == (270, "orange", "blue")
    assert (second.inherent_score, second.inherent_colour, second.residual_colour) == (20, "red", "blue")
    assert (first.review_due_on, first.responsible_level, first.region_path) == (
        date(2024, 6, 1), "team", case.firm.region_path,
    )  # fmt: skip
    assert deadline.of_row(first).get().last_day == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [("固有 L", 4), ("固有 L", ""), ("现状 L", 10), ("主要危险有害因素", ""),
     ("单位名称", "濂溪区某化工有限公司"), ("口径", "LS 变体一")],
)  # fmt: skip
def test_a_wrong_line_is_handed_back_and_the_others_go_in(case: Case, column: str, value: Any) -> None:
    wrong = [*GOOD]
    wrong[HEAD.index(column)] = value
    batch = brought(case, "risks", HEAD, wrong, BY_MATRIX)
    assert batch.counts["wrong"] == 1 and batches.wrong_file(batch) is not None
    assert [one.name for one in points()] == ["配电室"]


def test_a_sheet_raises_a_colour_and_does_not_lower_one(case: Case) -> None:
    brought(case, "risks", HEAD, GOOD, BY_MATRIX)
    higher, lower = [*GOOD], [*BY_MATRIX]
    higher[HEAD.index("现状 L")] = 3
    lower[HEAD.index("固有 L")] = 1
    lower[HEAD.index("现状 L")] = 1
    batch = brought(case, "risks", HEAD, higher, lower)
    first, second = points()
    assert (first.residual_score, first.residual_colour) == (126, "yellow")
    assert second.inherent_colour == "red" and batch.counts["wrong"] == 1


def test_units_are_taken_in_unreckoned(case: Case) -> None:
    head = ["企业", "重大危险源名称", "单元类型", "单元边界", "投用日期", "安全评估日期"]
    line = ["婺源县第1化工有限公司", "甲醇罐区", "储罐区", "防火堤内", "2015年6月", "2022-06-30"]
    line[4] = "2015-06-01"
    batch = brought(case, "installations", head, line)
    row = MajorHazardInstallation.objects.unscoped("a test looks").get()
    assert batch.counts["wrong"] == 0
    assert (row.kind, row.level, row.assessment_due_on) == ("tanks", "unknown", date(2025, 6, 30))
    assert deadline.of_row(row).get().key == "safety-assessment"
