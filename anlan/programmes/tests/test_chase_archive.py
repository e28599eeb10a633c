"""The sheets of all units as one zip, made by a worker and fetched from the job's page."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anlan.programmes.actions import chase_fill_in, chase_fill_out, run
from anlan.programmes.tests.running import Running, running_world
from anlan.programmes.tests.test_chase_sheets import QUOTA, back, filled, first, say
from anlan.programmes.tests.worker import newest, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Running:
    """Dispatched on 1 March 2023; it is the 20th of June."""
    settings.FILES = tmp_path
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    monkeypatch.setenv("ANLAN_TODAY", "2023-06-20")
    return made


def browse(running: Running, member: str) -> Client:
    client = Client()
    client.force_login(running.world.person(member), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_worker_zips_one_sheet_a_unit_and_each_is_filled_and_taken_in(running: Running) -> None:
    client, url = browse(running, "city_officer"), reverse("fill-out-all", args=[running.programme.pk])
    page = client.post(url)["Location"]
    assert page == reverse("job", args=[newest().pk]) and newest().state == "waiting"
    work()
    job = newest()
    assert job.state == "done", job.message
    units = chase_fill_out.units_in(running.world.actor("city_officer"), running.programme)
    assert (job.total, job.message) == (len(units), f"共 {len(units)} 家单位，每家一份。")
    answer = client.get(reverse("job-result", args=[job.pk]))
    assert answer.status_code == 200 and "zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as parts:  # type: ignore[attr-defined]
        sheets = {name: parts.read(name) for name in parts.namelist()}
    assert len(sheets) == len(units) > 3
    (mine,) = [data for name, data in sheets.items() if "住房" in name]
    assert CalamineWorkbook.from_filelike(io.BytesIO(mine)).sheet_names[0]
    office = running.world.actor("city_officer")
    batch = back(running, filled(mine, say(QUOTA, "正在办理", 20, "", "已改造20栋")), office)
    chase_fill_in.commit(office, batch.pk, running.programme, {})
    assert first(running, QUOTA).claimed == 20


def test_only_the_issuing_office_asks_for_all_sheets_and_only_who_asked_fetches_them(
    running: Running,
) -> None:
    url = reverse("fill-out-all", args=[running.programme.pk])
    for member in ("department_officer", "county_officer", "stranger"):
        assert browse(running, member).post(url).status_code == 404
    browse(running, "city_officer").post(url)
    work()
    result = reverse("job-result", args=[newest().pk])
    assert browse(running, "stranger").get(result).status_code == 404
    assert browse(running, "department_officer").get(result).status_code == 404
