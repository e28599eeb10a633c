"""Valid rows for tests of declarations, where the columns of a row hang together."""

from __future__ import annotations

import itertools
from typing import Any

from anlan.enterprises.models import Enterprise, Licence, Standing
from anlan.kernel.testing import make_row, register_maker

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


register_maker(Licence, licence)
