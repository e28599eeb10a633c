"""Pages of papers: who opens them, what they show, what they give out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel.models import Figure
from anlan.org.testing import World
from anlan.papers import actions, reads
from anlan.papers.models import Paper
from anlan.papers.tests.conftest import OFFICE

pytestmark = pytest.mark.django_db


def as_(world: World, key: str) -> Client:
    client = Client()
    client.force_login(world.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(world: World, letter: Paper) -> tuple[Paper, str]:
    """The paper as sent, and the address of its receipt."""
    paper = actions.issue(world.actor("city_officer"), letter)
    return paper, f"/receipts/{reads.receipts_of(paper).get().pk}/"


def test_from_the_editor_to_the_answer(world: World, settings: Any) -> None:
    """One journey in the browser's words, so that the world is made once."""
    city, county, stranger = (as_(world, key) for key in ("city_officer", "county_officer", "stranger"))
    unit, to = world.unit(OFFICE, "361100"), world.unit(OFFICE, "361130")
    assert "公文版面" in city.get("/papers/new/").content.decode()
    form = {
        "kind": "notice", "unit": unit.pk, "title": "关于开展<b>防汛</b>检查的通知", "code": "饶安办",
        "recipients": [to.pk], "body": "一、总体要求\n请认真落实。", "disclosure": "open",
        "answer_by": "2023-06-30",
    }  # fmt: skip
    shown = city.post("/papers/preview/", form).content.decode()
    assert "&lt;b&gt;防汛" in shown and '<span class="a4-hd">一、总体要求' in shown
    wrong = city.post("/papers/new/", {**form, "code": "饶安〔2023〕", "title": ""})
    assert wrong.status_code == 422 and "机关代字只用汉字或字母" in wrong.content.decode()
    page = city.post("/papers/new/", form)
    paper = Paper.objects.unscoped("a test").get()
    assert page["Location"] == f"/papers/{paper.pk}/"
    assert paper.recipients == [to.pk] and paper.body[0]["kind"] == "heading"
    stale = city.post(f"/papers/{paper.pk}/edit/", {**form, "version": paper.version - 1})
    assert stale.status_code == 422 and "刚被他人改过" in stale.content.decode()
    for client in (county, stranger):
        for name in ("paper", "paper-edit", "paper-print", "paper-pdf", "paper-docx", "paper-attach"):
            assert client.get(reverse(name, args=[paper.pk])).status_code == 404, name
    for move in ("submit", "sign", "send"):
        assert city.post(f"/papers/{paper.pk}/move/{move}/").status_code == 302
    paper.refresh_from_db()
    assert paper.number == "饶安办〔2023〕1号"
    there = f"/receipts/{reads.receipts_of(paper).get().pk}/"
    assert "饶安办〔2023〕1号" in county.get(there).content.decode()
    assert stranger.get(there).status_code == 404 and city.get(there).status_code == 404
    assert county.get(f"{there}pdf/").content.startswith(b"%PDF")
    assert county.get(f"{there}docx/").content.startswith(b"PK")
    assert county.post(f"{there}move/sign-for/").status_code == 302
    assert county.post(f"{there}move/answer/", {"answer": ""}).status_code == 422
    assert county.post(f"{there}move/answer/", {"answer": "已完成检查。"}).status_code == 302
    assert "已完成检查。" in city.get(f"/papers/{paper.pk}/").content.decode()
    assert city.get("/papers-chase/").status_code == 200
    assert city.get(f"/papers/{paper.pk}/edit/").status_code == 403
    made = city.post(f"/papers/{paper.pk}/erratum/")
    assert "更正" in city.get(made["Location"]).content.decode()
    assert "不能删除" not in city.post(f"/papers/{paper.pk}/discard/").content.decode()
    assert Paper.objects.unscoped("a test").filter(pk=paper.pk).exists()
    assert "婺源" in str(city.get("/papers/units/?q=婺源").json())
    assert stranger.get("/papers/units/").status_code == 200
    assert as_(world, "leader").get("/papers/units/").status_code == 404


def test_a_figure_opens_only_in_the_paper_that_prints_it(world: World, letter: Paper) -> None:
    city = world.actor("city_officer")
    figure = Figure.objects.create(
        ledger="papers", subject_id=letter.pk, measure="gone", label="排查隐患", start="2023-01-01",
        end="2023-07-01", area={}, cell={}, value=61, row_count=61, rows_digest="", digest="ab" * 32,
        frozen_at="2023-06-20T00:00Z", frozen_by="周明",
    )  # fmt: skip
    text = f"排查[61](#{figure.pk})条"
    from anlan.papers.rules.blocks import parse

    actions.revise(city, letter, {"body": parse(text)})
    client = as_(world, "city_officer")
    address = f"/papers/{letter.pk}/figures/{figure.pk}/"
    assert f'data-drawer="{address}"' in client.get(f"/papers/{letter.pk}/").content.decode()
    drawn = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "背后的 61 行" in drawn and "<html" not in drawn
    assert client.get(f"/papers/{letter.pk}/figures/{figure.pk + 1}/").status_code == 404
    notes = reads.sheet_of(letter, notes=True).plain()["notes"]
    assert notes == [] or "排查隐患" in notes[0]
