"""Safe-work confirmations: measures ticked, people signed, nothing confirmed that is not whole."""

from __future__ import annotations

import io
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from anlan.hazards.actions import work as acts
from anlan.hazards.models import WorkConfirmation
from anlan.hazards.rules import work
from anlan.hazards.tests.risk_case import BLUE, ORANGE, TODAY, Case, case, fresh
from anlan.hazards.tests.test_risk_pages import body, said, sign_in
from anlan.hazards.work_domain import MEASURES
from anlan.kernel import files, moves
from anlan.kernel.measure import Window, compute
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused

__all__ = ["case"]
JOB = "罐区操作工"
GIVEN = {"place": "液氨罐区", "activity": "倒罐", "on_day": TODAY, "shift": "day", "workers": "张某、李某",
         "guardian": "赵某"}  # fmt: skip
TICKED = {"kind": "防护用品", "text": "防化服", "ticked": True}
OPEN = {**TICKED, "ticked": False}
SIGNED, WAITING = {"name": "张某", "signed_at": "2023-07-05"}, {"name": "李某", "signed_at": None}


def test_each_measure_is_confirmed_once_and_in_order() -> None:
    first = SimpleNamespace(
        training="持证上岗。", ppe="防化服", engineering="", management="", emergency="关阀"
    )
    second = SimpleNamespace(
        training="持证上岗", ppe="面罩", engineering="喷淋完好", management="", emergency=""
    )
    assert [one.words for one in work.checks_of([first, second])] == [
        work.KNOWN, "培训资格：持证上岗", "防护用品：防化服", "防护用品：面罩", "设备设施：喷淋完好",
        "应急处置：关阀", work.STOP,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [("张某、李某", ["张某", "李某"]), ("张某，李某 王某;张某", ["张某", "李某", "王某"]), (" ", [])],
)
def test_names_are_read_as_people_write_them(text: str, names: list[str]) -> None:
    assert work.names_of(text) == names


@pytest.mark.parametrize(
    ("workers", "guardian", "fault"),
    [
        (["张某"], "赵某", ""),
        ([], "赵某", "请填作业人"),
        (["张某"], "张某", "监护人不能自己作业"),
        ([f"工{n}" for n in range(20)], "赵某", ""),
        ([f"工{n}" for n in range(21)], "赵某", "最多 20 名"),
    ],
)
def test_who_may_stand_on_a_sheet(workers: list[str], guardian: str, fault: str) -> None:
    found = work.fault_of_people(workers, guardian)
    assert fault in found and bool(fault) == bool(found)


@pytest.mark.parametrize(
    ("checks", "people", "on_day", "reason"),
    [
        ([TICKED], [SIGNED], TODAY, ""),
        ([TICKED], [SIGNED], TODAY + timedelta(1), ""),
        ([TICKED], [SIGNED], TODAY - timedelta(1), "已过"),
        ([TICKED, OPEN], [SIGNED], TODAY, "还有 1 项措施没有勾选（防护用品：防化服）"),
        ([TICKED], [SIGNED, WAITING], TODAY, "李某还没有签字"),
    ],
)
def test_what_work_waits_for(checks: Any, people: Any, on_day: date, reason: str) -> None:
    found = work.reason_to_wait(checks, people, on_day, TODAY)
    assert reason in found and bool(reason) == bool(found)


