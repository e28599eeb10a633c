"""A batch is written as it was shown, and read again where what was shown no longer holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.kernel import registry
from anlan.kernel.exchange import batches
from anlan.kernel.exchange.tests.conftest import HEAD, HERE, THERE, line
from anlan.kernel.models import ImportBatch
from anlan.kernel.testing import make_row
from tests.example.models import Fault, Site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.FILES = tmp_path / "files"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of every file that is read."""
    found: list[str] = []

    def read(*args: Any, file_name: str = "", **more: Any) -> Any:
        found.append(file_name)
        return original(*args, file_name=file_name, **more)

    original = batches.read
    monkeypatch.setattr(batches, "read", read)
    return found


def taken(actor: Any, path: Path) -> ImportBatch:
    return batches.take_in(
        actor, registry.ledger("faults"), SimpleUploadedFile("台账.xlsx", path.read_bytes())
    )


def all_faults() -> Any:
    return Fault.objects.unscoped("test")


def test_the_file_is_read_once_and_written_as_shown(officer, site, book, readings):
    batch = taken(officer, book(HEAD, line(1), line(2, 级别="较重"), line(3, 整改资金="1,200.5")))
    batches.trial(officer, batch)
    batch = batches.commit(officer, batch.pk)
    assert readings == ["台账.xlsx"]
    rows = {row.number: row for row in all_faults().select_related("site")}
    assert set(rows) == {"YH00001", "YH00003"}
    assert str(rows["YH00003"].cost) == "1200.50" and rows["YH00001"].site.name == "甲公司"
    assert rows["YH00001"].due_on.isoformat() == "2023-06-30" and rows["YH00001"].region_path == HERE
    assert (batch.counts["read"], batch.counts["created"], batch.counts["wrong"]) == (3, 2, 1)
    assert [one.line for one in batches.findings(batch)["wrong"]] == [3]
    assert batches.wrong_file(batch)


def test_a_clash_that_came_after_the_trial_is_returned_with_its_reason(officer, site, book, readings):
    batch = taken(officer, book(HEAD, line(1), line(2)))
    batches.trial(officer, batch)
    make_row(Fault, number="YH00002", site=site, region_path=THERE, description="别处先登记的")
    batch = batches.commit(officer, batch.pk)
    assert batch.counts["created"] == 1 and batch.counts["wrong"] == 1
    assert "不在您的职责范围内" in batches.findings(batch)["wrong"][0].reason
    assert batches.wrong_file(batch)


def test_a_clash_that_has_gone_since_the_trial_is_no_clash(officer, site, book, readings):
    other = make_row(Fault, number="YH00002", site=site, region_path=THERE, description="别处先登记的")
    batch = taken(officer, book(HEAD, line(1), line(2)))
    assert batches.trial(officer, batch).counts()["wrong"] == 1
    all_faults().filter(pk=other.pk).delete()
    batch = batches.commit(officer, batch.pk)
    assert batch.counts["created"] == 2 and batch.counts["wrong"] == 0
    assert batches.wrong_file(batch) is None


def test_a_row_referred_to_that_went_out_of_sight_is_not_written(officer, site, book, readings):
    batch = taken(officer, book(HEAD, line(1)))
    batches.trial(officer, batch)
    Site.objects.unscoped("test").filter(pk=site.pk).update(region_path=THERE)
    batch = batches.commit(officer, batch.pk)
    assert batch.counts["created"] == 0 and not all_faults().exists()
    assert batches.findings(batch)["wrong"][0].field == "site"


def test_another_mapping_asks_for_another_reading(officer, site, book, readings):
    batch = taken(officer, book(HEAD, line(1)))
    plan = batches.trial(officer, batch)
    chosen = {str(one.column): one.field for one in plan.layout.headings}
    cost = next(str(one.column) for one in plan.layout.headings if one.field == "cost")
    batches.map_columns(batch, {cost: "整改资金"}, {**chosen, cost: ""})
    batches.commit(officer, batch.pk)
    assert len(readings) == 2 and all_faults().get().cost is None
