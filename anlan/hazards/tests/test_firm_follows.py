"""A firm moves or changes its industry: what is going on goes along, what has happened stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.enterprises.actions import following
from anlan.enterprises.models import Certificate, Enterprise, Facility, KeyPerson, Licence, Site
from anlan.enterprises.testing import LIANXI
from anlan.hazards.actions import work
from anlan.hazards.models import (
    DangerListing,
    DangerPlan,
    DangerRequest,
    GuarantorDuty,
    HiddenDanger,
    InstallationAssessment,
    RiskPoint,
    ShiftLeader,
    SitePlan,
)
from anlan.hazards.tests.risk_case import TODAY, Case, case, fresh
from anlan.hazards.tests.test_installation import appoint
from anlan.kernel.models import AuditEntry, Deadline
from anlan.kernel.scope import ScopedModel, system_actor
from anlan.kernel.testing import make_row
from anlan.kernel.writing import write

__all__ = ["case"]
HOUSE = system_actor("测试")
Rows = dict[str, Any]
SHEET = {
    "place": "罐区",
    "activity": "",
    "on_day": TODAY,
    "shift": "day",
    "workers": "张某",
    "guardian": "赵某",
}


@pytest.fixture
def rows(case: Case) -> Rows:
    """One of each, at the firm; and what is over."""
    at = {"enterprise": case.firm}
    there = {"region_path": case.firm.region_path, "industry": case.firm.industry}
    own = make_row(Site, **at, name="分厂", region_path=LIANXI, address="濂溪大道 1 号")
    person = make_row(KeyPerson, **at)
    open_danger = make_row(HiddenDanger, **at, **there)
    who = appoint(case)
    duty = GuarantorDuty.objects.unscoped("a test looks").get(guarantor=who)
    over = GuarantorDuty(guarantor=who, starts_on=date(2023, 6, 5), due_on=date(2023, 6, 11), state="missed")
    over.save()
    point = case.point()
    return {
        "site": make_row(Site, **at, name="厂区", region_path=case.firm.region_path),
        "person": person,
        "certificate": make_row(Certificate, person=person, enterprise=case.firm),
        "licence": make_row(Licence, **at),
        "facility": make_row(Facility, **at, region_path=case.firm.region_path),
        "point": point,
        "plan": make_row(SitePlan, **at),
        "unit": who.installation,
        "assessment": InstallationAssessment.objects.unscoped("a test looks").get(),
        "guarantor": who,
        "duty": duty,
        "sheet": work.begin(case.user, case.firm.pk, point.job, SHEET),
        "danger": open_danger,
        "treatment": make_row(DangerPlan, danger=open_danger),
        "request": make_row(DangerRequest, danger=open_danger),
        "listing": make_row(DangerListing, danger=open_danger),
        "*own site": own,
        "*own place": make_row(Facility, **at, region_path=case.firm.region_path, address="南门 2 号"),
        "*at own site": make_row(RiskPoint, **at, site=own),
        "*retired": make_row(RiskPoint, **at, state="retired", retired_on=TODAY),
        "*missed": over,
        "*closed": make_row(HiddenDanger, **at, **there, state="closed", found_on=TODAY - timedelta(9),
                            closed_on=TODAY),
        "*elsewhere": make_row(HiddenDanger, **at, **{**there, "region_path": LIANXI}),
        "*shift": make_row(ShiftLeader, **at, came_out_at=None),
    }  # fmt: skip


def places(rows: Rows) -> dict[str, str]:
    return {name: fresh(row).region_path for name, row in rows.items()}


def move(case: Case, **change: Any) -> None:
    write(HOUSE, fresh(case.firm), change, "change")


def test_what_is_going_on_moves_and_what_has_happened_stays(case: Case, rows: Rows) -> None:
    before = places(rows)
    move(case, region_path=LIANXI)
    after = places(rows)
    assert {name for name, path in after.items() if path != LIANXI} == {
        name for name, path in before.items() if name.startswith("*") and path != LIANXI
    }
    assert all(path == LIANXI for name, path in after.items() if not name.startswith("*"))
    assert all(path == before[name] for name, path in after.items() if name.startswith("*"))
    terms = Deadline.objects.unscoped("a test looks").filter(ledger="risks", subject_id=rows["point"].pk)
    assert {one.region_path for one in terms} == {LIANXI}


def test_an_industry_follows_but_facilities_keep_that_of_their_kind(case: Case, rows: Rows) -> None:
    kept = fresh(rows["facility"]).industry
    move(case, industry="machinery")
    got = {name: fresh(row).industry for name, row in rows.items() if name not in ("site", "*own site")}
    stayed = {name for name, found in got.items() if found != "machinery"}
    assert stayed == {"facility", "*own place", "*retired", "*missed", "*closed", "*shift"}
    assert got["facility"] == kept


def test_it_is_recorded_once_with_how_many(case: Case, rows: Rows) -> None:
    move(case, region_path=LIANXI)
    told = AuditEntry.objects.unscoped("a test looks").filter(act="follow")
    assert told.count() == 1
    entry = told.get()
    assert (entry.subject_id, entry.ledger) == (case.firm.pk, "enterprises")
    for words in ("区划、监管部门变更", "风险点 1", "隐患 1", "包保履职 1", "证照 1"):
        assert words in entry.note
    move(case, phone="0793-1234567")
    assert told.count() == 1


def test_a_regulator_of_open_dangers_follows_where_it_was_the_firms(case: Case, rows: Rows) -> None:
    from anlan.org.models import Unit

    old, new = make_row(Unit), make_row(Unit)
    move(case, regulator=old)
    HiddenDanger.objects.unscoped("a test").filter(pk__in=[rows["danger"].pk, rows["*closed"].pk]).update(
        regulator=old
    )
    move(case, regulator=new)
    assert (fresh(rows["danger"]).regulator_id, fresh(rows["*closed"]).regulator_id) == (new.pk, old.pk)
    assert fresh(rows["*elsewhere"]).regulator_id is None


def test_many_rows_take_no_more_statements_than_few(case: Case, rows: Rows) -> None:
    home = case.firm.region_path
    move(case, region_path=LIANXI)
    move(case, region_path=home)
    with CaptureQueriesContext(connection) as few:
        move(case, region_path=LIANXI)
    move(case, region_path=home)
    for n in range(12):
        case.point(name=f"风险点 {n}")
    with CaptureQueriesContext(connection) as many:
        move(case, region_path=LIANXI)
    assert len(many) <= len(few) and fresh(rows["point"]).region_path == LIANXI


def test_every_table_with_copies_says_whether_it_follows() -> None:
    assert following.untold() == []


def test_nothing_moves_when_the_firm_does_not(
    case: Case, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: type[ScopedModel], ids: Any) -> None:
        if model is HiddenDanger:
            raise RuntimeError("in the middle")

    before = places(rows)
    monkeypatch.setattr(following.placed, "follow_many", broken)
    with pytest.raises(RuntimeError):
        move(case, region_path=LIANXI)
    assert places(rows) == before and fresh(case.firm).region_path != LIANXI
    assert isinstance(fresh(case.firm), Enterprise)
