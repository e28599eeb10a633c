"""The cast and the rows that the tests of the mechanisms share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model

from anlan.kernel.clock import SHANGHAI
from anlan.kernel.scope import Actor, Reach
from anlan.kernel.testing import actor, make_row, seat
from tests.example.models import Fault, Site

PROVINCE, CITY = "360000/", "360000/361100/"
COUNTY, SECOND, OTHER = "360000/361100/361130/", "360000/361100/361129/", "360000/360400/360428/"


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def county() -> Actor:
    """The county's officer, who may do everything with faults."""
    return actor(
        seat("faults.*", "sites.*", "referrals.*", path=COUNTY, unit_id=11), person_id=1, name="吴晓峰"
    )


def city() -> Actor:
    """The city's officer, who only reads."""
    return actor(seat("faults.view", "sites.view", path=CITY, unit_id=21), person_id=2, name="周敏")


def stranger() -> Actor:
    """The other city's officer, with the same permissions as the county's."""
    return actor(seat("faults.*", "sites.*", "referrals.*", path=OTHER, unit_id=31), person_id=3, name="路人")


def only_own() -> Actor:
    """Somebody who sees what they found themselves."""
    return actor(seat("faults.view", path=COUNTY, reach=Reach.OWN, person_id=4), person_id=4, name="郑工")


def fault(path: str = COUNTY, **values: Any) -> Fault:
    """A stored fault."""
    site = values.pop("site", None) or make_row(
        Site, region_path=path, industry=values.get("industry", "矿山")
    )
    values = {"industry": "矿山", "found_on": date(2023, 6, 1), "description": "护栏缺失", **values}
    row: Fault = make_row(Fault, region_path=path, site=site, **values)
    return row


def person(username: str, email: str = "") -> int:
    """A person with an account; gives the id."""
    found = get_user_model()(username=username, name=username, email=email)
    found.set_unusable_password()
    found.save()
    return int(found.pk)


def fresh(row: Fault) -> Fault:
    """The row as it is stored now."""
    found: Fault = Fault.objects.unscoped("a test looks").get(pk=row.pk)
    return found
