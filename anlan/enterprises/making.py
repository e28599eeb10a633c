"""How tests of declarations make rows of the register that cannot be guessed: a facility needs a kind."""

from __future__ import annotations

import itertools
from typing import Any

from anlan.enterprises.models import Facility
from anlan.kernel.scope import unscoped_block
from anlan.kernel.testing import register_maker
from anlan.standards.models import FacilityKind

KIND = "sample-facility"
_numbers = itertools.count(1)


def make_facility(**values: Any) -> Facility:
    """A facility of a kind without attributes, held by nobody in particular."""
    kinds = FacilityKind.objects.unscoped("a test's own kind")
    if "kind" not in values and not kinds.filter(key=KIND).exists():
        FacilityKind(key=KIND, label="样例设施", industry="tailings").save()
    number = next(_numbers)
    given = {"kind": KIND, "name": f"样例设施{number}", "number": f"S{number}", "holder": "样例单位"}
    row = Facility(**{**given, "region_path": "360000/361100/", **values})
    with unscoped_block("a row made for a test"):
        row.full_clean()
        row.save()
    return row


register_maker(Facility, make_facility)
