"""What hangs on a row: files taken off with a reason, terms moved by a decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.kernel import deadline, files
from anlan.kernel.due import Term, end_of
from anlan.kernel.models import AuditEntry
from anlan.kernel.tests.mechanisms import at, city, county, fault, stranger
from anlan.kernel.tests.test_move_pages import ActAs, read
from tests.conformance.conftest import act_as

__all__ = ["act_as"]
pytestmark = pytest.mark.django_db


def entries(act: str) -> Any:
    return AuditEntry.objects.unscoped("test").filter(act=act)


def test_a_file_is_taken_off_with_a_reason_by_whoever_may_change_the_row(
    act_as: ActAs, settings: Any, tmp_path: Path
) -> None:
    settings.FILES = tmp_path
    row = fault()
    hung = files.attach(county(), row, SimpleUploadedFile("会议纪要.txt", "六月例会".encode()))
    url = f"/faults/{row.pk}/files/{hung.pk}/remove/"
    assert url in read(act_as(county()).get(f"/faults/{row.pk}/"))
    assert url not in read(act_as(city()).get(f"/faults/{row.pk}/"))
    for who in (city(), stranger()):
        assert act_as(who).post(url, {"reason": "传错了"}).status_code == 404
    client = act_as(county())
    assert client.get(url).status_code == 200
    assert "此项必填" in read(client.post(url, {"reason": ""})) and files.attached(row).count() == 1
    assert client.post(url, {"reason": "传错了"}).status_code == 302
    assert files.attached(row).count() == 0
    assert entries("detach").get().note == "会议纪要.txt：传错了"
    assert client.post(url, {"reason": "传错了"}).status_code == 404


def test_a_term_moves_to_a_later_day_on_the_ground_of_a_decision(act_as: ActAs) -> None:
    row = fault()
    term = deadline.start(row, "mend", "整改期限", Term(10), at("2023-06-01 09:00"))
    url = f"/faults/{row.pk}/terms/{term.pk}/extend/"
    client = act_as(county())
    assert url in read(client.get(f"/faults/{row.pk}/"))
    early = client.post(url, {"until": "2023-06-05", "decision": "张局同意"})
    assert early.status_code == 422 and "新的期限应晚于原期限 2023-06-11" in read(early)
    assert "此项必填" in read(client.post(url, {"until": "2023-06-25", "decision": ""}))
    assert client.post(url, {"until": "2023-06-25", "decision": "婺安字〔2023〕6号"}).status_code == 302
    moved = deadline.of_row(row).get()
    assert moved.due_at == end_of(date(2023, 6, 25)) and moved.extensions[0][3] == "婺安字〔2023〕6号"
    assert entries("extend").get().note == "整改期限：婺安字〔2023〕6号"
    for who in (city(), stranger()):
        assert act_as(who).post(url, {"until": "2023-07-25", "decision": "x"}).status_code == 404


def test_a_person_says_how_to_be_told(act_as: ActAs) -> None:
    from anlan.kernel.models import NoticeChoice

    client = act_as(county())
    assert "/notices/wishes/" in read(client.get("/notices/"))
    half = client.post("/notices/wishes/", {"email": "on", "quiet_from": "22:00", "quiet_to": ""})
    assert half.status_code == 422 and "从几点到几点" in read(half)
    assert "读不出时间" in read(client.post("/notices/wishes/", {"digest_at": "早上"}))
    sent = {"digest_at": "08:30", "quiet_from": "22:00", "quiet_to": "07:30"}
    assert client.post("/notices/wishes/", sent).status_code == 302
    choice = NoticeChoice.objects.unscoped("test").get()
    assert (choice.email, str(choice.digest_at), str(choice.quiet_to)) == (False, "08:30:00", "07:30:00")
    assert client.post("/notices/wishes/", {"email": "on"}).status_code == 302
    choice.refresh_from_db(from_queryset=NoticeChoice.objects.unscoped("test"))
    assert choice.email and choice.digest_at is None
