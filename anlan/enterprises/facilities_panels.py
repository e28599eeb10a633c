"""What a facility shows beyond its attributes: whose it is, and what belongs to its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.enterprises.models import Facility
from anlan.kernel.scope import Actor
from anlan.standards import reads as standards


def whose(row: Facility) -> str:
    """The firm, else who holds it."""
    return row.enterprise.name if row.enterprise else row.holder


def whose_cell(row: Facility) -> SafeString:
    """The same for a cell."""
    return conditional_escape(whose(row))


def of_kind(actor: Actor, row: Facility) -> Mapping[str, Any]:
    """How many lines the checklist has in the place of the row, with its address; licences and sensors."""
    kind = standards.kind(row.kind)
    return {
        "checks": standards.checklist(actor, kind=row.kind, place=row.region_path).count(),
        "sheet": f"{reverse('checklist-sheet')}?{urlencode({'kind': row.kind})}",
        "licences": standards.licence_kinds(facility_kind=row.kind),
        "sensors": standards.sensor_kinds(facility_kind=row.kind),
        "note": kind.note if kind else "",
    }
