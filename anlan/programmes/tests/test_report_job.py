"""A long report is written by a worker while its page shows how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from anlan.papers.models import Paper
from anlan.programmes.actions import report_paper
from anlan.programmes.pages import report_office
from anlan.programmes.tests.running import Running
from anlan.programmes.tests.test_report import browse, city, round_of
from anlan.programmes.tests.worker import newest, work

__all__ = ["city"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_of_many_items_is_drafted_by_a_worker_and_leads_to_the_draft(
    city: Running, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    monkeypatch.setattr(report_office, "MANY", 1)
    client, url = browse(city, "city_officer"), reverse("report-draft", args=[round_of(city).pk])
    answer = client.post(url, {"idempotency_key": "d1"})
    job = newest()
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert client.post(url, {"idempotency_key": "d1"})["Location"] == answer["Location"]
    assert not Paper.objects.unscoped("test").exists()
    work()
    job = newest()
    paper = Paper.objects.unscoped("test").get()
    assert (job.state, job.total) == ("done", 2), job.message
    assert job.result_url == reverse("paper", args=[paper.pk])
    assert f"定格 {len(report_paper.moved(paper))} 个数" in job.message
    assert browse(city, "stranger").post(url, {"idempotency_key": "x"}).status_code == 404
