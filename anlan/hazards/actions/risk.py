"""Acts on risk points: grade, ask to lower, decide, review, take out, place on a plan."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.hazards.models import RiskPoint, SitePlan
from anlan.hazards.models.risk import BOUND_70, REVIEW_MONTHS
from anlan.hazards.rules import risk
from anlan.hazards.rules.risk import Colour
from anlan.kernel import clock, deadline, files, moves, parameters
from anlan.kernel.due import Term, Unit, start_of
from anlan.kernel.files import Upload
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, Written, write

GRADING = ("method", "variant", *(f"{side}_{name}" for side in ("inherent", "residual") for name in "lec"))
REVIEW = "review"
USUAL = {"lec": "classic", "ls": "standard"}
PICTURES = ("png", "jpg")
LARGEST = 15 * 1024 * 1024


def prepare(actor: Actor, row: RiskPoint) -> None:
    """Before a point is validated: the day it came in, its level of control, the house's bound of 70.

    The bound is taken anew with every grading and then kept: a change of the parameter moves no colour.
    """
    row.registered_on = row.registered_on or clock.today()
    if row.method == RiskPoint.Method.LS:
        row.inherent_e = row.residual_e = None
    # A sheet names the method alone; the usual scheme of that method is then meant.
    if row.variant in USUAL.values():
        row.variant = USUAL[row.method]
    stored = RiskPoint.objects.unscoped("what the grading was").filter(pk=row.pk).first() if row.pk else None
    if stored is None or any(getattr(stored, name) != getattr(row, name) for name in GRADING):
        row.seventy_is_yellow = bool(parameters.value(BOUND_70))
    row.derive()
    if row.reviewed_on:
        row.review_due_on = risk.review_due(row.reviewed_on, _months(row))
    if row.is_graded and not row.responsible_level:
        row.responsible_level = risk.LEVELS[row.colours[1]]


def follow(actor: Actor, row: RiskPoint, differences: Mapping[str, Any]) -> None:
    """The review clock of a new point, or of one whose cycle was changed."""
    fresh = differences.get("reviewed_on", [""])[0] is None
    if fresh or "review_months" in differences:
        start_review(row)


def _months(row: RiskPoint) -> int:
    return int(row.review_months or parameters.value(REVIEW_MONTHS))


def start_review(row: RiskPoint) -> None:
    """The time until the next review, from the last one on."""
    deadline.start(
        row, REVIEW, "风险点复核", Term(_months(row), Unit.MONTHS), start_of(row.reviewed_on), warn=Term(15)
    )


def save(
    actor: Actor,
    row: RiskPoint,
    values: Mapping[str, Any],
    act: str,
    *,
    seen: int | None = None,
    reason: str = "",
) -> tuple[RiskPoint, str]:
    """Save what the form gave: (the point, what became of its grading: same, raise, lower).

    A lower colour is not saved but asked for; everything else of the form is. Raises what `write` raises.
    """  # fmt: skip
    grading = {name: values[name] for name in GRADING if name in values}
    before = row.colours if row.pk and row.is_graded else None
    tried = RiskPoint(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    for name, value in grading.items():
        setattr(tried, name, value)
    prepare(actor, tried)
    after = tried.colours if tried.is_graded else None
    change = risk.change(before, after) if before and after else "same"
    with transaction.atomic():
        if change != "lower":
            return write(actor, row, values, act, seen=seen).row, change
        rest = {name: value for name, value in values.items() if name not in GRADING}
        written: Written = write(actor, row, rest, act, seen=seen)
        propose(actor, written.row, grading, reason)
        written.row.refresh_from_db()
        return written.row, change


def propose(actor: Actor, row: RiskPoint, grading: Mapping[str, Any], reason: str) -> None:
    """Ask that a point be lowered. Raises Refused or ValidationError (no reason, values of no table)."""
    if not reason.strip():
        raise ValidationError({"reason": "降级要说明理由：采取了什么措施，为什么风险降低了。"})
    tried = RiskPoint(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    for name, value in grading.items():
        setattr(tried, name, value)
    tried.state = RiskPoint.State.IN_FORCE
    prepare(actor, tried)
    if not tried.is_graded:
        raise ValidationError({"residual_l": "取值没有填全。请每项选一档。"})
    kept = {name: _plain(getattr(tried, name)) for name in GRADING}
    proposal = {
        "grading": kept,
        "colours": [one.value for one in tried.colours],
        "scores": [_plain(tried.inherent_score), _plain(tried.residual_score)],
        "reason": reason.strip(),
        "by": actor.label,
        "by_id": actor.person_id,
        "on": clock.today().isoformat(),
    }
    moves.perform(actor, row, "propose", {"proposal": proposal}, note=reason)


def proposed(actor: Actor, row: RiskPoint, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The proposal in words, for the record."""
    asked = values["proposal"]
    pairs = zip(("固有", "现状"), asked["colours"], asked["scores"], strict=True)
    return {
        "proposed": "，".join(f"{side} {Colour(colour).label}（{score}）" for side, colour, score in pairs)
    }


