"""The review in the browser's place: upload, acts on items, two reviewers, publication, a new edition."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlan.kernel import jobs
from anlan.kernel.models import Job
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.org.testing import World
from anlan.programmes.actions import reviewing
from anlan.programmes.actions.demo_review import review_and_publish
from anlan.programmes.actions.publish import CHANGED, publish
from anlan.programmes.models import DraftItem, Duty, Edition, Programme
from anlan.programmes.reads_review import comparison, drafts_of, findings_of
from anlan.programmes.rules import review
from anlan.programmes.rules.editions_diff import counts
from anlan.programmes.tests.test_review_path import CITY, duties, live, seed, staff, upload

SMALL = """上饶市2023年安全生产工作要点

一、健全责任体系
1.落实警示日制度。每月16日开展安全防范警示日活动。定期分析警示日活动情况。（市应急局牵头，市住建局配合）
2.强化建设施工安全。年底前完成在建工地排查100处以上。持续规范现场管理。（市住建局牵头，市应急局配合）
3.加强应急准备。至少半年组织1次应急演练。（市应急局牵头）

上饶市安全生产委员会
2023年2月10日
"""


@pytest.fixture
def city(world: World) -> Actor:
    """上饶市安委办, with all offices of its city."""
    staff(world, "361100")
    return world.actor("city_officer")


@pytest.fixture
def small(city: Actor) -> Edition:
    """A short document under review."""
    return upload(city, "small.txt", SMALL.encode())


def signed_in(world: World, key: str) -> Client:
    """A member's browser."""
    client = Client()
    client.force_login(world.person(key))
    return client


def item(edition: Edition, place: int) -> DraftItem:
    """One item as it stands now."""
    return drafts_of(edition)[place]


def send(client: Client, draft: DraftItem, act: str, **values: Any) -> Any:
    """One act as htmx sends it."""
    given = {"version": draft.version, **values}
    return client.post(reverse("review-act", args=[draft.pk, act]), given, headers={"HX-Request": "true"})


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_by_a_job_and_leads_to_the_review(world: World) -> None:
    staff(world, "361100")
    client = signed_in(world, "city_officer")
    page = client.get(reverse("review-intake"))
    assert page.status_code == 200 and "或拖到这里" in page.content.decode()
    sent = client.post(reverse("review-intake"), {"file": SimpleUploadedFile(CITY, seed(CITY))})
    job = Job.objects.unscoped("test").latest("pk")
    assert sent["Location"] == reverse("job", args=[job.pk])
    jobs.run(job.pk)
    edition = Edition.objects.unscoped("test").get()
    after = client.get(reverse("job", args=[job.pk]))
    assert after["Location"] == reverse("review", args=[edition.pk])
    assert client.get(after["Location"]).status_code == 200
    again = client.post(reverse("review-intake"), {"file": SimpleUploadedFile("x.txt", seed(CITY))})
    assert again.status_code == 422
    assert reverse("review", args=[edition.pk]) in again.content.decode()


def test_the_screen_shows_every_word_of_the_item_and_its_doubts(world: World, small: Edition) -> None:
    answer = signed_in(world, "city_officer").get(reverse("review", args=[small.pk]))
    html = answer.content.decode()
    assert "每月16日开展安全防范警示日活动" in html and 'class="run no-ob"' in html
    assert "“定期”没有写明频次" in html
    assert "确认本条" in html and "data-rv-source" in html


def test_a_stranger_finds_no_review_and_can_send_none(world: World, small: Edition) -> None:
    client = signed_in(world, "stranger")
    draft = item(small, 0)
    for name, argument in (("review", small.pk), ("review-publish", small.pk), ("review-withdraw", small.pk)):
        assert client.get(reverse(name, args=[argument])).status_code == 404
    assert send(client, draft, "accept", ob="1").status_code == 404
    finding = findings_of(small)[0]
    assert client.post(reverse("review-doubt", args=[finding.pk]), {"words": "x"}).status_code == 404
    assert item(small, 0).version == draft.version


def test_a_reviewer_edits_rekinds_splits_merges_and_dismisses(world: World, small: Edition) -> None:
    client = signed_in(world, "city_officer")
    draft = item(small, 1)
    first = draft.body["obligations"][0]
    assert send(client, draft, "edit", ob=first["id"], value="120", comparator=">=").status_code == 200
    assert item(small, 1).body["obligations"][0]["value"] == 120
    wrong = send(client, item(small, 1), "edit", ob=first["id"], value="很多")
    assert wrong.status_code == 422 and "不是数" in wrong.content.decode()
    before = len(item(small, 1).body["obligations"])
    text = small.text.text if small.text else ""
    at = text.index("排查100处")
    assert send(client, item(small, 1), "split", ob=first["id"], at=at).status_code == 200
    assert len(item(small, 1).body["obligations"]) == before + 1
    second = item(small, 1).body["obligations"][1]
    assert send(client, item(small, 1), "merge", ob=second["id"]).status_code == 200
    assert len(item(small, 1).body["obligations"]) == before
    last = item(small, 1).body["obligations"][-1]
    assert send(client, item(small, 1), "kind", ob=last["id"], kind="campaign").status_code == 200
    assert send(client, item(small, 1), "dismiss", ob=last["id"], why="背景说明").status_code == 200
    assert item(small, 1).body["obligations"][-1]["state"] == "dismissed"