def handwriting(seed: int = 0, ink: bool = True) -> SimpleUploadedFile:
    """A PNG as a canvas gives it: strokes on nothing."""
    image = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    if ink:
        pen = ImageDraw.Draw(image)
        pen.line([(20, 20 + seed), (150, 90), (290, 30 + seed)], fill=(22, 32, 44, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("signature.png", out.getvalue(), "image/png")


@pytest.fixture
def row(case: Case) -> WorkConfirmation:
    """A sheet of the firm's user for a job with two measures of its own."""
    case.point(residual=ORANGE, ppe="防化服、空气呼吸器", emergency="关闭阀门")
    return acts.begin(case.user, case.firm.pk, JOB, GIVEN)


def ready(case: Case, row: WorkConfirmation) -> WorkConfirmation:
    acts.tick(case.user, row, set(range(len(row.checks))))
    for n in range(len(row.people)):
        acts.sign(case.user, row, n, drawn=handwriting(n), place=(117.86, 29.25))
    return fresh(row)


def test_a_sheet_is_begun_from_the_risks_of_the_job(case: Case, row: WorkConfirmation) -> None:
    assert [one["text"] for one in row.checks][1:3] == ["防化服、空气呼吸器", "关闭阀门"]
    assert [(one["role"], one["name"]) for one in row.people] == [
        ("worker", "张某"), ("worker", "李某"), ("guardian", "赵某"),
    ]  # fmt: skip
    assert (row.colour, row.region_path) == ("orange", case.firm.region_path)


@pytest.mark.parametrize(
    ("change", "box"),
    [
        ({"on_day": TODAY - timedelta(1)}, "on_day"),
        ({"workers": "、"}, "workers"),
        ({"guardian": "李某"}, "guardian"),
    ],
)
def test_a_sheet_that_cannot_be_is_not_begun(case: Case, change: dict[str, Any], box: str) -> None:
    case.point()
    with pytest.raises(ValidationError) as error:
        acts.begin(case.user, case.firm.pk, JOB, {**GIVEN, **change})
    assert box in error.value.message_dict
    assert not WorkConfirmation.objects.unscoped("a test looks").exists()


def test_nobody_signs_and_nothing_is_confirmed_while_a_measure_is_open(
    case: Case, row: WorkConfirmation
) -> None:
    acts.tick(case.user, row, set(range(len(row.checks))) - {1})
    with pytest.raises(Refused, match="防护用品：防化服、空气呼吸器"):
        acts.sign(case.user, row, 0, typed="张某")
    with pytest.raises(Refused, match="还有 1 项措施没有勾选（防护用品：防化服、空气呼吸器）"):
        moves.perform(case.user, row, "confirm")
    assert fresh(row).state == "open"


def test_signatures_are_kept_by_digest_with_time_person_and_place(case: Case, row: WorkConfirmation) -> None:
    row = ready(case, row)
    kept = files.attached(row).filter(kind=acts.SIGNATURE)
    assert {one.file.digest for one in kept} == {one["digest"] for one in row.people} and len(kept) == 3
    first = kept.last()
    assert (first.uploaded_by, float(first.longitude), first.taken_at is not None) == (
        case.user.label,
        117.86,
        True,
    )
    done = moves.perform(case.user, row, "confirm").row
    assert (done.state, done.confirmed_by) == ("confirmed", case.user.label) and done.confirmed_at
    with pytest.raises(Refused, match="不能再改"):
        acts.tick(case.user, done, set())


def test_what_is_no_signature_is_refused_and_nothing_kept(case: Case, row: WorkConfirmation) -> None:
    acts.tick(case.user, row, set(range(len(row.checks))))
    with pytest.raises(BadFile, match="签名区是空的"):
        acts.sign(case.user, row, 0, drawn=handwriting(ink=False))
    with pytest.raises(BadFile, match="png"):
        acts.sign(case.user, row, 0, drawn=SimpleUploadedFile("a.png", b"%PDF-1.4 x"))
    with pytest.raises(ValidationError, match="不一致"):
        acts.sign(case.user, row, 0, typed="王某")
    acts.sign(case.user, row, 0, drawn=handwriting())
    with pytest.raises(BadFile, match="完全相同"):
        acts.sign(case.user, row, 1, drawn=handwriting())
    with pytest.raises(Refused, match="已经签过"):
        acts.sign(case.user, row, 0, typed="张某")
    with pytest.raises(Refused, match="勾选不能再改"):
        acts.tick(case.user, fresh(row), set())
    assert [bool(one["signed_at"]) for one in fresh(row).people] == [True, False, False]
    assert files.attached(row).count() == 1


def test_what_was_not_confirmed_before_the_day_is_over_stays_unconfirmed(
    case: Case, row: WorkConfirmation, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(case, row)
    monkeypatch.setenv("ANLAN_TODAY", (TODAY + timedelta(1)).isoformat())
    with pytest.raises(Refused, match="已过"):
        moves.perform(case.user, row, "confirm")
    assert moves.perform(case.user, row, "annul", note="作业取消").state == "void"


def test_jobs_of_high_risk_count_once_however_many_points_they_have(
    case: Case, row: WorkConfirmation
) -> None:
    case.point(residual=ORANGE, name="装卸口")
    case.point(residual=ORANGE, name="压缩机", job="压缩机工")
    case.point(residual=BLUE, name="值班室", job="值班员")
    done, share = MEASURES
    half = Window.of("half", 2023, 2)

    def figures() -> list[Any]:
        return [compute(one, half).cells[()].number for one in (done, share) if compute(one, half).cells]

    assert compute(share, half).cells[()].number == 0
    moves.perform(case.user, ready(case, row), "confirm")
    assert figures() == [1, 50]


def test_only_the_firm_confirms_and_a_stranger_sees_nothing(
    case: Case, row: WorkConfirmation, client: Client
) -> None:
    base = f"/work-confirmations/{row.pk}/"
    sign_in(case, client, "county_officer")
    page = said(client.get(base))
    assert "防化服、空气呼吸器" in page and "保存勾选" not in page
    assert client.post(f"{base}tick/", {"check-0": "1"}).status_code == 404
    assert client.get(f"{base}sign/0/").status_code == 404
    assert client.get(f"/risk-jobs/{case.firm.pk}/confirm/", {"job": JOB}).status_code == 404
    sign_in(case, client, "stranger")
    for tail in ("", "print/", "signature/0/"):
        assert client.get(base + tail).status_code == 404


def test_the_way_from_the_job_to_the_printed_sheet_works_without_script(case: Case, client: Client) -> None:
    case.point(ppe="防化服")
    sign_in(case, client, "enterprise_user")
    assert "做作业确认" in body(client.get("/risk-jobs/"))
    begin = f"/risk-jobs/{case.firm.pk}/confirm/?job={JOB}"
    assert client.post(begin, {**GIVEN, "guardian": "张某"}).status_code == 422
    base = client.post(begin, {**GIVEN, "workers": "张某"})["Location"]
    told = client.post(f"{base}tick/", {"check-0": "1"}, follow=True)
    assert "还有 2 项没有落实" in said(told) and "不能确认可以作业" in said(told)
    assert "还不能签字" in said(client.get(f"{base}sign/0/"))
    client.post(f"{base}tick/", {f"check-{n}": "1" for n in range(3)})
    answer = client.post(f"{base}sign/0/", {"drawn": handwriting(3)})
    assert answer["Location"] == f"{base}sign/1/"
    assert "不一致" in said(client.post(answer["Location"], {"typed": "赵"}))
    assert client.post(answer["Location"], {"typed": "赵某"})["Location"] == base
    image = client.get(f"{base}signature/0/")
    assert image["Content-Type"] == "image/png" and client.get(f"{base}signature/1/").status_code == 404
    client.post(f"{base}move/confirm/", {})
    sheet = said(client.get(f"{base}print/"))
    for words in ("安全作业确认单", "QR", "防化服", "赵某（键入）", "手写", "SM3", "确认可以作业"):
        assert words in sheet


def test_the_sheets_go_out_with_whoever_signed(case: Case, row: WorkConfirmation, client: Client) -> None:
    moves.perform(case.user, ready(case, row), "confirm")
    sign_in(case, client, "county_officer")
    columns = "job,workers,guardian,state,signatures"
    asked = {"format": "csv", "columns": columns, "state": "confirmed"}
    answer = client.get("/work-confirmations/export/", asked)
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig")
    assert "张某、李某" in text and "赵某" in text and "已确认" in text
