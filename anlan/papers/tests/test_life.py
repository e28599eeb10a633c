"""A letter's way: drafted, signed, numbered, sent, signed for, answered; and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from anlan.kernel import deadline, files, numbering
from anlan.kernel.models import Notice
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, Stale, write
from anlan.org.testing import World
from anlan.papers import actions, reads
from anlan.papers.models import Paper, Receipt
from anlan.papers.tests.conftest import OFFICE, draft_letter

pytestmark = pytest.mark.django_db


def issued(world: World, paper: Paper) -> Paper:
    """Signed and sent by the city's officer."""
    return actions.issue(world.actor("city_officer"), paper)


def receipt_of(paper: Paper) -> Receipt:
    return reads.receipts_of(paper).get()


def told(world: World, key: str) -> list[str]:
    rows = Notice.objects.unscoped("a test").filter(person=world.person(key))
    return [one.text for one in rows.order_by("id")]


def test_a_draft_has_no_number_and_the_words_of_the_letter(letter: Paper) -> None:
    assert (letter.state, letter.number, letter.digest) == ("draft", "", "")
    assert letter.title == "关于第25条任务逾期的提醒函"
    assert letter.drafted_by.startswith("周明")


def test_signing_numbers_dates_and_seals(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    paper = actions.sign(city, actions.submit(city, letter))
    assert (paper.number, paper.dated) == ("饶安办提〔2023〕1号", date(2023, 6, 20))
    assert len(paper.digest) == 64 and reads.digest_of(paper) == paper.digest
    assert paper.recipients_text and paper.signature == letter.unit.name


def test_numbers_have_no_gaps_even_where_signing_fails(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    first = issued(world, letter)
    broken = draft_letter(world)
    actions.submit(city, broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.sign(city, broken)
        raise RuntimeError
    second = actions.sign(city, broken)
    assert [first.number, second.number] == ["饶安办提〔2023〕1号", "饶安办提〔2023〕2号"]


def test_two_kinds_with_one_code_share_one_series(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    issued(world, letter)
    body = [{"kind": "paragraph", "text": "请认真落实。"}]
    unit, to = world.unit(OFFICE, "361100"), world.unit(OFFICE, "361130")
    other = actions.draft(
        city, Paper.Kind.NOTICE, unit, "关于做好防汛工作的通知", [to], body, code="饶安办提"
    )
    assert issued(world, other).number == "饶安办提〔2023〕2号"


def test_without_code_body_or_addressee_nothing_is_submitted(world: World) -> None:
    city, unit = world.actor("city_officer"), world.unit(OFFICE, "361100")
    body = [{"kind": "paragraph", "text": "正文"}]
    empty = actions.draft(city, Paper.Kind.NOTICE, unit, "通知", [], body)
    with pytest.raises(Refused, match="机关代字"):
        actions.submit(city, empty)
    actions.revise(city, empty, {"code": "饶安办"})
    with pytest.raises(Refused, match="主送"):
        actions.submit(city, empty)
    actions.revise(city, empty, {"recipients_text": "各县（市、区）安委会办公室", "body": []})
    with pytest.raises(Refused, match="正文"):
        actions.submit(city, empty)


def test_sending_makes_receipts_deadlines_and_notices(world: World, letter: Paper) -> None:
    paper = issued(world, letter)
    receipt = receipt_of(paper)
    assert (receipt.state, receipt.unit.region.code, receipt.answer_by) == (
        "waiting",
        "361130",
        date(2023, 6, 27),
    )
    assert receipt.matters[0]["item"] == "第25条"
    terms = {one.key: one.last_day for one in deadline.of_row(receipt)}
    assert terms == {"sign-for": date(2023, 6, 23), "answer": date(2023, 6, 27)}
    assert any("饶安办提〔2023〕1号" in one for one in told(world, "county_officer"))
    assert told(world, "county_inspector") == []


def test_only_the_receiving_unit_sees_signs_for_and_answers(world: World, letter: Paper) -> None:
    receipt = receipt_of(issued(world, letter))
    for key in ("stranger", "county_inspector", "department_officer", "city_officer", "province_officer"):
        assert not Receipt.objects.visible_to(world.actor(key)).exists(), key
        with pytest.raises(Refused):
            actions.sign_for(world.actor(key), receipt)
    assert Receipt.objects.visible_to(world.actor("county_officer")).get() == receipt
    assert not Paper.objects.visible_to(world.actor("county_officer")).exists()


def test_signing_for_and_answering_is_counted_and_told(world: World, letter: Paper) -> None:
    county = world.actor("county_officer")
    receipt = receipt_of(issued(world, letter))
    actions.sign_for(county, receipt)
    upload = SimpleUploadedFile("案例.txt", "典型执法案例一则".encode())
    done = actions.answer(county, receipt, "已补报1个。", [upload])
    assert (done.state, done.answer) == ("answered", "已补报1个。")
    assert files.attached(done).get().name == "案例.txt"
    assert {one.state for one in deadline.of_row(done)} == {"met"}
    paper = Paper.objects.unscoped("a test").get()
    assert (paper.asked, paper.signed_for, paper.answered) == (1, 1, 1)
    assert any("已答复" in one for one in told(world, "city_officer"))


def test_a_bad_file_leaves_the_letter_unanswered(world: World, letter: Paper) -> None:
    receipt = receipt_of(issued(world, letter))
    with pytest.raises(files.BadFile):
        actions.answer(world.actor("county_officer"), receipt, "已办。", [SimpleUploadedFile("空.txt", b"")])
    assert receipt_of(letter).state == "waiting"


def test_an_answer_after_its_day_is_shown_as_late(world: World, letter: Paper, monkeypatch: Any) -> None:
    receipt = receipt_of(issued(world, letter))
    monkeypatch.setenv("ANLAN_TODAY", "2023-06-29")
    chased = reads.chasing(world.actor("city_officer"), late=True)
    assert [one.pk for one in chased] == [receipt.pk]
    done = actions.answer(world.actor("county_officer"), receipt, "已补报。")
    assert reads.light(done, done.answered_at) == ("r", "逾期 2 天答复")
    assert not reads.chasing(world.actor("city_officer")).exists()


def test_chasing_is_the_issuers_alone(world: World, letter: Paper) -> None:
    issued(world, letter)
    assert reads.chasing(world.actor("city_officer"), state="waiting").count() == 1
    assert reads.chasing(world.actor("province_officer")).count() == 1
    assert reads.chasing(world.actor("stranger")).count() == 0
    assert reads.chasing(world.actor("county_officer")).count() == 0


@pytest.mark.parametrize("change", [{"title": "改"}, {"body": []}, {"recipients": []}, {"contact": "别人"}])
def test_what_is_signed_never_changes(world: World, letter: Paper, change: dict[str, Any]) -> None:
    city = world.actor("city_officer")
    paper = issued(world, letter)
    with pytest.raises(Refused):
        actions.revise(city, paper, change)
    with pytest.raises(ValidationError, match="已签发的公文不能再改"):
        write(city, Paper.objects.visible_to(city).get(pk=paper.pk), change, "change")


def test_a_renamed_unit_leaves_signed_papers_as_they_were(world: World, letter: Paper) -> None:
    paper = issued(world, letter)
    unit = world.unit(OFFICE, "361100")
    unit.name = "上饶市某办公室"
    unit.save()
    again = Paper.objects.unscoped("a test").select_related("unit").get(pk=paper.pk)
    assert reads.digest_of(again) == paper.digest
    assert "某办公室" not in str(reads.sheet_of(again).plain())


def test_a_signed_paper_without_number_cannot_be_stored(world: World, letter: Paper) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.unscoped("a test").filter(pk=letter.pk).update(state="signed")


def test_void_keeps_the_number_withdraws_and_tells(world: World, letter: Paper) -> None:
    city, county = world.actor("city_officer"), world.actor("county_officer")
    paper = issued(world, letter)
    with pytest.raises(ValidationError):
        actions.void(city, paper, " ")
    paper = actions.void(city, paper, "印发对象有误")
    assert (paper.state, paper.number) == ("void", "饶安办提〔2023〕1号")
    assert receipt_of(paper).state == "withdrawn"
    assert {one.state for one in deadline.of_row(receipt_of(paper))} == {"cancelled"}
    kept = numbering.register("papers:饶安办提", 2023, paper.unit_id).get()
    assert kept.void_reason == "印发对象有误"
    assert any("已作废" in one for one in told(world, "county_officer"))
    with pytest.raises(Refused):
        actions.answer(county, receipt_of(paper), "已办。")
    assert issued(world, draft_letter(world)).number == "饶安办提〔2023〕2号"


def test_an_erratum_is_a_new_paper_that_points_to_the_old(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    with pytest.raises(Refused, match="直接修改"):
        actions.draft_erratum(city, letter)
    paper = issued(world, letter)
    made = actions.draft_erratum(city, paper)
    assert (made.corrects, made.recipients, made.state) == (paper, paper.recipients, "draft")
    assert paper.number in str(made.body)
    assert reads.digest_of(paper) == paper.digest


def test_a_returned_paper_can_be_changed_and_a_submitted_one_cannot(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    actions.submit(city, letter)
    with pytest.raises(Refused, match="退回修改"):
        actions.revise(city, letter, {"title": "新题"})
    actions.give_back(city, letter, "标题再改")
    assert actions.revise(city, letter, {"title": "新题"}).title == "新题"


def test_the_slower_of_two_editors_is_told(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    seen = letter.version
    actions.revise(city, letter, {"title": "甲"}, seen)
    with pytest.raises(Stale):
        actions.revise(city, letter, {"title": "乙"}, seen)


def test_a_draft_can_be_thrown_away_a_signed_paper_cannot(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    other = issued(world, draft_letter(world))
    actions.discard(city, letter)
    with pytest.raises(Refused):
        actions.discard(city, other)
    assert Paper.objects.unscoped("a test").get() == other


def test_the_leader_is_told_and_may_sign_but_not_draft(world: World, letter: Paper) -> None:
    leader: Actor = world.actor("leader")
    actions.submit(world.actor("city_officer"), letter)
    assert any("已送签" in one for one in told(world, "leader"))
    assert actions.sign(leader, letter).signed_by.startswith("李建国")
    with pytest.raises(Refused):
        actions.draft_erratum(leader, Paper.objects.unscoped("a test").get())


def test_nobody_drafts_for_a_unit_they_do_not_see(world: World) -> None:
    with pytest.raises(ValidationError, match="职责范围"):
        actions.draft(
            world.actor("stranger"), Paper.Kind.NOTICE, world.unit(OFFICE, "361100"), "通知", [],
            [{"kind": "paragraph", "text": "正文"}],
        )  # fmt: skip


def test_a_report_goes_up_to_an_office_out_of_scope(world: World) -> None:
    county, up = world.actor("county_officer"), world.unit(OFFICE, "361100")
    unit = world.unit(OFFICE, "361130")
    body = [{"kind": "paragraph", "text": "现将完成情况报告如下。"}]
    report = actions.draft(county, Paper.Kind.REPORT, unit, "关于完成情况的报告", [up], body, code="婺安办")
    paper = actions.issue(county, report)
    assert Receipt.objects.visible_to(world.actor("city_officer")).get().paper_id == paper.pk


def test_enclosed_files_are_part_of_the_seal(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    before = reads.digest_of(letter)
    actions.enclose(city, letter, SimpleUploadedFile("清单.txt", "一、二".encode()))
    assert reads.digest_of(letter) != before
    issued(world, letter)
    with pytest.raises(Refused):
        actions.enclose(city, letter, SimpleUploadedFile("补.txt", "三".encode()))
