"""The trial reading of real sheets: what is taken, what is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from anlan.kernel.exchange import plan
from anlan.kernel.exchange.tests.conftest import HEAD, HERE, THERE, line
from anlan.kernel.testing import make_row
from tests.example.models import Fault, Site

pytestmark = pytest.mark.django_db


def trial(path: Any, faults: Any, actor: Any, **more: Any) -> plan.Plan:
    found = plan.read(path, faults, actor, **more)
    found.judge(actor)
    return found


def reasons(found: plan.Plan) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.column, one.value, one.reason) for one in found.findings()["wrong"]]


def test_a_real_sheet_with_title_unit_line_totals_and_signatures(faults, officer, site, book):
    path = book(
        ["鄱阳县2023年5月隐患台账"],
        ["填报单位：鄱阳县应急局", "", "", "", "", "填报日期：2023-6-1"],
        HEAD,
        line(1),
        line(2, 受检单位="同上", 检查日期="5月4日"),
        [],
        line(3, 级别="重大", 检查日期=45050, 整改资金="1,200 元"),
        ["合计", "", "", "", "", "", "", "", "", 3600],
        ["填表人：张三", "", "", "", "审核人：李四"],
        merges=[(0, 0, 0, 11)],
    )
    found = trial(path, faults, officer)
    assert reasons(found) == []
    assert found.counts() == {
        "read": 3, "created": 3, "updated": 0, "unchanged": 0, "wrong": 0, "suspected": 0, "tidied": 4,
    }  # fmt: skip
    assert found.columns["found_on"] == [date(2023, 5, 3), date(2023, 5, 4), date(2023, 5, 4)]
    assert found.columns["site"] == [site.pk] * 3
    assert found.columns["region_path"] == [HERE] * 3
    assert found.columns["cost"][2] == Decimal("1200.00")
    assert found.columns["level"] == ["ordinary", "ordinary", "major"]
    assert "跳过合计 1 行" in found.notes and "跳过落款 1 行" in found.notes
    assert Fault.objects.unscoped("test").count() == 0


def test_each_wrong_cell_is_named_with_row_column_value_and_remedy(faults, officer, site, book):
    path = book(
        HEAD,
        line(1, 检查日期="2023-02-30"),
        line(2, 级别="较重"),
        line(3, 受检单位="没有的公司"),
        line(4, 县区="波阳县"),
        line(5, 验收人="张三"),
        line(6, 编号=9.1e17),
        line(7, 隐患内容=""),
        line(8, 完成时间="2023-1-1"),
        line(9, 整改资金="3万"),
        line(10, 隐患内容="长" * 301),
    )
    found = trial(path, faults, officer)
    told = {row: (column, value, reason) for row, column, value, reason in reasons(found)}
    assert told[2] == ("发现日期", "2023-02-30", "2 月没有 30 日。请核对。")
    assert told[3] == ("级别", "较重", "只能是“一般”或“重大”。")
    assert told[4][:2] == ("企业", "没有的公司")
    assert told[5] == ("区划", "波阳县", "旧称。选“鄱阳县”后可写入。")
    assert told[6] == ("验收人", "张三", "验收人与整改人不能是同一人。请换一位。")
    assert told[7][0] == "编号" and "“文本”格式" in told[7][2]
    assert told[8] == ("描述", "", "描述必填。")
    assert told[9] == ("整改期限", "2023-1-1", "整改期限早于发现日期。请改为发现日期当天或以后。")
    assert "30000" in told[10][2]
    assert "最多 300 个字" in told[11][2]
    assert found.counts()["wrong"] == 10 and found.counts()["created"] == 0


def test_a_correction_that_the_person_accepts_is_applied(faults, officer, site, book):
    path = book(HEAD, line(1, 县区="波阳县"))
    found = trial(path, faults, officer, corrections={"region_path": {"波阳县": "鄱阳县"}})
    assert found.counts()["wrong"] == 0
    assert found.tidied[0].reason == "波阳县 → 鄱阳县（按您的更正）"


def test_the_same_number_twice_in_the_file_is_an_error_of_the_second(faults, officer, site, book):
    found = trial(book(HEAD, line(1), line(2, 编号="YH00001")), faults, officer)
    assert reasons(found) == [(3, "编号", "YH00001", "编号与第 2 行相同。请核对，只留一行。")]


def test_rows_outside_ones_own_region_are_refused(faults, stranger, site, book):
    make_row(Site, code="S2", name="甲公司", region_path=THERE, industry="化工")
    found = trial(book(HEAD, line(1), line(2, 县区="都昌县")), faults, stranger)
    assert [(row, column) for row, column, _, _ in reasons(found)] == [(2, "区划")]
    assert found.counts()["created"] == 1


def test_references_are_only_found_among_what_the_actor_sees(faults, officer, book):
    make_row(Site, code="S9", name="甲公司", region_path=THERE, industry="化工")
    found = trial(book(HEAD, line(1)), faults, officer)
    assert reasons(found)[0][1] == "企业"


def test_two_companies_of_one_name_ask_for_the_code(faults, officer, site, book):
    make_row(Site, code="S3", name="甲公司", region_path=HERE, industry="化工")
    found = trial(book(HEAD, line(1), line(2, 受检单位="S3")), faults, officer)
    assert [(row, reason) for row, _, _, reason in reasons(found)] == [(2, "有 2 个同名的。请改写编号。")]


def test_present_rows_are_updates_and_empty_cells_leave_what_is_there(faults, officer, site, book):
    row = make_row(Fault, number="YH00001", site=site, region_path=HERE, description="旧", mender="王五")
    found = trial(book(HEAD, line(1, 整改人=""), line(2)), faults, officer)
    assert found.counts()["updated"] == 1 and found.counts()["created"] == 1
    changed = found.outcome.updated[0]
    assert changed.id == row.pk and changed.previous["description"] == "旧"
    assert "mender" not in changed.previous


def test_a_sheet_of_two_columns_updates_present_rows(faults, officer, site, book):
    make_row(Fault, number="YH00001", site=site, region_path=HERE, found_on=date(2023, 5, 3), due_on=None)
    found = trial(book(["编号", "整改期限"], ["YH00001", "2024.1.1"], ["YH9", "2024.1.1"]), faults, officer)
    assert found.counts()["updated"] == 1
    assert any("文件里没有“企业”一列" in reason for _, _, _, reason in reasons(found))


def test_who_may_not_change_gets_present_rows_refused(faults, reader, site, book):
    make_row(Fault, number="YH00001", site=site, region_path=HERE, description="旧")
    found = trial(book(HEAD, line(1), line(2)), faults, reader)
    assert [reason for _, _, _, reason in reasons(found)] == ["台账里已有这一行，您的岗位不能修改。"]
    assert found.counts()["created"] == 1


def test_a_number_taken_by_a_row_out_of_sight_is_refused_without_telling_more(faults, officer, site, book):
    other = make_row(Site, code="S8", name="乙公司", region_path=THERE)
    make_row(Fault, number="YH00001", site=other, region_path=THERE, description="秘密")
    found = trial(book(HEAD, line(1)), faults, officer)
    assert reasons(found)[0][3] == "台账里已有同样的一行，但不在您的职责范围内。"
    assert "秘密" not in str(found.findings())


def test_rows_alike_in_all_but_the_number_are_suspected(faults, officer, site, book):
    found = trial(book(HEAD, line(1), line(2, 隐患内容="配电箱1未上锁")), faults, officer)
    assert found.counts()["suspected"] == 1
    assert "第 2 行" in found.findings()["suspected"][0].reason


def test_a_file_written_twice_changes_nothing_the_second_time(faults, officer, site, book):
    path = book(HEAD, line(1), line(2))
    plan.read(path, faults, officer).many(officer).write()
    found = trial(path, faults, officer)
    assert found.counts()["unchanged"] == 2 and found.counts()["updated"] == 0


def test_merged_cells_in_the_body_count_for_each_of_their_rows(faults, officer, site, book, tmp_path):
    import xlsxwriter

    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        rows = [HEAD, line(1, 检查日期="2023.5.3"), line(2, 检查日期="2023.5.3", 整改人="")]
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
        sheet.merge_range(1, 10, 2, 10, "赵六")
    found = trial(path, faults, officer)
    assert found.columns["mender"] == ["赵六", "赵六"]
    assert reasons(found) == []


def test_formulas_give_their_values_and_faulty_ones_are_errors(faults, officer, site, tmp_path):
    import xlsxwriter

    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for n, row in enumerate([HEAD, line(1, 检查日期="2023.5.3"), line(2, 检查日期="2023.5.3")]):
            sheet.write_row(n, 0, row)
        sheet.write_formula(1, 9, "=600+600", None, 1200)
        sheet.write_formula(2, 9, "=X1/0", None, "#REF!")
    found = trial(path, faults, officer)
    assert found.columns["cost"][0] == Decimal("1200.00")
    assert reasons(found)[0][0] == 3 and "#REF!" in reasons(found)[0][3]
