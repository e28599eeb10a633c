"""Reports on the cast's desks: opened, filled, locked, decided; the office's own report and its re-check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.kernel import moves
from anlan.kernel.measure import Area, Window, compute
from anlan.kernel.models import AuditEntry, Notice
from anlan.kernel.writing import Refused
from anlan.org.models import Unit
from anlan.papers import actions as papers
from anlan.papers.models import Paper
from anlan.programmes import reads_report, report_measures
from anlan.programmes.actions import demo_report, report_paper, run
from anlan.programmes.actions import report as acts
from anlan.programmes.models import LockException, Occurrence, ProgressReport, ReportEntry, ReportRound
from anlan.programmes.tests.running import Running, make_programme, running_world

pytestmark = pytest.mark.django_db
HOUSING, EMERGENCY, GOVERNMENT, OFFICE = (
    "housing",
    "emergency",
    "people-government",
    "safety-committee-office",
)
WORDS = "检查自建房 1200 栋，发现隐患 35 条，已整改 30 条，其余 7 月底前完成。"
GRANTS: dict[str, list[str]] = {}


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme, dispatched in March, its half-year reports opened on 1 June 2023."""
    set_day(monkeypatch, "2023-03-01")
    made = running_world(GRANTS)
    made.programme.report_days = [{"due": "2023-06-30"}, {"due": "2023-12-31"}]
    made.programme.save()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    set_day(monkeypatch, "2023-06-01")
    acts.open_round(
        made.world.actor("city_officer"), made.programme, reads_report.spans_of(made.programme)[0]
    )
    return made


def set_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("ANLAN_TODAY", day)


def round_of(city: Running, label: str = "上半年") -> ReportRound:
    found: ReportRound = ReportRound.objects.unscoped("test").get(programme=city.programme, label=label)
    return found


def report_of(city: Running, family: str, region: str = "361100", label: str = "上半年") -> ProgressReport:
    found: ProgressReport = ProgressReport.objects.unscoped("test").get(
        round=round_of(city, label), unit=city.world.unit(family, region)
    )
    return found


def fill_all(city: Running, member: str, report: ProgressReport, words: str = WORDS) -> ProgressReport:
    """Every item of a report gets words."""
    for one in ReportEntry.objects.filter(report=report):
        acts.fill(city.world.actor(member), report, one.pk, words, one.version)
    report.refresh_from_db()
    return report


def move(city: Running, member: str, report: ProgressReport, key: str, **more: Any) -> ProgressReport:
    found: ProgressReport = moves.perform(city.world.actor(member), report, key, **more).row
    return found


def figures(city: Running, member: str = "city_officer", label: str = "上半年") -> Any:
    lines = reads_report.lines_of(city.world.actor(member), round_of(city, label))
    return reads_report.figures_of(lines, reads_report.still_expected(lines))


