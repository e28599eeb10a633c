"""What a phone brings back: new dangers once each, edits against the version they were made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from anlan.enterprises.models import Enterprise
from anlan.hazards.actions import danger as act
from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules.danger_photos import BEFORE
from anlan.kernel import audit, clock
from anlan.kernel.once import once
from anlan.kernel.requests import whole
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, Stale, write
from anlan.standards.models import Criterion

EDITABLE = ("description", "place", "category", "suspected", "due_on")
LONGEST_AGO = 60


@dataclass
class Record:
    """One record of a phone's outbox. `key` was made on the phone when the person saved it."""

    key: str
    kind: str
    fields: Mapping[str, Any]
    photos: Sequence[Mapping[str, Any]] = field(default_factory=list)
    id: int | None = None
    base_version: int | None = None
    # What the person did not take of their own words when two sides had changed: goes on record.
    dropped: Sequence[str] = ()


@dataclass(frozen=True)
class Clash:
    """Somebody else changed the row meanwhile: what stands there now, who did it, when."""

    id: int
    version: int
    theirs: Mapping[str, Any]
    who: str
    at: datetime | None


def take(actor: Actor, record: Record) -> tuple[dict[str, Any], bool]:
    """Put one record into the house; gives ({id, number, version}, whether it happened now).

    A repeated key gets what the first one got. Raises Stale for an edit of an older version, else
    ValidationError, Refused or BadFile; then nothing of it is saved, photos included.
    """
    if not 16 <= len(record.key) <= 50:
        raise ValidationError("这条记录没有编号，不能上报。请在手机上重新保存。")
    run = _new if record.kind == "new" else _edit
    return once(actor, f"phone:{record.key}"[:60], lambda: _told(run(actor, record)))


def _told(row: HiddenDanger) -> dict[str, Any]:
    return {"id": row.pk, "number": row.number, "version": row.version}


def _new(actor: Actor, record: Record) -> HiddenDanger:
    values = _values(actor, record.fields)
    values.setdefault("found_on", clock.today())
    age = (clock.today() - values["found_on"]).days
    if age < 0 or age > LONGEST_AGO:
        raise ValidationError({"found_on": f"手机上的日期是 {values['found_on']}，请核对手机的日期。"})
    if not values.get("enterprise_id") and actor.seat is not None and actor.seat.region_paths:
        values.setdefault("region_path", actor.seat.region_paths[0])
    return act.register(actor, values, record.photos)


def _edit(actor: Actor, record: Record) -> HiddenDanger:
    row: HiddenDanger | None = HiddenDanger.objects.visible_to(actor).filter(pk=record.id).first()
    if row is None:
        raise Refused("没有这条隐患，或者不在您的职责范围内。")
    if not row.is_open:
        raise Refused(f"这条隐患已经{row.get_state_display().removeprefix('已')}，没有改动。")
    if record.base_version is None:
        raise ValidationError("没有写明改的是哪一版，不能上报。")
    # Firm and day of finding stay: a firm's name that is not in the register would end up in the place.
    given = {name: value for name, value in record.fields.items() if name in EDITABLE}
    values = {name: value for name, value in _values(actor, given).items() if name in EDITABLE}
    with transaction.atomic():
        note = (
            f"手机上离线修改；两边都改过，没有采用的：{'；'.join(record.dropped)}" if record.dropped else ""
        )
        written = write(
            actor, row, values, "change", seen=record.base_version, note=note[:500] or "手机上离线修改"
        )
        if note and not written.differences:
            audit.record(actor, "change", row, note=note[:500])
        for one in record.photos:
            act.photograph(actor, row, one["upload"], BEFORE, one.get("taken_at"), one.get("place"))
    return row


def clash(actor: Actor, stale: Stale) -> Clash:
    """Both sides can be shown: the row as it stands now, and who changed it last."""
    row: Any = stale.row
    there = HiddenDanger.objects.visible_to(actor).get(pk=row.pk)
    last = next(iter(audit.history(there, 1)), None)
    theirs = {name: audit.plain(getattr(there, name)) for name in EDITABLE}
    return Clash(there.pk, there.version, theirs, last.actor if last else "", last.at if last else None)


def _values(actor: Actor, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the phone sent, as the model takes it; what cannot be read is named."""
    wrong: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, longest in (("description", 500), ("place", 120)):
        if name in fields:
            text = str(fields[name] or "").strip()
            found[name] = text
            if len(text) > longest:
                wrong[name] = f"最多 {longest} 个字，现在有 {len(text)} 个。请删短。"
    if "category" in fields:
        found["category"] = str(fields["category"] or HiddenDanger.Category.OTHER)
    if "suspected" in fields:
        found["suspected"] = bool(fields["suspected"])
    for name in ("due_on", "found_on"):
        if fields.get(name):
            found[name] = _day(fields[name])
            if found[name] is None:
                wrong[name] = f"“{fields[name]}”不是日期。请写成 2023-06-20。"
        elif name == "due_on" and name in fields:
            found[name] = None
    if fields.get("source") in HiddenDanger.Source.values:
        found["source"] = fields["source"]
    found |= _position(fields)
    found |= _references(actor, fields, found)
    if wrong:
        raise ValidationError(wrong)
    return found


def _references(actor: Actor, fields: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Firm and criterion. A firm written by hand is looked up by its whole name; else it stays as words."""
    told: dict[str, Any] = {}
    name = str(fields.get("firm", "") or "").strip()
    number = whole(fields.get("enterprise"))
    firms = Enterprise.objects.visible_to(actor)
    if number:
        told["enterprise_id"] = number
    elif name:
        ids = list(firms.filter(name=name).values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            told["enterprise_id"] = ids[0]
        else:
            told["place"] = f"{name} {found.get('place', '')}".strip()[:120]
    criterion = whole(fields.get("criterion"))
    if criterion and Criterion.objects.visible_to(actor).filter(pk=criterion).exists():
        told |= {"criterion_id": criterion, "suspected": True}
    return told


def _position(fields: Mapping[str, Any]) -> dict[str, Decimal]:
    try:
        longitude = Decimal(str(fields.get("longitude", ""))).quantize(Decimal("0.000001"))
        latitude = Decimal(str(fields.get("latitude", ""))).quantize(Decimal("0.000001"))
    except InvalidOperation:
        return {}
    inside = abs(longitude) <= 180 and abs(latitude) <= 90
    return {"longitude": longitude, "latitude": latitude} if inside else {}


def _day(raw: Any) -> date | None:
    try:
        moment = parse_datetime(str(raw)) if "T" in str(raw) else None
        return moment.astimezone(clock.SHANGHAI).date() if moment else parse_date(str(raw))
    except ValueError:
        return None
