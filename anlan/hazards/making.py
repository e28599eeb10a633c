"""Valid rows for tests of declarations, where dates hang together."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from anlan.hazards.models import DangerListing, HiddenDanger
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


register_maker(HiddenDanger, danger)
register_maker(DangerListing, listing)
