"""Figures that a unit checks or disputes; due days in the house's table; locks in the list; the re-check."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from anlan.kernel import clock, deadline, moves
from anlan.kernel.models import AuditEntry, Deadline, Notice
from anlan.kernel.writing import Refused
from anlan.org.models import Unit
from anlan.papers.models import Paper
from anlan.programmes.actions import report as acts
from anlan.programmes.actions import report_checks, report_deadlines, report_paper
from anlan.programmes.models import Occurrence, ProgressReport, ReportEntry
from anlan.programmes.tests.running import Running
from anlan.programmes.tests.test_report import (
    EMERGENCY,
    HOUSING,
    browse,
    city,
    fill_all,
    move,
    report_of,
    round_of,
    set_day,
)

__all__ = ["city"]
pytestmark = pytest.mark.django_db
WHY = "台账漏记 6 月 28 日完成的一次，应为 1"


def entry_of(report: ProgressReport) -> ReportEntry:
    found: ReportEntry = ReportEntry.objects.get(report=report)
    return found


def term_of(report: ProgressReport) -> Deadline:
    found: Deadline = deadline.of_row(report).get()
    return found


def test_a_unit_disputes_one_figure_with_a_reason_and_the_office_sees_who_when_and_why(city: Running) -> None:
    report = report_of(city, HOUSING)
    client = browse(city, "department_officer")
    url = reverse("report-check", args=[report.pk, entry_of(report).pk])
    client.post(url, {"act": "right"})
    checks = entry_of(report).checks
    assert set(checks) == {"duties", "due", "met", "overdue"} and all(one["right"] for one in checks.values())
    told = client.post(url, {"act": "object", "key": "met", "reason": WHY}, headers={"HX-Request": "true"})
    assert "有异议" in told.content.decode() and WHY in told.content.decode()
    report.refresh_from_db()
    assert report.objected == 1
    seen = browse(city, "city_officer").get(reverse("report", args=[report.pk])).content.decode()
    assert WHY in seen and "吴倩" in seen and "对 1 处数有异议" in seen
    collected = browse(city, "city_officer").get(reverse("report-round", args=[round_of(city).pk]))
    assert "对数字有异议" in collected.content.decode()
    listed = browse(city, "city_officer").get(f"/reports/?round={round_of(city).pk}&filled=objected")
    rows = listed.content.decode().split("<tbody")[-1]
    assert "住建" in rows and "应急" not in rows and "1 处" in rows
    assert AuditEntry.objects.unscoped("test").filter(act="check-figure", note=WHY).count() == 1


def test_a_dispute_blocks_nothing_and_is_taken_back_by_checking_again(city: Running) -> None:
    report = fill_all(city, "department_officer", report_of(city, HOUSING))
    housing = city.world.actor("department_officer")
    report_checks.check(housing, report, entry_of(report).pk, ["due"], WHY)
    sent = move(city, "department_officer", report, "submit")
    assert sent.state == "submitted" and sent.objected == 1
    with pytest.raises(Refused, match="已提交"):
        report_checks.check(housing, sent, entry_of(report).pk, ["due"])
    back = move(city, "department_officer", sent, "withdraw")
    report_checks.check(housing, back, entry_of(report).pk, ["due"])
    assert report_of(city, HOUSING).objected == 0


def test_a_dispute_without_words_of_another_unit_or_of_no_figure_is_refused(city: Running) -> None:
    report = report_of(city, HOUSING)
    pk = entry_of(report).pk
    with pytest.raises(ValidationError, match="写明异议"):
        report_checks.check(city.world.actor("department_officer"), report, pk, ["due"], "  ")
    with pytest.raises(Refused, match="没有这个数"):
        report_checks.check(city.world.actor("department_officer"), report, pk, ["gone"], WHY)
    with pytest.raises(Refused, match="其他单位"):
        report_checks.check(city.world.actor("city_officer"), report, pk, ["due"], WHY)
    with pytest.raises(Refused):
        report_checks.check(city.world.actor("stranger"), report, pk, ["due"], WHY)
    assert entry_of(report).checks == {} and report_of(city, HOUSING).objected == 0


def test_a_figure_that_changed_after_it_was_checked_or_sent_says_so(city: Running) -> None:
    report = fill_all(city, "department_officer", report_of(city, HOUSING))
    report_checks.check(city.world.actor("department_officer"), report, entry_of(report).pk, [])
    survey = city.duty("6月底前完成自建房排查", HOUSING, "361100")
    Occurrence.objects.unscoped("test").filter(duty=survey).update(state="met", met_on=date(2023, 6, 1))
    client = browse(city, "department_officer")
    assert "核对后有变" in client.get(reverse("report", args=[report.pk])).content.decode()
    move(city, "department_officer", report, "submit")
    Occurrence.objects.unscoped("test").filter(duty=survey).update(state="open", met_on=None)
    sent = client.get(reverse("report", args=[report.pk])).content.decode()
    assert '现为 <b class="tn">0</b>' in sent


def test_a_reports_due_day_is_yellow_before_red_after_and_met_by_words_alone(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(city, HOUSING)
    officer = city.world.actor("city_officer")
    assert Deadline.objects.unscoped("test").filter(ledger="reports").count() == 6
    assert term_of(report).last_day == date(2023, 6, 30)
    set_day(monkeypatch, "2023-06-22")
    assert deadline.light(term_of(report), clock.now()).colour == "o"
    set_day(monkeypatch, "2023-06-24")
    assert deadline.light(term_of(report), clock.now()) == ("y", "剩 6 天")
    assert deadline.due_soon(officer, clock.now()).filter(ledger="reports").count() == 6
    move(city, "department_officer", report, "submit-short", note="材料未齐")
    assert term_of(report).state == "running"
    move(city, "department_officer", report, "withdraw")
    set_day(monkeypatch, "2023-07-01")
    assert deadline.overdue(officer, clock.now()).filter(ledger="reports").count() == 6
    assert deadline.light(term_of(report), clock.now()) == ("r", "逾期 1 天")
    sent = move(city, "department_officer", fill_all(city, "department_officer", report), "submit")
    assert deadline.overdue(officer, clock.now()).filter(ledger="reports").count() == 5
    back = move(city, "city_officer", sent, "return", values={"decision": "缺数"})
    assert deadline.of_row(back).filter(state="running").get().last_day == date(2023, 6, 30)
    again = move(city, "department_officer", back, "submit")
    move(city, "city_officer", again, "accept")
    assert not deadline.of_row(report).filter(state="running").exists()


def test_units_hear_once_before_and_once_after_the_due_day_and_the_office_who_is_missing(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(city, HOUSING)
    set_day(monkeypatch, "2023-06-20")
    assert report_deadlines.tell() == 0
    set_day(monkeypatch, "2023-06-25")
    assert report_deadlines.tell() > 0 and report_deadlines.tell() == 0
    set_day(monkeypatch, "2023-07-02")
    assert report_deadlines.tell() > 0 and report_deadlines.tell() == 0
    mine = Notice.objects.unscoped("test").filter(person=city.world.person("department_officer"))
    said = list(
        mine.filter(key__startswith=f"reports:{report.pk}:").order_by("id").values_list("text", flat=True)
    )
    assert "2023-06-30 截止，已填 0/1 条" in said[-2] and "已过截止日 2023-06-30" in said[-1]
    office = Notice.objects.unscoped("test").filter(person=city.world.person("city_officer"))
    assert "等 6 家单位还没有报送" in office.get(key__startswith="report-rounds:").text


def test_a_unit_closed_before_the_due_day_is_never_overdue(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = report_of(city, EMERGENCY)
    Unit.objects.unscoped("test").filter(pk=gone.unit_id).update(valid_to=date(2023, 6, 20))
    set_day(monkeypatch, "2023-07-02")
    report_deadlines.tell()
    assert term_of(gone).state == "cancelled"
    assert term_of(report_of(city, HOUSING)).state == "running"


def test_the_list_tells_locked_reports_from_those_with_an_exception(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, report = city.world.actor("city_officer"), report_of(city, HOUSING)
    client = browse(city, "city_officer")
    address = f"/reports/?round={round_of(city).pk}"
    assert "可填至 2023-07-10" in client.get(address).content.decode()
    set_day(monkeypatch, "2023-07-12")
    page = client.get(address).content.decode()
    assert page.count("未报，已锁定") == 6
    acts.grant_exception(officer, report, date(2023, 7, 20), "汛期抢险")
    page = client.get(address).content.decode()
    assert page.count("未报，已锁定") == 5 and "准予补报至 2023-07-20" in page
    for chosen, inside in (("locked", False), ("excepted", True)):
        rows = client.get(f"{address}&filled={chosen}").content.decode().split("<tbody")[-1]
        assert ("住建" in rows) is inside
    set_day(monkeypatch, "2023-07-21")
    assert client.get(address).content.decode().count("未报，已锁定") == 6


def test_every_paper_with_frozen_figures_leads_to_their_recheck(city: Running) -> None:
    officer = city.world.actor("city_officer")
    paper = report_paper.draft_office_report(officer, round_of(city))
    client = browse(city, "city_officer")
    link = reverse("report-recheck", args=[paper.pk])
    assert link in client.get(reverse("paper", args=[paper.pk])).content.decode()
    Paper.objects.unscoped("test").filter(pk=paper.pk).update(
        body=[{"kind": "paragraph", "text": "没有数。"}]
    )
    assert link not in client.get(reverse("paper", args=[paper.pk])).content.decode()


def test_the_states_of_a_report_and_its_term_never_part(city: Running) -> None:
    """Whatever way a report goes, a running term means that words are missing, and none that they stand."""
    report = fill_all(city, "department_officer", report_of(city, HOUSING))
    for member, key, values in (
        ("department_officer", "submit", {}),
        ("department_officer", "withdraw", {}),
        ("department_officer", "submit", {}),
        ("city_officer", "return", {"decision": "再核"}),
        ("department_officer", "submit", {}),
        ("city_officer", "accept", {}),
        ("city_officer", "return", {"decision": "更正"}),
    ):
        row = moves.perform(city.world.actor(member), report, key, values).row
        running = deadline.of_row(row).filter(state="running").count()
        assert running == (0 if row.state in ("submitted", "accepted") else 1), key