def approved(actor: Actor, row: RiskPoint, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an approval changes: the proposed grading holds, and counts as a review of today."""
    asked = (row.proposal or {}).get("grading", {})
    found = {
        name: Decimal(value) if value is not None and name not in ("method", "variant") else value
        for name, value in asked.items()
    }
    return {**found, "proposal": None, "proposed": "", "reviewed_on": clock.today()}


def let_stand(actor: Actor, row: RiskPoint, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A proposal that was refused or taken back is gone; the record keeps it."""
    return {"proposal": None, "proposed": ""}


def reviewed(actor: Actor, row: RiskPoint, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Looked at today, nothing lower found."""
    return {"reviewed_on": clock.today()}


def review_again(actor: Any, row: RiskPoint, values: Mapping[str, Any]) -> None:
    """The next review's clock."""
    start_review(row)


def retired(actor: Actor, row: RiskPoint, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Taken out of the ledger's living part, and off the plan."""
    return {"retired_on": clock.today(), "plan": None, "plan_x": None, "plan_y": None}


def new_plan(actor: Actor, values: Mapping[str, Any], upload: Upload) -> SitePlan:
    """Keep a plan's picture (PNG or JPEG). Raises BadFile, Refused, ValidationError; nothing is kept then."""
    with transaction.atomic():
        plan: SitePlan = write(actor, SitePlan(), {**values, "drawn_on": clock.today()}, "add").row
        return put_picture(actor, plan, upload, permission="site-plans.add")


def put_picture(
    actor: Actor, plan: SitePlan, upload: Upload, permission: str = "site-plans.change"
) -> SitePlan:
    """Give the plan a new picture; points keep their relative places."""
    with transaction.atomic():
        hung = files.attach(actor, plan, upload, kind="plan", permission=permission, kinds=PICTURES)
        width, height = _size(hung.file.place)
        changed = {"file_id": hung.pk, "width": width, "height": height}
        return write(actor, plan, changed, "picture", permission=permission).row  # type: ignore[no-any-return]


def place(actor: Actor, plan: SitePlan, point: RiskPoint, at: tuple[int, int] | None) -> RiskPoint:
    """Put a point on a plan, per mille from left and top; None takes it off. Needs `risks.change`."""
    if point.enterprise_id != plan.enterprise_id:
        raise Refused("这个风险点属于另一家企业，不能放在这张图上。")
    if point.state == RiskPoint.State.RETIRED:
        raise Refused("已消除的风险点不再上图。")
    if at is None:
        change: dict[str, Any] = {"plan": None, "plan_x": None, "plan_y": None}
    else:
        change = {"plan": plan, "plan_x": at[0], "plan_y": at[1]}
    return write(actor, point, change, "place", permission="risks.change").row  # type: ignore[no-any-return]


def _size(path: str) -> tuple[int, int]:
    """Width and height of a stored picture, in pixels, as it is looked at."""
    from pathlib import Path

    from django.conf import settings
    from PIL import Image, ImageOps, UnidentifiedImageError

    from anlan.kernel.sniff import BadFile

    try:
        with Image.open(Path(settings.FILES) / path) as picture:
            size = ImageOps.exif_transpose(picture).size if picture.format == "JPEG" else picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise BadFile("读不出这张图。请换一张 PNG 或 JPG 图片。") from error
    if min(size) < 200:
        raise BadFile(f"图太小（{size[0]}×{size[1]}）。请用长宽都不小于 200 点的平面图。")
    return int(size[0]), int(size[1])


def _plain(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
