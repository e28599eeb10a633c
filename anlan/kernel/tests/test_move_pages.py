"""Moves and attachments on the pages: buttons, reasons, forms, double clicks, refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from anlan.kernel import deadline
from anlan.kernel.due import Term
from anlan.kernel.files import attached
from anlan.kernel.scope import Actor
from anlan.kernel.tests.mechanisms import at, city, county, fault, fresh, stranger
from tests.conformance.conftest import act_as

__all__ = ["act_as"]
ActAs = Callable[[Actor], Client]


def read(answer: Any) -> str:
    """The page's text."""
    return str(answer.content.decode())


@pytest.mark.django_db
def test_the_page_shows_open_moves_and_why_others_are_closed(act_as: ActAs) -> None:
    row = fault(state="ordered")
    text = read(act_as(county()).get(f"/faults/{row.pk}/"))
    assert "开始整改" in text and "不能开始整改：还没有写明整改人。" in text
    assert "销号" not in text.split("<main")[1].split('class="kv"')[0]
    assert "开始整改" not in read(act_as(city()).get(f"/faults/{row.pk}/"))


@pytest.mark.django_db
def test_a_form_asks_and_the_move_is_made(act_as: ActAs) -> None:
    row = fault()
    client, url = act_as(county()), f"/faults/{row.pk}/move/order/"
    assert "整改人" in read(client.get(url))
    empty = client.post(url, {"mender": ""})
    assert (empty.status_code, fresh(row).state) == (422, "found")
    for _ in range(2):
        done = client.post(url, {"mender": "李工", "idempotency_key": "k1", "version": row.version})
        assert (done.status_code, done["Location"]) == (302, f"/faults/{row.pk}/")
    assert (fresh(row).state, fresh(row).mender) == ("ordered", "李工")
    assert "下达" in read(client.get(f"/faults/{row.pk}/"))


@pytest.mark.django_db
def test_a_stale_page_is_told_and_nothing_is_made(act_as: ActAs) -> None:
    row = fault()
    answer = act_as(county()).post(
        f"/faults/{row.pk}/move/order/", {"mender": "李", "version": row.version + 5}
    )
    assert answer.status_code == 422 and "刚被他人改过" in read(answer)
    assert fresh(row).state == "found"


@pytest.mark.django_db
def test_a_reason_is_asked_for(act_as: ActAs) -> None:
    row = fault(state="verifying", mender="李")
    deadline.start(row, "mend", "整改", Term(9), at("2023-06-01"))
    deadline.pause(county(), row, "mend", at("2023-06-03"), "报验")
    client, url = act_as(county()), f"/faults/{row.pk}/move/return/"
    assert "请填写退回理由" in read(client.post(url, {"note": ""}))
    assert client.post(url, {"note": "照片不清"}).status_code == 302
    text = read(client.get(f"/faults/{row.pk}/"))
    assert "退回整改：照片不清" in text
    assert "<h2>期限</h2>" in text and "剩 " in text


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["move/order/", "attach/"])
def test_strangers_and_readers_find_no_such_page(act_as: ActAs, what: str) -> None:
    row = fault()
    for who in (stranger(), city()):
        assert act_as(who).post(f"/faults/{row.pk}/{what}", {"mender": "李"}).status_code == 404
    assert fresh(row).state == "found"


@pytest.mark.django_db
def test_a_ledger_without_a_way_has_no_moves(act_as: ActAs) -> None:
    site = fault().site
    assert act_as(county()).post(f"/sites/{site.pk}/move/order/").status_code == 404


@pytest.mark.django_db
def test_an_attachment_is_uploaded_listed_and_fetched(
    act_as: ActAs, settings: Settings, tmp_path: Path
) -> None:
    settings.FILES = tmp_path
    row, client = fault(), act_as(county())
    url = f"/faults/{row.pk}/attach/"
    bad = client.post(url, {"file": SimpleUploadedFile("a.jpg", b"MZ\x90")})
    assert bad.status_code == 422 and "可执行" in read(bad)
    good = client.post(
        url, {"file": SimpleUploadedFile("现场.txt", "护栏已装".encode()), "effective_on": "2023-06-20"}
    )
    assert good.status_code == 302
    (one,) = attached(row)
    text = read(client.get(f"/faults/{row.pk}/"))
    assert "上传附件：现场.txt" in text and one.file.digest not in text
    answer = client.get(f"/files/{one.pk}/")
    assert b"".join(answer.streaming_content).decode() == "护栏已装"  # type: ignore[attr-defined]
    assert act_as(stranger()).get(f"/files/{one.pk}/").status_code == 404
