"""The wizard from upload to undo, the export, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.kernel import jobs
from anlan.kernel.exchange.tests.conftest import HEAD, HERE, THERE, line
from anlan.kernel.models import AuditEntry, ImportBatch, Job
from anlan.kernel.pages import exchange as pages
from anlan.kernel.scope import Actor
from anlan.kernel.testing import make_row
from tests.example.models import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.FILES = tmp_path / "files"


_current: list[Actor] = []


def current_actor(request: Any) -> Actor:
    """Stands in for the organisation's answer to the question who asks."""
    return _current[0]


@pytest.fixture
def act_as(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Client]:
    """A browser in which the house takes whoever is signed in for this actor."""
    from django.contrib.auth import get_user_model

    settings.ANLAN_ACTOR_FACTORY = f"{__name__}.current_actor"
    client.handler.load_middleware()

    def act(who: Actor) -> Client:
        person = get_user_model().objects.get(pk=who.person_id)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        _current[:] = [who]
        monkeypatch.setattr(jobs, "actor_of", lambda job: who)
        return client

    return act


def send(client: Client, path: Path, name: str = "隐患台账.xlsx") -> Any:
    upload = SimpleUploadedFile(name, path.read_bytes())
    return client.post("/faults/import/", {"file": upload}, follow=True)


def batch_of() -> Any:
    return ImportBatch.objects.unscoped("test").latest("id")


def all_faults() -> Any:
    return Fault.objects.unscoped("test")


def text_of(response: Any) -> Any:
    return response.content.decode()


def test_from_upload_to_undo(act_as, officer, site, book):
    client = act_as(officer)
    assert "单位自己的台账也可以" in text_of(client.get("/faults/import/"))
    shown = text_of(send(client, book(["台账"], HEAD, line(1), line(2, 级别="较重"), line(3))))
    assert "写入 2 行" in shown and "只能是“一般”或“重大”。" in shown and "较重" in shown
    assert all_faults().count() == 0
    batch = batch_of()
    assert client.get(f"/imports/{batch.pk}/?show=created").status_code == 200
    done = text_of(client.post(f"/imports/{batch.pk}/commit/", follow=True))
    assert all_faults().count() == 2 and "整批撤销" in done
    client.post(f"/imports/{batch.pk}/commit/")
    assert all_faults().count() == 2
    returned = client.get(f"/imports/{batch.pk}/wrong/")
    assert returned["Content-Disposition"].startswith("attachment") and b"".join(returned)[:2] == b"PK"
    undone = text_of(client.post(f"/imports/{batch.pk}/undo/", follow=True))
    assert all_faults().count() == 0 and "已撤销：撤去 2 行" in undone


def test_a_proposal_is_accepted_with_one_button(act_as, officer, site, book):
    client = act_as(officer)
    assert "改为鄱阳县" in text_of(send(client, book(HEAD, line(1, 县区="波阳县"))))
    accepted = {"field": "region_path", "value": "波阳县", "proposal": "鄱阳县"}
    shown = text_of(client.post(f"/imports/{batch_of().pk}/fix/", accepted, follow=True))
    assert "写入 1 行" in shown


def test_a_mapping_is_corrected_on_the_page(act_as, officer, site, book):
    client = act_as(officer)
    head = [*HEAD[:10], "责任人甲", "验收人"]
    send(client, book(head, line(1)))
    address = f"/imports/{batch_of().pk}/map/"
    assert "责任人甲" in text_of(client.get(address))
    names = [
        "",
        "number",
        "site",
        "region_path",
        "industry",
        "description",
        "level",
        "found_on",
        "due_on",
        "cost",
        "mender",
    ]
    chosen = {f"column-{n}": name for n, name in enumerate(names)}
    client.post(address, chosen)
    client.post(f"/imports/{batch_of().pk}/commit/")
    assert all_faults().get().mender == "张三"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "读不出来"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "网页"),
        ("你好,世界\n1,2\n".encode(), "没有找到表头"),
        (b"\x81\xff\xfe\x9c" * 50, "编码认不出来"),
    ],
)
def test_a_file_that_is_no_ledger_gets_a_sentence(act_as, officer, content, word, tmp_path):
    (tmp_path / "x").write_bytes(content)
    response = send(act_as(officer), tmp_path / "x", "x.xlsx")
    assert response.status_code == 200 and word in text_of(response)


