"""Valid rows for tests of declarations, where the columns of a row hang together."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any, TypeVar

from django.db import models

from anlan.enterprises.models import (
    Closure,
    ClosurePlan,
    Enterprise,
    Facility,
    Licence,
    LicenceCheck,
    LicenceDraw,
    Standing,
)
from anlan.kernel.scope import unscoped_block
from anlan.kernel.testing import make_row, register_maker
from anlan.standards.models import FacilityKind

KIND = "sample-facility"
# What measures of facilities ask for, so that a sample row is counted by each of them.
ATTRIBUTES = {"overhead": True, "monitored": True, "sealed": True, "shift_people": 100}
_numbers = itertools.count(1)


def licence(**values: Any) -> Licence:
    """A licence; one that has ended was cancelled."""
    given: dict[str, Any] = {"kind": "安全生产许可证", "number": f"许 {next(_numbers)}"}
    if values.get("ended_on"):
        given["standing"] = Standing.CANCELLED
    if "enterprise" not in values and "enterprise_id" not in values:
        given["enterprise"] = make_row(Enterprise)
    row = Licence(**{**given, **values})
    row.full_clean()
    row.save()
    return row


def facility(**values: Any) -> Facility:
    """A facility of a kind of its own, held by nobody in particular."""
    kinds = FacilityKind.objects.unscoped("a test's own kind")
    if "kind" not in values and not kinds.filter(key=KIND).exists():
        asked = [
            {"key": key, "label": key, "type": "flag" if value is True else "integer"}
            for key, value in ATTRIBUTES.items()
        ]
        FacilityKind(key=KIND, label="样例设施", industry="tailings", attributes=asked).save()
    number = next(_numbers)
    given: dict[str, Any] = {
        "kind": KIND,
        "name": f"样例设施{number}",
        "number": f"S{number}",
        "holder": "样例单位",
    }
    if "kind" not in values:
        given["attributes"] = dict(ATTRIBUTES)
    row = Facility(**{**given, "region_path": "360000/361100/", **values})
    with unscoped_block("a row made for a test"):
        row.full_clean()
        row.save()
    return row


def plan(**values: Any) -> ClosurePlan:
    """A plan of a year of its own."""
    given = {"year": 2000 + next(_numbers) % 100, "region_path": "360000/361100/", "industry": "noncoal-mine"}
    return _saved(ClosurePlan(**{**given, "number": 3, **values}))


def closure(**values: Any) -> Closure:
    """A case that has only a name, in a plan of its own; one that was struck off says when."""
    given: dict[str, Any] = {
        "name": f"样例对象{next(_numbers)}", "reason": Closure.Reason.UNSAFE, "planned_on": date(2023, 6, 20),
        "region_path": "360000/361100/",
    }  # fmt: skip
    if values.get("state") == Closure.State.DELISTED:
        given["accepted_on"] = date(2023, 6, 20)
    if "plan" not in values and "plan_id" not in values:
        given["plan"] = plan(region_path=values.get("region_path", given["region_path"]))
    return _saved(Closure(**{**given, **values}))


def draw(**values: Any) -> LicenceDraw:
    """A draw from a list of nothing."""
    given: dict[str, Any] = {"region_path": "360000/361100/", "issued_from": date(2023, 1, 1)}
    return _saved(LicenceDraw(**{**given, "issued_until": date(2023, 6, 1), "seed": "7", **values}))


def check(**values: Any) -> LicenceCheck:
    """A licence drawn; one with a result says who looked and when."""
    given: dict[str, Any] = {"checker": "样例核查人", "finding": "样例情况"}
    if "draw" not in values and "draw_id" not in values:
        given["draw"] = draw()
    if "licence" not in values and "licence_id" not in values:
        given["licence"] = licence()
    row = LicenceCheck(**{**given, **values})
    row.derive()
    return _saved(row)


Row = TypeVar("Row", bound=models.Model)


def _saved(row: Row) -> Row:
    with unscoped_block("a row made for a test"):
        row.full_clean()
        row.save()
    return row


register_maker(ClosurePlan, plan)
register_maker(Closure, closure)
register_maker(LicenceDraw, draw)
register_maker(LicenceCheck, check)
register_maker(Facility, facility)
register_maker(Licence, licence)
