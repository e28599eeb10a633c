"""What people do with one danger: register, photograph, report to both sides, plan; and what moves bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.hazards import pictures
from anlan.hazards.actions import danger_photos
from anlan.hazards.models import DangerPlan, HiddenDanger
from anlan.hazards.rules import danger_grading, danger_remedy
from anlan.hazards.rules.danger_photos import AFTER as AFTER
from anlan.hazards.rules.danger_photos import BEFORE as BEFORE
from anlan.kernel import audit, clock, deadline, files
from anlan.kernel.due import Term, start_of
from anlan.kernel.models import Attachment
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, write

PICTURES = ("jpg", "png", "webp", "heic", "gif")
REPORTS = {
    "regulator": ("regulator_told_on", "regulator_told_how", "监管部门"),
    "congress": ("congress_told_on", "congress_told_how", "职工大会或职代会"),
}


def prepare(actor: Actor, row: HiddenDanger) -> None:
    """Fill what follows from the firm and from who writes; a firm's own people only write of their firm."""
    seat = actor.seat
    if seat is not None and seat.enterprise_id is not None:
        if row.enterprise_id not in (None, seat.enterprise_id):
            raise ValidationError({"enterprise": "只能登记本企业的隐患。"})
        row.enterprise_id = seat.enterprise_id
        if row.pk is None or not row.reported_at:
            row.source = HiddenDanger.Source.SELF
    if firm := row.enterprise:
        row.region_path = row.region_path or firm.region_path
        row.industry = row.industry or firm.industry
        row.regulator_id = row.regulator_id or firm.regulator_id
    if not row.region_path:
        raise ValidationError({"region_path": "请选企业或区划，才知道由谁督促整改。"})
    if row.reported_at is None:
        row.reported_at = clock.now()
        if not row.finder:
            row.finder, row.finder_id = actor.name[:120], actor.person_id


def register(
    actor: Actor, values: Mapping[str, Any], photos: Iterable[Mapping[str, Any]] = ()
) -> HiddenDanger:
    """Put a new danger on record, with photos: {upload, taken_at, place}. All or nothing.

    Raises Refused, ValidationError or BadFile.
    """
    with transaction.atomic():
        row = HiddenDanger()
        write(actor, row, values, "add")
        for one in photos:
            photograph(actor, row, one["upload"], BEFORE, one.get("taken_at"), one.get("place"))
    return row


def photograph(
    actor: Actor,
    row: HiddenDanger,
    upload: Any,
    kind: str,
    taken_at: datetime | None = None,
    place: tuple[float, float] | None = None,
) -> Attachment:
    """Hang a picture on a danger. kind: before or after. Raises Refused or BadFile.

    taken_at, place (longitude, latitude): as the phone tells them; else what the camera wrote into the
    picture, else unknown. The picture is compared with all others at once.
    """
    if kind not in (BEFORE, AFTER):
        raise ValueError(kind)
    if row.state in ("closed", "void"):
        raise Refused("已经销号或作废，不再添加照片。")
    found = files.attach(
        actor, row, upload, kind=kind, taken_at=taken_at, place=place,
        effective_on=clock.today(), permission="dangers.photograph", kinds=PICTURES,
    )  # fmt: skip
    if found.taken_at is None or found.longitude is None:
        pictures.complete(found)
    count = files.attached(row).filter(kind__in=(BEFORE, AFTER)).count()
    HiddenDanger.objects.visible_to(actor).filter(pk=row.pk).update(photos=count)
    row.photos = count
    danger_photos.note(row.pk, found.file)
    return found


def report(actor: Actor, row: HiddenDanger, side: str, on: date, how: str, upload: Any = None) -> None:
    """Record one half of the dual report (安全生产法 art. 41): side is regulator or congress."""
    day, way, label = REPORTS[side]
    if row.level != HiddenDanger.Grade.MAJOR:
        raise Refused("一般隐患不需要双报告。")
    if on > clock.today():
        raise ValidationError({"on": f"报告日期晚于今天（{clock.today()}）。请填实际报告的日期。"})
    if on < row.found_on:
        raise ValidationError({"on": f"报告日期早于发现日期（{row.found_on}）。请核对。"})
    with transaction.atomic():
        write(actor, row, {day: on, way: how}, "report", permission="dangers.report", note=f"报告{label}")
        if upload is not None:
            files.attach(
                actor, row, upload, kind=f"report-{side}", effective_on=on, permission="dangers.report"
            )


