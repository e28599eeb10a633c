"""Valid rows for tests of declarations, where dates hang together."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from anlan.hazards.models import DangerListing, HiddenDanger, RiskPoint, WorkConfirmation
from anlan.hazards.models.risk import SIDES
from anlan.kernel.due import start_of
from anlan.kernel.testing import make_row, register_maker

_numbers = itertools.count(1)


def danger(**values: Any) -> HiddenDanger:
    """A danger at a firm, found before whatever else is dated."""
    from anlan.enterprises.models import Enterprise

    number = next(_numbers)
    dated = [one for one in values.values() if isinstance(one, date)]
    given: dict[str, Any] = {
        "region_path": "360000/361100/",
        "industry": "fire",
        "description": f"隐患 {number}",
        "found_on": min(dated, default=date(2023, 1, 1) + timedelta(number % 200)),
        **values,
    }
    if "enterprise" not in given and "enterprise_id" not in given:
        given["enterprise"] = make_row(Enterprise, region_path=given["region_path"])
    row = HiddenDanger(**given)
    row.save()
    return row


def listing(**values: Any) -> DangerListing:
    """A listing of a danger, a year long."""
    from anlan.org.models import Unit

    day = values.get("listed_on", date(2023, 3, 1))
    given: dict[str, Any] = {
        "tier": "county",
        "number": f"督〔2023〕{next(_numbers)}号",
        "listed_on": day,
        "due_on": day + timedelta(300),
        "treating_unit": "某企业",
        **values,
    }
    if "danger" not in given:
        given["danger"] = danger()
    if "supervising_unit" not in given:
        given["supervising_unit"] = make_row(Unit)
    row = DangerListing(**given)
    row.save()
    return row


def confirmation(**values: Any) -> WorkConfirmation:
    """A confirmed sheet of a firm; one that is still open may know its hour, the other way is not allowed."""
    from anlan.enterprises.models import Enterprise

    day = values.get("on_day", date(2023, 3, 1))
    number, at = next(_numbers), start_of(day)
    given: dict[str, Any] = {
        "job": f"岗位 {number}",
        "place": "车间",
        "on_day": day,
        "confirmed_at": at,
        **values,
    }
    if "enterprise" not in given and "enterprise_id" not in given:
        path = given.get("region_path", "360000/361100/")
        given["enterprise"] = make_row(Enterprise, region_path=path)
    row = WorkConfirmation(**given)
    row.save()
    return row


def point(**values: Any) -> RiskPoint:
    """A risk point of a job, graded orange on both sides: measures of high risks count it."""
    from anlan.enterprises.models import Enterprise

    number = next(_numbers)
    factors = {
        f"{side}_{name}": value for side in SIDES for name, value in zip("lec", (3, 6, 15), strict=True)
    }
    given: dict[str, Any] = {
        "name": f"风险点 {number}", "hazard": "坠落", "job": f"岗位 {number}",
        "reviewed_on": date(2023, 3, 1), **factors, **values,
    }  # fmt: skip
    if "enterprise" not in given and "enterprise_id" not in given:
        path = given.get("region_path", "360000/361100/")
        given["enterprise"] = make_row(Enterprise, region_path=path)
    row = RiskPoint(**given)
    row.full_clean()
    row.save()
    return row


register_maker(WorkConfirmation, confirmation)
register_maker(RiskPoint, point)
register_maker(HiddenDanger, danger)
register_maker(DangerListing, listing)
