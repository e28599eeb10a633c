"""What tests of dangers stand on: the cast, two firms, a picture."""

from __future__ import annotations

import io
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from anlan.enterprises.models import Enterprise
from anlan.hazards.actions import danger as act
from anlan.hazards.models import HiddenDanger
from anlan.kernel import moves
from anlan.kernel.scope import Actor
from anlan.org.cast import ENTERPRISE
from anlan.org.testing import World, make_world

TODAY = date(2023, 7, 5)
WUYUAN, XINZHOU, JIUJIANG = (
    "360000/361100/361130/",
    "360000/361100/361102/",
    "360000/360400/360402/",
)

_numbers = itertools.count(1000)


def world() -> World:
    """The cast with the shipped roles, who may see firms, and the firm of the cast's own user."""
    roles = ("committee-officer", "leader", "department-officer", "inspector", "enterprise-user")
    made = make_world({role: ["enterprises.view", "enterprise-sites.view"] for role in roles})
    unit = made.unit("emergency", "361130")
    firm(pk=ENTERPRISE, name="婺源某酒店", region_path=WUYUAN, industry="fire", regulator=unit)
    return made


def firm(**values: Any) -> Enterprise:
    """A stored firm."""
    # The cast's firm has number 1 whatever the sequence says: give every firm a number of the test's own.
    given: dict[str, Any] = {
        "pk": next(_numbers),
        "name": "某企业",
        "region_path": WUYUAN,
        "industry": "fire",
        **values,
    }
    row = Enterprise(**given)
    row.save()
    return row


def picture(shade: int = 120, name: str = "photo.jpg") -> SimpleUploadedFile:
    """A real JPEG; another shade is another picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 40), (shade, 90, 60)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def found(actor: Actor, **values: Any) -> HiddenDanger:
    """A danger on record, found today."""
    given: dict[str, Any] = {"description": "后厨可燃气体报警器断电", "found_on": TODAY, **values}
    return act.register(actor, given, [{"upload": picture()}])


FIVE: dict[str, Any] = {
    "responsible": "店主",
    "measures": "更换报警器并接入不间断电源",
    "funds": Decimal(800),
    "due_on": date(2023, 7, 20),
    "contingency": "整改期间停用燃气，专人值守",
}
DONE = {"rectification": "已更换并通电试验", "self_check": "试验三次均报警"}


def on_the_way(actor: Actor, row: HiddenDanger, until: str, **more: Any) -> HiddenDanger:
    """Move a danger on as this actor: graded, ordered, checking."""
    row = moves.perform(
        actor, row, "grade", more.get("grade", {"needs_stop": False, "beyond_own": False})
    ).row
    if until == "graded":
        return row
    row = moves.perform(actor, row, "order", {**FIVE, **more.get("order", {})}).row
    if until == "ordered":
        return row
    raise ValueError(until)