def plan(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> DangerPlan:
    """Write the treatment plan of a major danger, or change it."""
    if row.level != HiddenDanger.Grade.MAJOR:
        raise Refused("一般隐患立即整改，不需要治理方案。")
    found = DangerPlan.objects.visible_to(actor).filter(danger=row).first()
    act = "change" if found else "add"
    found = found or DangerPlan(danger=row)
    with transaction.atomic():
        written = write(actor, found, {**values, "danger": row}, act, permission="dangers.plan")
        if written.differences:
            audit.record(actor, "plan", row)
    return found


# What the moves bring ------------------------------------------------------------------------------


def graded(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The level follows from the grounds given; nobody sets it by hand."""
    criterion = values.get("criterion")
    verdict = danger_grading.grade(
        str(criterion or ""),
        needs_stop=bool(values.get("needs_stop")),
        beyond_own=bool(values.get("beyond_own")),
    )
    return {
        "level": verdict.level.value,
        "basis": verdict.ground.value,
        "graded_by": actor.name[:120],
        "graded_on": clock.today(),
        "suspected": False,
    }


def ordered(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who ordered and when; the due day is not before today."""
    if wrong := danger_remedy.due_after(values["due_on"], clock.today()):
        raise ValidationError({"due_on": f"{wrong}。"})
    return {"ordered_by": actor.name[:120], "ordered_at": clock.now()}


def submitted(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who says that it is put right."""
    found = {"rectifier": actor.name[:120], "rectifier_id": actor.person_id, "rectified_on": clock.today()}
    if row.assigned_to_id is not None and row.assigned_to_id == actor.person_id:
        # Whoever puts it right does not look again: the assignment lapses.
        found |= {"assigned_to": "", "assigned_to_id": None}
    return found


def fixed(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put right on the spot: the responsible person and the day are those of the act."""
    return {
        **submitted(actor, row, values),
        "responsible": row.responsible or actor.name[:60],
        "due_on": row.due_on or clock.today(),
    }


def verified(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who looked again."""
    return {"verifier": actor.name[:120], "verifier_id": actor.person_id, "verified_on": clock.today()}


def closed(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The day and the moment of closing."""
    return {"closed_on": clock.today(), "closed_at": clock.now(), "closed_by": actor.name[:120]}


def reopened(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Open again: what was said of the remedy and its look does not hold; the record keeps all of it."""
    if wrong := danger_remedy.due_after(values["due_on"], clock.today()):
        raise ValidationError({"due_on": f"{wrong}。"})
    days = ("closed_on", "closed_at", "verified_on", "rectified_on")
    gone = dict.fromkeys((*days, "verifier_id", "rectifier_id"))
    words = ("closed_by", "verification", "verifier", "rectifier", "rectification", "self_check")
    again = {"repeated": True, "reopened": row.reopened + 1, "reopened_at": clock.now()}
    return {**gone, **dict.fromkeys(words, ""), **again}


def clock_again(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The due day as it stands on the row, counted from the day of finding: after a return, an import."""
    if row.due_on is None:
        return
    term = Term((row.due_on - row.found_on).days)
    deadline.start(row, "rectify", "整改", term, start_of(row.found_on), unit_id=row.regulator_id)


# New rows and sheets -------------------------------------------------------------------------------


def defaults(actor: Actor) -> Mapping[str, Any]:
    """A new danger was found today, by a firm's own people or by an inspection."""
    own = actor.seat is not None and actor.seat.enterprise_id is not None
    found: dict[str, Any] = {
        "found_on": clock.today(),
        "source": HiddenDanger.Source.SELF if own else HiddenDanger.Source.INSPECTION,
    }
    if own and actor.seat is not None:
        found["enterprise_id"] = actor.seat.enterprise_id
    return found


def check_sheet(values: Mapping[str, Any]) -> dict[str, str]:
    """What a line of a sheet contradicts itself in."""
    found = {}
    if values.get("closed_on") and values.get("state") not in (None, "closed"):
        found["state"] = "有销号日期，状态却不是“已销号”。请改其中一个。"
    if values.get("state") == "closed" and not values.get("closed_on"):
        found["closed_on"] = "状态是“已销号”，没有销号日期。请补上。"
    done, due = values.get("closed_on"), values.get("rectified_on")
    if done and due and done < due:
        found["closed_on"] = "销号日期早于整改完成日期。请核对。"
    verifier, responsible = values.get("verifier"), values.get("responsible")
    if verifier and verifier == responsible:
        found["verifier"] = "验收人与整改责任人是同一人。请换一位。"
    return found
