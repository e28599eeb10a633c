"""A slip goes from a row to an office: its people are told and take it up, the sender reads the answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from anlan.kernel import deadline
from anlan.kernel.models import Notice, Referral
from anlan.kernel.testing import make_row
from anlan.org.testing import PASSWORD, World, make_world
from anlan.org.tests.staff import sign_in
from tests.example.models import Fault, Site

pytestmark = pytest.mark.django_db
COUNTY = "360000/361100/361130/"


@pytest.fixture
def world() -> World:
    """The cast, whose committee officers also keep the example's ledger of faults."""
    return make_world({"committee-officer": ["faults.*", "sites.*"], "inspector": ["faults.view"]})


def client_of(world: World, key: str) -> Client:
    client = Client()
    assert sign_in(client, world.person(key).username, PASSWORD).status_code == 302
    return client


def fault() -> Fault:
    site = make_row(Site, region_path=COUNTY, industry="矿山")
    found: Fault = make_row(
        Fault,
        region_path=COUNTY,
        site=site,
        industry="矿山",
        found_on=date(2023, 6, 1),
        description="护栏缺失",
    )
    return found


def test_a_matter_is_handed_over_and_answered(world: World) -> None:
    row, city = fault(), client_of(world, "city_officer")
    office = world.unit("safety-committee-office", "361130")
    url = f"/faults/{row.pk}/refer/"
    assert f'href="{url}"' in city.get(f"/faults/{row.pk}/").content.decode()
    assert city.get(url).status_code == 200
    sent = {"unit": str(office.pk), "ledger": "faults", "reason": "请于本月内核查护栏", "amount": "10",
            "counted": "days", "idempotency_key": "k1"}  # fmt: skip
    assert city.post(url, {**sent, "reason": ""}).status_code == 422
    own = world.unit("safety-committee-office", "361100")
    assert "您自己的单位" in city.post(url, {**sent, "unit": str(own.pk)}).content.decode()
    for _ in range(2):  # a double click
        assert city.post(url, {**sent, "idempotency_key": "k2"}).status_code == 302
    slip = Referral.objects.unscoped("test").get()
    assert (slip.to_unit_id, slip.to_region_path) == (office.pk, COUNTY)
    term = deadline.of_row(slip).get()
    assert slip.number in city.get(f"/faults/{row.pk}/").content.decode()

    county = client_of(world, "county_officer")
    told = Notice.objects.unscoped("test").filter(ledger="referrals", person=world.person("county_officer"))
    assert "护栏" in told.get().text
    page = county.get(f"/referrals/{slip.pk}/").content.decode()
    assert "接收" in page and "/extend/" not in page  # the term is the sender's to move
    assert county.post(f"/referrals/{slip.pk}/terms/{term.pk}/extend/", {}).status_code == 404
    assert (
        f"/referrals/{slip.pk}/terms/{term.pk}/extend/" in city.get(f"/referrals/{slip.pk}/").content.decode()
    )
    assert county.post(f"/referrals/{slip.pk}/move/accept/").status_code == 302
    assert county.post(f"/referrals/{slip.pk}/move/finish/", {"reply": "护栏已装"}).status_code == 302
    assert "护栏已装" in city.get(f"/referrals/{slip.pk}/").content.decode()


def test_whoever_may_not_hand_over_finds_no_page(world: World) -> None:
    row = fault()
    for key in ("county_inspector", "stranger"):
        client = client_of(world, key)
        assert client.get(f"/faults/{row.pk}/refer/").status_code == 404
        assert client.post(f"/faults/{row.pk}/refer/", {"reason": "x"}).status_code == 404
    assert not Referral.objects.unscoped("test").exists()
