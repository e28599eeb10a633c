"""From overdue matters to letters: drafted by unit, seen from both sides, never twice about one thing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from anlan.kernel import registry
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.papers import actions as papers
from anlan.papers import reads as paper_reads
from anlan.papers.models import Paper, Receipt
from anlan.papers.rules import blocks
from anlan.programmes import reads_chase
from anlan.programmes.actions import chase_letters, run, run_judging
from anlan.programmes.models import Item, Occurrence
from anlan.programmes.tests.running import Running, running_world

pytestmark = pytest.mark.django_db
ANSWER = date(2023, 7, 12)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """Dispatched on 1 March, judged on 5 July 2023: a quarter's cases and the June work are overdue."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    monkeypatch.setenv("ANLAN_TODAY", "2023-07-05")
    run_judging.judge()
    return made


def city(running: Running) -> Actor:
    return running.world.actor("city_officer")


def draft(running: Running, *families: tuple[str, str]) -> list[Paper]:
    units = [running.world.unit(*one).pk for one in families]
    return chase_letters.draft_letters(city(running), running.programme, units=units, answer_by=ANSWER)


def words(paper: Paper) -> str:
    return "".join(run["text"] for run in blocks.all_runs(paper.body))


def test_the_page_counts_overdue_matters_by_unit_and_each_count_opens_its_rows(running: Running) -> None:
    rows = reads_chase.by_unit(city(running), running.programme)
    housing = next(one for one in rows if one.unit.family.key == "housing")
    late = Occurrence.objects.unscoped("test").filter(unit_id=housing.unit.pk, light="r")
    assert housing.late == late.count() > 0
    assert housing.days == (date(2023, 7, 5) - min(one.due_on for one in late)).days
    client = Client()
    client.force_login(
        running.world.person("city_officer"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get(reverse("chase")).content.decode()
    assert "住建局" in page and "起草提醒函" in page
    query = {"light": "r", "duty__unit": housing.unit.pk, "duty__programme": running.programme.pk}
    opened = client.get(reverse("ledger-list", args=["occurrences"]), query)
    rows = registry.ledger("occurrences").rows(city(running)).filter(**query)
    assert rows.count() == housing.late
    assert (
        "本页" in opened.content.decode()
        or f'共 <b class="tn" id="total">{housing.late}' in opened.content.decode()
    )
    assert opened.status_code == 200


def test_a_letter_names_every_overdue_matter_of_its_unit(running: Running) -> None:
    (paper,) = draft(running, ("housing", "361100"))
    assert (paper.kind, paper.state) == ("reminder", "draft")
    assert paper.answer_by == ANSWER
    text = words(paper)
    assert "《上饶市2023年安全生产工作要点》（饶安发〔2023〕3号）" in text
    assert "每季度至少公布3个案例" in text and "本期应完成3个，已完成0个" in text
    (matters,) = paper.matters.values()
    late = Occurrence.objects.unscoped("test").filter(
        unit_id=running.world.unit("housing", "361100").pk, light="r"
    )
    assert {one["occurrence"] for one in matters} == {one.pk for one in late}


def test_a_government_is_written_to_through_its_committee_office(running: Running) -> None:
    (paper,) = draft(running, ("people-government", "361130"))
    assert paper.recipients == [running.world.unit("safety-committee-office", "361130").pk]
    government = running.world.unit("people-government", "361130")
    assert reads_chase.letters_of(government, city(running), running.programme)[0].paper == paper


def test_what_an_open_letter_speaks_of_is_not_written_again(running: Running) -> None:
    (paper,) = draft(running, ("housing", "361100"))
    with pytest.raises(Refused, match="已有在办的提醒函"):
        draft(running, ("housing", "361100"))
    both = draft(running, ("housing", "361100"), ("emergency", "361100"))
    assert [one.recipients for one in both] == [[running.world.unit("emergency", "361100").pk]]
    papers.discard(city(running), paper)
    assert len(draft(running, ("housing", "361100"))) == 1


def test_the_letter_lives_its_life_and_both_sides_see_it(running: Running) -> None:
    (paper,) = draft(running, ("housing", "361100"))
    papers.revise(city(running), paper, {"code": "饶安办提"})
    sent = papers.issue(city(running), paper)
    item = Item.objects.unscoped("test").get(no="2")
    (mine,) = reads_chase.letters_of(item, city(running))
    assert (mine.url, mine.open, mine.name) == (reverse("paper", args=[sent.pk]), True, sent.number)
    department = running.world.actor("department_officer")
    (theirs,) = reads_chase.letters_of(item, department)
    assert "receipts" in theirs.url
    receipt = Receipt.objects.unscoped("test").get(paper=sent)
    papers.answer(department, receipt, "已补报三个案例。")
    (after,) = reads_chase.letters_of(item, city(running))
    assert not after.open
    assert reads_chase.with_open_letter(running.programme) == set()
    assert paper_reads.receipts_of(sent).get().state == "answered"
    first = Occurrence.objects.unscoped("test").get(pk=mine.matters[0]["occurrence"])
    assert [one.paper for one in reads_chase.letters_of(first, city(running))] == [sent]


def test_letters_of_others_are_not_seen(running: Running) -> None:
    draft(running, ("housing", "361100"))
    item = Item.objects.unscoped("test").get(no="2")
    assert reads_chase.letters_of(item, running.world.actor("stranger")) == []
    assert reads_chase.letters_of(item, running.world.actor("county_officer")) == []


def test_only_the_issuing_office_drafts(running: Running) -> None:
    unit = running.world.unit("housing", "361100").pk
    for member in ("stranger", "county_officer", "enterprise_user", "leader"):
        with pytest.raises(Refused):
            chase_letters.draft_letters(
                running.world.actor(member), running.programme, units=[unit], answer_by=ANSWER
            )
    assert not Paper.objects.unscoped("test").exists()


def test_a_day_in_the_past_is_refused_and_nothing_is_drafted(running: Running) -> None:
    with pytest.raises(ValidationError, match="早于今天"):
        chase_letters.draft_letters(
            city(running),
            running.programme,
            units=[running.world.unit("housing", "361100").pk],
            answer_by=date(2023, 7, 4),
        )
    assert not Paper.objects.unscoped("test").exists()


def test_units_without_overdue_matters_get_no_letter(running: Running) -> None:
    with pytest.raises(Refused, match="没有逾期事项"):
        draft(running, ("fire-rescue", "361100"))


def test_from_the_page_to_the_draft(running: Running) -> None:
    client = Client()
    client.force_login(
        running.world.person("city_officer"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    given = {
        "programme": running.programme.pk,
        "ids": [running.world.unit("housing", "361100").pk],
        "answer_by": "2023-07-12",
        "idempotency_key": "once-1",
    }
    answer = client.post(reverse("chase-draft"), given)
    paper = Paper.objects.unscoped("test").get()
    assert answer["Location"] == reverse("paper", args=[paper.pk])
    assert client.post(reverse("chase-draft"), given)["Location"] == answer["Location"]
    assert Paper.objects.unscoped("test").count() == 1
    assert client.post(reverse("chase-draft"), {**given, "ids": []}).status_code == 302
    assert "没有在办的" in client.get(reverse("chase"), {"letters": "open"}).content.decode()


def test_the_items_page_shows_its_letters(running: Running) -> None:
    (paper,) = draft(running, ("housing", "361100"))
    client = Client()
    client.force_login(
        running.world.person("city_officer"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    item = Item.objects.unscoped("test").get(no="2")
    page = client.get(reverse("programme-item", args=[item.pk])).content.decode()
    assert reverse("paper", args=[paper.pk]) in page and paper.title in page