def test_of_two_reviewers_the_slower_is_told_who_changed_what(
    world: World, city: Actor, small: Edition
) -> None:
    seen = item(small, 0)
    colleague = world.actor("province_officer")
    reviewing.change(
        colleague, item(small, 0), seen.version, "edit",
        lambda body: review.edit(body, "1", {"kind": "campaign"}, colleague.label),
    )  # fmt: skip
    answer = send(signed_in(world, "city_officer"), seen, "dismiss", ob="1", why="不需要")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "陈思远" in html and "没有保存" in html and "改为“行动类”" in html
    assert item(small, 0).body["obligations"][0]["kind"] == "campaign"
    assert item(small, 0).body["obligations"][0]["state"] == "accepted"


def test_a_ruling_records_who_and_why_and_settles_the_doubt(world: World, small: Edition) -> None:
    draft = item(small, 0)
    finding = next(one for one in findings_of(small) if one.kind == "vague_word" and "定期" in one.message)
    one = next(o for o in draft.body["obligations"] if o["span"][0] <= finding.start < o["span"][1])
    client = signed_in(world, "city_officer")
    answer = send(client, draft, "rule", ob=one["id"], word="定期", decision="cadence", period="quarter",
                  value="1", reason="参照去年")  # fmt: skip
    assert answer.status_code == 200
    ruled = review.obligation(item(small, 0).body, one["id"])
    assert "周明" in ruled["ruling"]["who"] and ruled["ruling"]["reason"] == "参照去年"
    assert review.in_force(ruled)["kind"] == "cadence"
    finding.refresh_from_db(from_queryset=type(finding).objects.unscoped("test"))
    assert "每季度不少于 1 次" in finding.settlement


def test_publishing_by_the_page_names_the_reasons_and_then_sends_the_duties(
    world: World, city: Actor, small: Edition
) -> None:
    client = signed_in(world, "city_officer")
    address = reverse("review-publish", args=[small.pk])
    assert "还不能发布" in client.get(address).content.decode()
    assert client.post(address, {"signed_by": "李某"}).status_code == 422
    for draft in drafts_of(small):
        for one in draft.body["obligations"]:
            if one["kind"] == "cadence" and not one["period"]:
                values = {"word": "定期", "decision": "cadence", "period": "quarter", "reason": "惯例"}
                draft = reviewing.rule_on(city, draft, draft.version, one["id"], values)
        reviewing.confirm(city, draft, draft.version)
    for finding in findings_of(small):
        if not finding.settled_by:
            reviewing.settle(city, finding, "已核对")
    assert client.post(address, {"signed_by": " "}).status_code == 422
    done = client.post(address, {"signed_by": "李某", "code": "饶安"})
    assert done.status_code == 302, done.content.decode()
    programme = Programme.objects.visible_to(city).get()
    assert programme.number == "饶安〔2026〕1号" or programme.number.startswith("饶安〔")
    assert Duty.objects.unscoped("test").filter(programme=programme).exists()
    page = client.get(reverse("ledger-row", args=["programmes", programme.pk])).content.decode()
    assert "第 1 版" in page and "落实警示日制度" in page


def test_what_is_unchanged_keeps_its_rows_in_a_new_edition(city: Actor, small: Edition) -> None:
    first = review_and_publish(city, small)
    programme = first.programme
    rows = {one.quote: one.pk for one in duties(programme)}
    items = {one.no: one.pk for one in live(programme)}
    text = SMALL.replace("100处以上", "150处以上").replace(
        "3.加强应急准备。", "3.加强应急准备。健全应急预案体系。"
    )
    second = upload(city, "second.txt", ("\n" + text).encode(), programme)
    before, changes, hanging = comparison(second)
    assert before == first and counts(changes)["changed"] == 1 and counts(changes)["new"] == 1
    assert any("涉及" in words for words in hanging.values())
    review_and_publish(city, second)
    now = {one.quote: one for one in duties(programme)}
    assert {one.no: one.pk for one in live(programme)} == items
    kept = [quote for quote in rows if quote in now]
    assert kept and all(now[quote].pk == rows[quote] for quote in kept)
    gone = [quote for quote in rows if quote not in now]
    assert len(gone) == 1 and "100处" in gone[0]
    assert any("150处" in quote for quote in now) and any("预案" in quote for quote in now)
    source = second.text.text if second.text else ""
    assert all(review.quote(source, (one.start, one.end)) == one.quote for one in now.values())
    first.refresh_from_db(from_queryset=Edition.objects.unscoped("test"))
    assert first.state == Edition.State.SUPERSEDED


def test_changed_content_is_not_published_again_without_a_new_edition(city: Actor, small: Edition) -> None:
    edition = review_and_publish(city, small)
    with pytest.raises(Refused, match="已经发布"):
        publish(city, edition, "李某")
    draft = item(edition, 0)
    with pytest.raises(Refused, match="不能再改"):
        reviewing.change(city, draft, draft.version, "accept", lambda body: review.accept(body, "1", "x"))
    draft.body["obligations"][0]["value"] = 999
    draft.save()
    with pytest.raises(Refused, match=CHANGED[:12]):
        publish(city, edition, "李某")


def test_an_edition_with_the_same_content_is_not_published(city: Actor, small: Edition) -> None:
    first = review_and_publish(city, small)
    same = upload(city, "spaced.txt", SMALL.replace("\n\n", "\n\n\n").encode(), first.programme)
    with pytest.raises(Refused, match="内容相同"):
        review_and_publish(city, same)
    assert not Edition.objects.unscoped("test").filter(pk=same.pk, state=Edition.State.PUBLISHED).exists()


def test_an_edition_under_review_can_be_withdrawn_and_sent_again(world: World, small: Edition) -> None:
    client = signed_in(world, "city_officer")
    address = reverse("review-withdraw", args=[small.pk])
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "传错文件"}).status_code == 302
    city = world.actor("city_officer")
    assert not Programme.objects.visible_to(city).exists()
    assert upload(city, "small.txt", SMALL.encode()).no == 1
