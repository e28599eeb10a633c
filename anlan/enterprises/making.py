"""Valid rows for tests of declarations, where the columns of a row hang together."""

from __future__ import annotations

import itertools
from typing import Any

from anlan.enterprises.models import Enterprise, Facility, Licence, Standing
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


register_maker(Facility, facility)
register_maker(Licence, licence)
