"""Sheets out and back in: what was filled becomes progress and declarations; clashes are shown."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anlan.kernel import moves
from anlan.kernel.exchange.reading import Unreadable
from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.programmes.actions import chase_fill_in, chase_fill_out, chase_task_sheet, run, run_occurrences
from anlan.programmes.models import Occurrence
from anlan.programmes.tests.running import Running, running_world

pytestmark = pytest.mark.django_db
CASES, QUOTA, SURVEY = "每季度至少公布3个案例", "全年改造老旧房屋50栋以上", "6月底前完成自建房排查"
STATE, COUNT, DAY, TOLD = 9, 10, 11, 12


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Running:
    """Dispatched on 1 March; the sheets go out and come back on 20 June 2023."""
    settings.FILES = tmp_path
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    monkeypatch.setenv("ANLAN_TODAY", "2023-06-20")
    return made


def housing(running: Running) -> Actor:
    return running.world.actor("department_officer")


def out(running: Running) -> bytes:
    """The department's sheet."""
    unit = running.world.unit("housing", "361100").pk
    return chase_fill_out.workbook(housing(running), running.programme, [unit])


def filled(data: bytes, fill: Callable[[list[Any]], None], keep_base: bool = True) -> bytes:
    """The workbook as a clerk gives it back: every row of its first sheet through `fill`."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        for name in book.sheet_names:
            if name == chase_fill_out.BASE and not keep_base:
                continue
            sheet = made.add_worksheet(name)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for at, row in enumerate(rows):
                row += [""] * (13 - len(row))
                if name != chase_fill_out.BASE and str(row[0]).startswith("A"):
                    fill(row)
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_string(at, column, cell.isoformat())
                    elif cell != "":
                        sheet.write(at, column, cell)
            if name == chase_fill_out.BASE:
                sheet.very_hidden()
    return target.getvalue()


def say(quote: str, state: str = "", count: Any = "", day: str = "", told: str = "") -> Callable[[Any], None]:
    """Fill the first row of this task (others stay)."""
    done: list[int] = []

    def fill(row: list[Any]) -> None:
        if row[3] == quote and not done:
            row[STATE : TOLD + 1] = [state, count, day, told]
            done.append(1)

    return fill


def back(running: Running, data: bytes, actor: Actor | None = None) -> Any:
    """Upload; gives the batch."""
    upload = SimpleUploadedFile("填报表.xlsx", data)
    return chase_fill_in.take_in(actor or housing(running), running.programme, upload)


def first(running: Running, quote: str) -> Occurrence:
    rows = Occurrence.objects.unscoped("test").select_related("duty__unit", "duty__obligation")
    unit = running.world.unit("housing", "361100").pk
    found: Occurrence = rows.filter(duty__obligation__quote=quote, unit_id=unit).order_by("due_on")[0]
    return found


def test_the_sheet_goes_out_with_hidden_keys_and_what_stands_already(running: Running) -> None:
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(12), "已改造12栋")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(out(running))).get_sheet_by_index(0).to_python()
    row = next(one for one in rows if one[3] == QUOTA)
    assert row[0] == f"A{first(running, QUOTA).pk}"
    assert (row[STATE], row[COUNT], row[TOLD]) == ("正在办理", 12, "已改造12栋")
    with zipfile.ZipFile(io.BytesIO(out(running))) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<sheetProtection" in xml and "<dataValidation" in xml and 'hidden="1"' in xml


def test_a_sheet_that_comes_back_untouched_changes_nothing(running: Running) -> None:
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(12), "已改造12栋")
    found = chase_fill_in.trial(housing(running), back(running, out(running)), running.programme)
    assert (found.changes, found.clashes, found.faults) == ((), (), ())


def test_what_was_filled_is_declared_and_reported(running: Running) -> None:
    data = filled(out(running), say(CASES, "已完成", 3, "2023-3-30", "三个案例见通报"))
    batch = back(running, data)
    shown = chase_fill_in.trial(housing(running), batch, running.programme)
    assert [one.act for one in shown.changes] == ["declare"]
    assert first(running, CASES).state == "open"  # a trial writes nothing
    chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    row = first(running, CASES)
    assert (row.state, row.claimed, row.statement) == ("declared", 3, "三个案例见通报")
    assert (row.done_on, row.met_on) == (date(2023, 3, 30), None)
    assert AuditEntry.objects.unscoped("test").filter(act="fill-in").count() == 1
    progress = back(running, filled(out(running), say(QUOTA, "正在办理", 20, "", "已改造20栋")))
    chase_fill_in.commit(housing(running), progress.pk, running.programme, {})
    assert first(running, QUOTA).claimed == 20


def test_the_same_file_twice_is_noticed_and_writes_nothing_more(running: Running) -> None:
    data = filled(out(running), say(QUOTA, "正在办理", 20, "", "已改造20栋"))
    batch = back(running, data)
    chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    with pytest.raises(Refused, match="已经写入过"):
        chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    again = chase_fill_in.trial(housing(running), back(running, data), running.programme)
    assert again.before is not None and again.before.pk == batch.pk
    assert again.changes == ()


def test_what_somebody_changed_meanwhile_is_shown_with_both_values(running: Running) -> None:
    sheet = out(running)
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(15), "系统里登记15栋")
    batch = back(running, filled(sheet, say(QUOTA, "正在办理", 20, "", "表里写20栋")))
    (clash,) = chase_fill_in.trial(housing(running), batch, running.programme).clashes
    assert clash.clash is not None
    assert (clash.claimed, clash.clash.claimed) == (20, 15)
    with pytest.raises(Refused, match="被他人改过"):
        chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    assert first(running, QUOTA).claimed == 15
    chase_fill_in.commit(housing(running), batch.pk, running.programme, {first(running, QUOTA).pk: "mine"})
    assert first(running, QUOTA).claimed == 20


def test_theirs_may_be_kept(running: Running) -> None:
    sheet = out(running)
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(15), "系统里登记15栋")
    batch = back(running, filled(sheet, say(QUOTA, "正在办理", 20, "", "表里写20栋")))
    chase_fill_in.commit(housing(running), batch.pk, running.programme, {first(running, QUOTA).pk: "theirs"})
    assert first(running, QUOTA).claimed == 15


@pytest.mark.parametrize(
    ("fill", "column", "reason"),
    [
        (say(QUOTA, "正在办理", "二十栋"), "完成数", "不是数字"),
        (say(QUOTA, "快好了", 20), "完成情况", ""),
        (say(SURVEY, "已完成", "", "2023-7-1", "完成排查"), "完成日期", "晚于今天"),
        (say(SURVEY, "已完成"), "佐证说明", "写明"),
        (say(QUOTA, "", 20), "完成情况", "没有选"),
        (say(QUOTA, "正在办理", "", "", "在办"), "完成数", "填 0"),
        (say(QUOTA, "正在办理", 3, "2023-6-1", "在办"), "完成日期", "不应有"),
        (say(QUOTA, "未开展", 3), "完成情况", "未开展"),
        (say(CASES, "已完成", 1, "", "一个案例"), "完成情况", "没有达到"),
    ],
)
def test_what_is_wrong_is_told_by_sheet_row_and_column(
    running: Running, fill: Any, column: str, reason: str
) -> None:
    batch = back(running, filled(out(running), fill))
    (fault,) = chase_fill_in.trial(housing(running), batch, running.programme).faults
    assert fault.column == column and reason in fault.reason
    assert fault.line > 3 and fault.sheet


def test_good_rows_are_written_and_wrong_ones_left_alone(running: Running) -> None:
    good, bad = say(QUOTA, "正在办理", 20, "", "已改造20栋"), say(SURVEY, "已完成")

    def both(row: list[Any]) -> None:
        good(row)
        bad(row)

    batch = back(running, filled(out(running), both))
    found = chase_fill_in.commit(housing(running), batch.pk, running.programme, {})
    assert (len(found.changes), len(found.faults)) == (1, 1)
    assert first(running, SURVEY).state == "open"


def test_rows_may_be_sorted_but_not_doubled_or_invented(running: Running) -> None:
    key = f"A{first(running, QUOTA).pk}"

    def double(row: list[Any]) -> None:
        if row[3] == QUOTA or row[3] == SURVEY:
            row[0] = key
            row[STATE : TOLD + 1] = ["正在办理", 5, "", "在办"]
        if row[3] == CASES:
            row[0] = "A999999"
            row[STATE : TOLD + 1] = ["正在办理", 1, "", "在办"]

    found = chase_fill_in.trial(
        housing(running), back(running, filled(out(running), double)), running.programme
    )
    reasons = " ".join(one.reason for one in found.faults)
    assert "是同一项任务" in reasons and "不在本单位名下" in reasons
    assert len(found.changes) == 1


def test_a_row_of_another_unit_is_refused(running: Running) -> None:
    other = running.due(running.duty("坚持以每月16日为全市安全防范警示日", "people-government", "361130"))[0]

    def steal(row: list[Any]) -> None:
        if row[3] == QUOTA:
            row[0] = f"A{other.pk}"
            row[STATE : TOLD + 1] = ["已完成", 1, "", "已开展"]

    found = chase_fill_in.trial(
        housing(running), back(running, filled(out(running), steal)), running.programme
    )
    assert found.changes == () and "不在本单位名下" in found.faults[0].reason


def test_the_office_takes_in_what_a_unit_sent_and_the_record_says_so(running: Running) -> None:
    office = running.world.actor("city_officer")
    batch = back(running, filled(out(running), say(QUOTA, "正在办理", 20, "", "已改造20栋")), office)
    chase_fill_in.commit(office, batch.pk, running.programme, {})
    row = first(running, QUOTA)
    assert row.claimed == 20 and "代录" in row.declared_by
    entry = AuditEntry.objects.unscoped("test").filter(ledger="occurrences", subject_id=row.pk).latest("id")
    assert entry.person_id == office.person_id


def test_what_is_settled_meanwhile_cannot_be_filled_any_more(running: Running) -> None:
    sheet = out(running)
    row = first(running, SURVEY)
    moves.perform(housing(running), row, "declare", {"statement": "已完成排查"})
    batch = back(running, filled(sheet, say(SURVEY, "已完成", "", "", "另一种说法")))
    (clash,) = chase_fill_in.trial(housing(running), batch, running.programme).clashes
    found = chase_fill_in.commit(housing(running), batch.pk, running.programme, {row.pk: "mine"})
    assert clash.clash is not None and clash.clash.state == "declared"
    assert found.changes == () and len(found.faults) == 1


@pytest.mark.parametrize("content", [b"", b"not a sheet", b"PK\x03\x04broken"])
def test_what_is_no_sheet_is_refused_with_words(running: Running, content: bytes) -> None:
    with pytest.raises(Unreadable):
        back(running, content)


def test_a_sheet_of_somebody_else_is_refused_with_words(running: Running) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("台账").write_row(0, 0, ["序号", "事项", "完成情况"])
    with pytest.raises(Unreadable, match="不是从本系统导出的"):
        back(running, target.getvalue())


def test_without_the_hidden_sheet_what_stands_already_is_not_overwritten_silently(running: Running) -> None:
    run_occurrences.report_progress(housing(running), first(running, QUOTA), D(15), "系统里登记15栋")
    data = filled(out(running), say(QUOTA, "正在办理", 20, "", "表里写20栋"), keep_base=False)
    found = chase_fill_in.trial(housing(running), back(running, data), running.programme)
    assert len(found.clashes) == 1


def test_strangers_neither_take_out_nor_bring_in(running: Running) -> None:
    stranger = running.world.actor("stranger")
    unit = running.world.unit("housing", "361100").pk
    with pytest.raises(Refused):
        chase_fill_out.workbook(stranger, running.programme, [unit])
    batch = back(
        running, filled(out(running), say(QUOTA, "正在办理", 20)), running.world.actor("city_officer")
    )
    client = Client()
    client.force_login(
        running.world.person("stranger"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get(reverse("fill-in", args=[batch.pk])).status_code == 404
    assert client.get(reverse("sheets", args=[running.programme.pk])).status_code == 404


def test_the_task_sheet_is_merged_by_item(running: Running) -> None:
    data = chase_task_sheet.task_sheet(running.world.actor("city_officer"), running.programme, "a3")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    assert rows[0][0] == "上饶市2023年安全生产工作要点任务分解表"
    assert rows[2][:8] == [
        "序号",
        "条目",
        "任务",
        "牵头单位",
        "配合、落实单位",
        "完成时限",
        "频次",
        "量化要求",
    ]
    quota = next(row for row in rows if row[2] == QUOTA)
    assert (quota[5], quota[7]) == ("2023-12-31", "不少于50栋")
    cases = next(row for row in rows if row[2] == CASES)
    assert (cases[5], cases[6], cases[7]) == ("全年", "每季度", "不少于3个")
    assert ((3, 0), (4, 0)) in sheet.merged_cell_ranges and ((5, 1), (7, 1)) in sheet.merged_cell_ranges
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'paperSize="8"' in xml and 'orientation="landscape"' in xml and "fitToHeight" in xml


def test_from_page_to_page_a_sheet_is_uploaded_looked_at_and_written(running: Running) -> None:
    client = Client()
    client.force_login(
        running.world.person("department_officer"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    home = reverse("sheets", args=[running.programme.pk])
    assert "下载填报表" in client.get(home).content.decode()
    sheet = client.get(reverse("fill-out", args=[running.programme.pk]))
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    data = filled(sheet.getvalue(), say(QUOTA, "正在办理", 20, "", "已改造20栋"))
    answer = client.post(home, {"file": SimpleUploadedFile("填报表.xlsx", data)})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "写入 1 行" in page and first(running, QUOTA).claimed is None
    assert client.post(answer["Location"], {"write": "1"}).status_code == 302
    assert first(running, QUOTA).claimed == 20
    assert "已写入 1 行" in client.get(answer["Location"]).content.decode()
    assert client.post(home, {}).status_code == 422
    assert client.get(reverse("task-sheet", args=[running.programme.pk])).status_code == 200