def browse(city: Running, member: str) -> Client:
    client = Client()
    client.force_login(
        city.world.person(member), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def test_every_unit_with_duties_gets_one_report_with_its_items_and_its_people_are_told(city: Running) -> None:
    rows = ProgressReport.objects.unscoped("test").filter(round=round_of(city))
    assert rows.count() == 6
    housing = report_of(city, HOUSING)
    assert (housing.expected, housing.filled, housing.due_on, housing.locks_on) == (
        1, 0, date(2023, 6, 30), date(2023, 7, 10),
    )  # fmt: skip
    person = city.world.person("department_officer")
    assert (
        Notice.objects.unscoped("test").filter(person=person, key=f"reports:{housing.pk}:open").count() == 1
    )
    again = acts.open_round(
        city.world.actor("city_officer"), city.programme, reads_report.spans_of(city.programme)[0]
    )
    assert (again.made, again.told) == (0, 0) and rows.count() == 6


def test_only_the_issuing_office_opens_reports(city: Running) -> None:
    span = reads_report.spans_of(city.programme)[1]
    for member in ("department_officer", "county_officer", "stranger"):
        with pytest.raises(Refused):
            acts.open_round(city.world.actor(member), city.programme, span)


def test_an_empty_form_sent_on_the_third_day_shows_as_not_reported(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-06-03")
    report = report_of(city, HOUSING)
    with pytest.raises(Refused, match="第2条还没有写完成情况"):
        move(city, "department_officer", report, "submit")
    sent = move(city, "department_officer", report, "submit-short", note="材料还没有收齐")
    assert sent.state == "submitted" and sent.reported_on is None
    assert reads_report.standing_of(sent).word == "未报（交了空表）"
    assert (figures(city).expected, figures(city).actual, figures(city).on_time) == (6, 0, 0)
    page = (
        browse(city, "city_officer").get(reverse("report-round", args=[round_of(city).pk])).content.decode()
    )
    assert "未报（交了空表）" in page and "0/6" in page
    with pytest.raises(Refused, match="空表"):
        move(city, "city_officer", sent, "accept")


def test_filler_words_are_no_content_and_submitting_says_which_items(city: Running) -> None:
    report = fill_all(city, "department_officer", report_of(city, HOUSING), "无")
    assert report.filled == 0
    with pytest.raises(Refused, match="第2条"):
        move(city, "department_officer", report, "submit")


def test_entry_locks_after_the_lock_day_and_one_unit_gets_an_exception_with_its_reason(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(city, HOUSING)
    entry = ReportEntry.objects.get(report=report)
    housing, officer = city.world.actor("department_officer"), city.world.actor("city_officer")
    set_day(monkeypatch, "2023-07-10")
    entry = acts.fill(housing, report, entry.pk, "先写一部分，余下补报", entry.version)
    set_day(monkeypatch, "2023-07-11")
    with pytest.raises(Refused, match="2023-07-10 后锁定"):
        acts.fill(housing, report, entry.pk, WORDS, entry.version)
    with pytest.raises(Refused, match="锁定"):
        move(city, "department_officer", report, "submit")
    with pytest.raises(Refused):
        acts.grant_exception(housing, report, date(2023, 7, 20), "自己批自己")
    for until, reason, field in ((date(2023, 7, 10), "洪灾", "until"), (date(2023, 7, 20), " ", "reason")):
        with pytest.raises(ValidationError) as wrong:
            acts.grant_exception(officer, report, until, reason)
        assert field in wrong.value.message_dict
    acts.grant_exception(officer, report, date(2023, 7, 20), "汛期抢险，人员抽调")
    kept = LockException.objects.unscoped("test").get()
    assert (kept.until, kept.reason) == (
        date(2023, 7, 20),
        "汛期抢险，人员抽调",
    ) and "周明" in kept.granted_by
    assert AuditEntry.objects.unscoped("test").filter(act="except", note="汛期抢险，人员抽调").count() == 1
    set_day(monkeypatch, "2023-07-20")
    acts.fill(housing, report, entry.pk, WORDS, entry.version)
    sent = move(city, "department_officer", report_of(city, HOUSING), "submit")
    assert reads_report.standing_of(sent).key == "late"
    set_day(monkeypatch, "2023-07-21")
    other = report_of(city, EMERGENCY)
    assert acts.fillable(city.world.actor("city_officer"), other)


def test_completeness_and_timeliness_differ_on_the_same_screen(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-06-30")
    move(city, "department_officer", fill_all(city, "department_officer", report_of(city, HOUSING)), "submit")
    set_day(monkeypatch, "2023-07-01")
    county = fill_all(city, "county_officer", report_of(city, GOVERNMENT, "361130"), "开展警示日活动六次")
    move(city, "county_officer", county, "submit")
    found = figures(city)
    assert (found.expected, found.actual, found.on_time) == (6, 2, 1)
    page = (
        browse(city, "city_officer").get(reverse("report-round", args=[round_of(city).pk])).content.decode()
    )
    assert "33.3%" in page and "16.7%" in page and "2/6" in page and "1/6" in page
    rows = browse(city, "city_officer").get(f"/reports/?round={round_of(city).pk}&filled=late")
    assert "婺源" in rows.content.decode() and "住建" not in rows.content.decode().split("<tbody>")[-1]
    area, day = Area(topics=(city.programme.pk,)), Window(date(2023, 6, 30), date(2023, 7, 1))
    assert [
        compute(one, day, area=area)[()].number
        for one in (report_measures.EXPECTED, report_measures.REPORTED, report_measures.REPORTED_ON_TIME)
    ] == [6, 2, 1]


def test_a_unit_closed_in_june_is_not_expected_in_the_second_half(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = city.world.unit(EMERGENCY, "361100")
    Unit.objects.unscoped("test").filter(pk=closed.pk).update(valid_to=date(2023, 6, 20))
    assert figures(city).expected == 5
    set_day(monkeypatch, "2023-12-01")
    opened = acts.open_round(
        city.world.actor("city_officer"), city.programme, reads_report.spans_of(city.programme)[1]
    )
    units = (
        ProgressReport.objects.unscoped("test").filter(round=opened.round).values_list("unit_id", flat=True)
    )
    assert opened.made == 5 and closed.pk not in units


def test_withdrawal_is_refused_after_acceptance_and_the_office_can_return(city: Running) -> None:
    report = fill_all(city, "department_officer", report_of(city, HOUSING))
    report = move(city, "department_officer", report, "submit")
    with pytest.raises(Refused, match="已提交"):
        acts.fill(city.world.actor("department_officer"), report, report.entries.get().pk, "改一改再说吧", 1)
    report = move(city, "department_officer", report, "withdraw")
    report = move(city, "department_officer", report, "submit")
    with pytest.raises(Refused):
        move(city, "department_officer", report, "accept")
    report = move(city, "city_officer", report, "accept")
    with pytest.raises(Refused, match="上级已采用"):
        move(city, "department_officer", report, "withdraw")
    report = move(city, "city_officer", report, "return", values={"decision": "缺整改数"})
    assert (report.state, report.decision) == ("returned", "缺整改数") and figures(city).actual == 0
    assert acts.fillable(city.world.actor("department_officer"), report) == ""


def test_two_people_on_the_same_entry_are_told_and_nothing_is_overwritten(city: Running) -> None:
    report = report_of(city, HOUSING)
    entry = ReportEntry.objects.get(report=report)
    client = browse(city, "department_officer")
    url = reverse("report-entry", args=[report.pk, entry.pk])
    first = client.post(url, {"narrative": WORDS, "version": "0"}, headers={"HX-Request": "true"})
    assert "已保存" in first.content.decode() and "1/1" in first.content.decode()
    second = client.post(
        url, {"narrative": "另一个人写的内容", "version": "0"}, headers={"HX-Request": "true"}
    )
    told = second.content.decode()
    assert "您的文字没有保存" in told and "吴倩" in told and WORDS in told
    entry.refresh_from_db()
    assert entry.narrative == WORDS
    client.post(
        url,
        {"narrative": "另一个人写的内容", "version": "0", "overwrite": "1"},
        headers={"HX-Request": "true"},
    )
    entry.refresh_from_db()
    assert entry.narrative == "另一个人写的内容" and entry.version == 2


def test_the_editor_is_prefilled_with_duties_and_what_is_due(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-07-05")
    report = report_of(city, HOUSING)
    found = reads_report.prefill(report)
    (item,) = [one.item_id for one in ReportEntry.objects.filter(report=report)]
    numbers = {one["key"]: one["value"] for one in found[item]}
    inside = Occurrence.objects.unscoped("test").filter(
        unit_id=report.unit_id, due_on__gte=date(2023, 1, 1), due_on__lt=date(2023, 7, 1)
    )
    assert numbers["duties"] == 3 and numbers["due"] == inside.count() > 0
    assert numbers["met"] == 0 and numbers["overdue"] == numbers["due"]
    page = browse(city, "department_officer").get(reverse("report", args=[report.pk])).content.decode()
    assert "已填" in page and "强化建设领域安全整治" in page and "<textarea" in page


def test_strangers_find_no_report_and_other_units_cannot_fill(city: Running) -> None:
    report = report_of(city, HOUSING)
    for name in ("report", "report-print", "report-attach", "report-except"):
        assert browse(city, "stranger").get(reverse(name, args=[report.pk])).status_code == 404
    assert browse(city, "stranger").get(reverse("report-round", args=[round_of(city).pk])).status_code == 404
    with pytest.raises(Refused):
        acts.fill(city.world.actor("county_officer"), report, report.entries.get().pk, WORDS, 0)
    other = report_of(city, GOVERNMENT, "361130")
    with pytest.raises(Refused, match="其他单位"):
        acts.fill(city.world.actor("city_officer"), other, other.entries.get().pk, WORDS, 0)


def test_the_office_decides_on_many_and_reminds_those_missing_once_a_day(city: Running) -> None:
    sent = fill_all(city, "department_officer", report_of(city, HOUSING))
    move(city, "department_officer", sent, "submit")
    county = report_of(city, GOVERNMENT, "361130")
    client, url = browse(city, "city_officer"), reverse("report-decide", args=[round_of(city).pk])
    answer = client.post(url, {"act": "accept", "ids": [sent.pk, county.pk]}, follow=True)
    sent.refresh_from_db()
    assert sent.state == "accepted" and "不能采用" in answer.content.decode()
    units, told = acts.remind(city.world.actor("city_officer"), round_of(city))
    assert units == 5 and told >= 1
    assert acts.remind(city.world.actor("city_officer"), round_of(city))[1] == 0
    person = city.world.person("county_officer")
    assert (
        Notice.objects.unscoped("test")
        .filter(person=person, key__startswith=f"reports:{county.pk}:remind")
        .exists()
    )


def test_any_number_of_the_offices_report_opens_its_rows(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-07-05")
    move(city, "department_officer", fill_all(city, "department_officer", report_of(city, HOUSING)), "submit")
    paper = report_paper.draft_office_report(city.world.actor("city_officer"), round_of(city))
    assert paper.title == "关于上饶市2023年上半年安全生产工作要点完成情况的报告"
    frozen = report_paper.moved(paper)
    assert len(frozen) > 12 and all(one.check.holds for one in frozen)
    client = browse(city, "city_officer")
    page = client.get(reverse("paper", args=[paper.pk])).content.decode()
    assert "（一）加强学习教育。" in page and page.index("（一）") < page.index("（二）")
    assert WORDS in page and "尚未报告的单位" in page
    for one in frozen:
        drawer = client.get(reverse("paper-figure", args=[paper.pk, one.figure.pk]))
        assert drawer.status_code == 200 and one.figure.label in drawer.content.decode()


def test_a_changed_row_names_the_figure_that_moved_and_the_issued_copy_stays(
    city: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, "2023-07-05")
    officer = city.world.actor("city_officer")
    paper = report_paper.draft_office_report(officer, round_of(city))
    papers.revise(officer, paper, {"code": "饶安办字"})
    paper = papers.sign(officer, papers.submit(officer, Paper.objects.unscoped("test").get(pk=paper.pk)))
    body, digest = paper.body, paper.digest
    with pytest.raises(Refused, match="一致"):
        report_paper.draft_correction(officer, paper)
    duty = city.duty("6月底前完成自建房排查", HOUSING, "361100")
    row = Occurrence.objects.unscoped("test").get(duty=duty)
    Occurrence.objects.unscoped("test").filter(pk=row.pk).update(state="met", met_on=date(2023, 6, 29))
    changed = [one for one in report_paper.moved(paper) if not one.check.holds]
    assert {one.figure.label for one in changed} == {"已完成事项", "按期完成事项", "逾期未完成事项"}
    met = next(one for one in changed if one.figure.label == "已完成事项")
    assert (met.printed, met.now, met.check.gained) == ("0", "1", (row.pk,))
    client = browse(city, "city_officer")
    page = client.get(reverse("report-recheck", args=[paper.pk])).content.decode()
    assert "已变动" in page and "已印发的公文保持原样" in page
    answer = client.post(reverse("report-erratum", args=[paper.pk]), {"idempotency_key": "e1"})
    erratum = Paper.objects.unscoped("test").get(corrects=paper)
    assert answer.url == reverse("paper", args=[erratum.pk]) and erratum.kind == "erratum"
    assert any(row[3][0]["text"] == "1" for row in erratum.body[1]["rows"])
    paper.refresh_from_db()
    assert (paper.body, paper.digest) == (body, digest)


def test_an_item_without_anything_due_says_so_instead_of_zeros(city: Running) -> None:
    Occurrence.objects.unscoped("test").filter(
        item_id=city.obligations["每季度至少公布3个案例"].item_id
    ).update(state="cancelled")
    paper = report_paper.draft_office_report(city.world.actor("city_officer"), round_of(city))
    words = ["".join(run["text"] for run in block.get("runs", ())) for block in paper.body]
    assert "（二）强化建设领域安全整治。本期没有到期的事项。" in words
    assert any(one.startswith("（一）加强学习教育。应办 ") for one in words)


def test_a_countys_own_report_waits_for_those_below_it(city: Running) -> None:
    county = make_programme(city.world, "361130", [
        ("1", "强化建设领域安全整治", {"lead": (("emergency", "361130"),)},
         ({"kind": "deadline", "quote": "6月底前完成全县排查", "by": date(2023, 6, 30)},)),
    ])  # fmt: skip
    county.programme.upper = city.programme
    county.programme.report_days = [{"due": "2023-06-30"}]
    county.programme.save()
    officer = city.world.actor("county_officer")
    run.dispatch(officer, county.programme)
    acts.open_round(officer, county.programme, reads_report.spans_of(county.programme)[0])
    below = ProgressReport.objects.unscoped("test").get(programme=county.programme)
    ProgressReport.objects.unscoped("test").filter(pk=below.pk).update(state="submitted", filled=1)
    report = fill_all(city, "county_officer", report_of(city, GOVERNMENT, "361130"), "开展警示日活动六次")
    report = move(city, "county_officer", report, "submit")
    with pytest.raises(Refused, match="还有 1 份下级报告没有审核"):
        move(city, "city_officer", report, "accept")
    below.refresh_from_db()
    move(city, "county_officer", below, "accept")
    assert move(city, "city_officer", report, "accept").state == "accepted"
    (rolled,) = reads_report.lower_rounds(city.world.actor("city_officer"), round_of(city))
    assert rolled[1].expected == 1 and rolled[1].actual == 1


def test_counties_roll_up_to_the_city(city: Running) -> None:
    lines = reads_report.lines_of(city.world.actor("city_officer"), round_of(city))
    levels = reads_report.levels_of(lines, reads_report.still_expected(lines), round_of(city))
    assert levels[0].own and sum(one.figures.expected for one in levels) == 6
    assert any("婺源" in one.label for one in levels)


def test_every_page_of_reports_opens_for_the_office(city: Running) -> None:
    client = browse(city, "city_officer")
    paper = report_paper.draft_office_report(city.world.actor("city_officer"), round_of(city))
    round_pk, report = round_of(city).pk, report_of(city, HOUSING)
    for url in (
        reverse("report-home"), reverse("report-round", args=[round_pk]),
        reverse("report-round-print", args=[round_pk]),
        reverse("report", args=[report.pk]), reverse("report-print", args=[report.pk]),
        reverse("report-except", args=[report.pk]), reverse("report-recheck", args=[paper.pk]),
        reverse("paper-docx", args=[paper.pk]), reverse("paper-pdf", args=[paper.pk]), "/reports/",
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url
    assert browse(city, "department_officer").get(reverse("report-home")).status_code == 404


def test_a_demonstration_stands_in_mid_course(city: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    set_day(monkeypatch, "2023-07-05")
    made = demo_report.returns(round_of(city), date(2023, 7, 5))
    assert sum(made.values()) == 6
    found = figures(city)
    assert found.actual == made["reported"] + made["late"] and found.on_time == made["reported"] > 0
    assert sum(demo_report.returns(round_of(city), date(2023, 7, 5)).values()) == made["silent"]
