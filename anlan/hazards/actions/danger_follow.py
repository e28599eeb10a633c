"""What follows when a danger was saved: what hangs on it keeps its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.hazards.models import DangerLetter, DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.kernel.scope import Actor

PLACE = ("region_path", "industry", "enterprise_id")


def follow(actor: Actor, row: HiddenDanger, differences: Mapping[str, Any]) -> None:
    """Plans, requests, listings and lines of letters move with their danger."""
    moved = [name for name in PLACE if name in differences and differences[name][0] is not None]
    if not moved:
        return
    change = {name: getattr(row, name) for name in PLACE}
    for model in (DangerPlan, DangerRequest, DangerListing, DangerLetter):
        model.objects.unscoped("what hangs on a danger follows it").filter(danger=row).update(**change)