def test_a_file_above_the_limit_is_dropped_on_the_way(act_as, officer, settings, tmp_path, monkeypatch):
    from django.core.files import uploadhandler

    settings.ANLAN_UPLOAD_LIMIT = 1_500_000
    kept: list[int] = []

    def counted(self: Any, data: bytes, start: int) -> Any:
        kept.append(len(data))
        return keep(self, data, start)

    keep = uploadhandler.TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "receive_data_chunk", counted)
    (tmp_path / "big").write_bytes(b"x" * 6_000_000)
    response = send(act_as(officer), tmp_path / "big", "big.csv")
    assert "最多 1 MB" in text_of(response) and kept == []
    assert not ImportBatch.objects.unscoped("test").exists()


@pytest.mark.django_db(transaction=True)
def test_a_large_sheet_is_read_and_written_by_jobs(act_as, officer, site, book, monkeypatch):
    monkeypatch.setattr(pages, "READ_AT_ONCE", 0)
    monkeypatch.setattr(pages, "WRITE_AT_ONCE", 0)
    client = act_as(officer)
    assert "排队中" in text_of(send(client, book(HEAD, line(1), line(2))))
    jobs.run(Job.objects.unscoped("test").latest("id").pk)
    batch = batch_of()
    assert "写入 2 行" in text_of(client.get(f"/imports/{batch.pk}/"))
    client.post(f"/imports/{batch.pk}/commit/")
    again = client.post(f"/imports/{batch.pk}/commit/")
    job = Job.objects.unscoped("test").latest("id")
    assert again["Location"] == f"/jobs/{job.pk}/" and Job.objects.unscoped("test").count() == 2
    jobs.run(job.pk)
    assert all_faults().count() == 2
    done = client.get(f"/jobs/{job.pk}/")
    assert done["Location"] == f"/imports/{batch.pk}/"


def test_few_rows_are_exported_at_once_and_recorded(act_as, officer, site):
    make_row(Fault, number="Q1", site=site, region_path=HERE, level="major")
    make_row(Fault, number="Q2", site=site, region_path=HERE)
    make_row(Fault, number="Q3", site=site, region_path=THERE)
    client = act_as(officer)
    response = client.get("/faults/export/?level=major&format=csv")
    text = b"".join(response).decode("utf-8-sig")
    assert "Q1" in text and "Q2" not in text and "Q3" not in text
    assert "filename*=utf-8''" in response["Content-Disposition"]
    entry = AuditEntry.objects.unscoped("test").get(act="export")
    assert entry.note == "1 行；筛选：level=major" and entry.ledger == "faults"


@pytest.mark.django_db(transaction=True)
def test_many_rows_are_exported_by_one_job(act_as, officer, stranger, site, monkeypatch):
    monkeypatch.setattr(pages, "EXPORT_AT_ONCE", 1)
    for n in range(3):
        make_row(Fault, number=f"Q{n}", site=site, region_path=HERE)
    client = act_as(officer)
    first, second = client.get("/faults/export/"), client.get("/faults/export/")
    assert first["Location"] == second["Location"]
    job = Job.objects.unscoped("test").get()
    jobs.run(job.pk)
    assert AuditEntry.objects.unscoped("test").get(act="export").note.startswith("3 行")
    assert "下载" in text_of(client.get(first["Location"]))
    assert b"".join(client.get(f"{first['Location']}result/"))[:2] == b"PK"
    client = act_as(stranger)
    for tail in ("", "result/"):
        assert client.get(f"{first['Location']}{tail}").status_code == 404


def test_a_stranger_finds_neither_batch_nor_job(act_as, officer, stranger, site, book):
    send(act_as(officer), book(HEAD, line(1)))
    batch = batch_of()
    client = act_as(stranger)
    for tail in ("", "map/", "wrong/"):
        assert client.get(f"/imports/{batch.pk}/{tail}").status_code == 404
    for tail in ("commit/", "undo/", "fix/"):
        assert client.post(f"/imports/{batch.pk}/{tail}").status_code == 404
    assert all_faults().count() == 0


def test_whoever_may_only_look_can_neither_import_nor_export(act_as, officer):
    from dataclasses import replace

    seat = replace(officer.seats[0], permissions=frozenset({"faults.view"}))
    client = act_as(replace(officer, seats=(seat,), seat=seat))
    for name in ("import", "export", "template"):
        assert client.get(f"/faults/{name}/").status_code == 404


def test_the_template_is_handed_out(act_as, officer):
    response = act_as(officer).get("/faults/template/")
    assert b"".join(response)[:2] == b"PK"
