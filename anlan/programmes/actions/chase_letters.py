"""Reminder letters drafted from overdue matters, one for each office that answers for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.org.models import Unit
from anlan.papers import actions as papers
from anlan.papers.models import Paper
from anlan.papers.rules import wording
from anlan.papers.rules.wording import Matter
from anlan.programmes import reads_chase
from anlan.programmes.models import Occurrence, Programme
from anlan.programmes.reads_units import OFFICE, acting_units

MOST = 400


def draft_letters(
    actor: Actor,
    programme: Programme,
    *,
    units: Iterable[int] = (),
    occurrences: Iterable[int] = (),
    answer_by: date,
) -> list[Paper]:
    """Draft one letter for each unit with overdue matters among `units`, or of the `occurrences` named.

    A matter of which an open letter speaks already is left out. A government and a zone are written to
    through their committee office, which acts for them. Drafts only: signing and sending stay with people.
    Needs papers.add; raises Refused when nothing is left, ValidationError for the day; nothing half saved.
    """
    require(actor, "papers.add")
    if answer_by < clock.today():
        raise ValidationError({"answer_by": f"答复期限早于今天（{clock.today()}）。请选今天以后的日期。"})
    if actor.seat is None or actor.seat.unit_id is None:
        raise Refused("当前身份不属于任何单位，不能起草公文。请在页首换岗位。")
    if programme.region_path not in actor.seat.region_paths:
        raise Refused("提醒函由制发要点的安委办起草。")
    issuer = Unit.objects.visible_to(actor).get(pk=actor.seat.unit_id)
    groups = _grouped(actor, programme, set(units), set(occurrences))
    if not groups:
        raise Refused("所选单位没有逾期事项，或者都已有在办的提醒函。")
    with transaction.atomic():
        return [_draft(actor, programme, issuer, recipient, rows, answer_by) for recipient, rows in groups]


def _grouped(
    actor: Actor, programme: Programme, units: set[int], occurrences: set[int]
) -> list[tuple[Unit, list[Occurrence]]]:
    rows = reads_chase.overdue(actor, programme)
    rows = rows.filter(pk__in=occurrences) if occurrences else rows.filter(unit_id__in=units)
    told = reads_chase.with_open_letter(programme)
    found: dict[int, list[Occurrence]] = defaultdict(list)
    recipients: dict[int, Unit] = {}
    addressed: dict[int, Unit] = {}
    chosen = rows.select_related("duty__unit__family", "duty__obligation", "duty__item").order_by(
        "duty__item__position", "duty__obligation__position", "due_on", "id"
    )
    for row in chosen[:MOST]:
        if row.pk in told:
            continue
        unit = row.duty.unit
        if unit.pk not in addressed:
            addressed[unit.pk] = _addressee(unit)
        recipient = addressed[unit.pk]
        recipients[recipient.pk] = recipient
        found[recipient.pk].append(row)
    return [
        (recipients[pk], found[pk]) for pk in sorted(found, key=lambda pk: (recipients[pk].region_path, pk))
    ]


def _addressee(unit: Unit) -> Unit:
    """The office that reads for a unit: its own committee office where it is a government or a zone."""
    others = acting_units(unit) - {unit.pk}
    offices = Unit.objects.unscoped("the office that reads for a government").filter(
        pk__in=others, kind=OFFICE
    )
    return offices.order_by("id").first() or unit


def _draft(
    actor: Actor, programme: Programme, issuer: Unit, recipient: Unit, rows: list[Occurrence], answer_by: date
) -> Paper:
    today = clock.today()
    matters = [_matter(row, recipient, today) for row in rows]
    document = f"《{programme.title}》" + (f"（{programme.number}）" if programme.number else "")
    told = wording.reminder(document, matters, today=today, answer_by=answer_by)
    kept = [_kept(row, one) for row, one in zip(rows, matters, strict=True)]
    return papers.draft(
        actor,
        Paper.Kind.REMINDER,
        issuer,
        told.title,
        [recipient],
        told.blocks,
        enclosures=told.enclosures,
        answer_by=answer_by,
        matters={recipient.pk: kept},
        source=programme,
        demo=programme.demo,
    )


def _matter(row: Occurrence, recipient: Unit, today: date) -> Matter:
    item, one = row.duty.item, row.duty.obligation
    who = (
        ""
        if row.duty.unit_id == recipient.pk or row.duty.unit.region_id == recipient.region_id
        else (row.duty.unit.short_name or row.duty.unit.name)
    )
    return Matter(
        f"第{item.no}条“{item.title}”" if item.title else f"第{item.no}条",
        one.quote,
        row.due_on,
        (today - row.due_on).days,
        "，".join(part for part in (who, standing(row)) if part),
    )


def standing(row: Occurrence) -> str:
    """本期应完成3个，已完成1个; empty where nothing is counted."""
    if row.need is None:
        return "申报未获通过" if row.state == Occurrence.State.RETURNED else "本期尚未申报完成"
    unit = row.duty.obligation.unit or ("次" if row.duty.obligation.period else "")
    value = cells.number(_plain(row.value)) if row.value is not None else "0"
    return f"本期应完成{cells.number(_plain(row.need))}{unit}，已完成{value}{unit}"


def _plain(value: Any) -> Any:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _kept(row: Occurrence, matter: Matter) -> dict[str, Any]:
    return {
        "occurrence": row.pk,
        "item_id": row.item_id,
        "unit_id": row.unit_id,
        "item": matter.item,
        "requirement": matter.requirement,
        "due": matter.due.isoformat(),
        "standing": matter.standing,
    }
