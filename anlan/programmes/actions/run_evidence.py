"""Proofs: files, links, ledger rows, activities; one for several occurrences, of several levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from anlan.kernel import audit, clock, files, notice, registry
from anlan.kernel.files import Upload
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.actions import run
from anlan.programmes.models import Activity, Evidence, Occurrence
from anlan.programmes.reads_units import acting_units

Kind = Evidence.Kind


@dataclass(frozen=True)
class Provided:
    """The proof, and how often the same content serves elsewhere."""

    evidence: Evidence
    twins: int


def provide(
    actor: Actor,
    occurrences: Iterable[Occurrence],
    *,
    title: str,
    effective_on: date,
    upload: Upload | None = None,
    link: str = "",
    ledger: str = "",
    subject_id: int | None = None,
) -> Provided:
    """Put a proof under occurrences of one unit: a file, a link, or a row of a ledger that the actor sees.

    `effective_on` is the day it speaks of, whatever day it comes in. Needs `evidence.add`, and the post acts
    for the unit. Raises Refused, ValidationError, BadFile; then nothing is saved.
    """
    rows = list(occurrences)
    if not rows:
        raise ValidationError("请选择这件佐证说明的事项。")
    units = {row.duty.unit for row in rows}
    for unit in units:
        _require_own(actor, unit)
    if len({unit.pk for unit in units}) > 1:
        raise ValidationError("一件佐证由一个单位提供。请分别选择各单位的事项。")
    unit = units.pop()
    kind = _kind(actor, upload, link, ledger, subject_id)
    row = Evidence(
        unit=unit, region_path=unit.region_path, provided_by=actor.label[:120], provided_at=clock.now()
    )
    change = {
        "kind": kind, "title": title.strip()[:200], "effective_on": effective_on, "link": link,
        "ledger": ledger, "subject_id": subject_id,
    }  # fmt: skip
    with transaction.atomic():
        write(actor, row, change, "add", permission="evidence.add")
        serve(actor, row, rows)
        twins = 0
        if upload is not None:
            hung = files.attach(actor, row, upload, effective_on=effective_on, permission="evidence.add")
            twins = files.twins(hung).count()
    return Provided(row, twins)


def serve(actor: Actor, evidence: Evidence, occurrences: Iterable[Occurrence]) -> None:
    """Let a proof serve these occurrences as well, of whatever programme the same unit answers in."""
    rows = list(occurrences)
    for row in rows:
        _require_own(actor, row.duty.unit)
    with transaction.atomic():
        evidence.occurrences.add(*rows)
        audit.record(actor, "serve", evidence, {"occurrences": [None, [row.pk for row in rows]]})


def decided(actor: Actor, row: Evidence, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who judged the proof."""
    return {"decided_by": actor.label[:120]}


def tell_returned(actor: Actor, row: Evidence, values: Mapping[str, Any]) -> None:
    """The unit learns what is missing."""
    notice.notify(
        run.people_of([row.unit_id], clock.today()),
        f"evidence:{row.pk}:returned:{row.version}",
        f"佐证被退回：{row.title}。{row.decision}",
        link=reverse("ledger-row", args=["evidence", row.pk]),
        row=row,
    )


def twins_of(actor: Actor, evidence: Evidence) -> tuple[list[Any], int]:
    """(attachments with the same content that the actor sees, how many there are in all)."""
    seen: dict[int, Any] = {}
    count = 0
    for hung in files.attached(evidence):
        others = files.twins(hung)
        count += others.count()
        seen |= {one.pk: one for one in others.visible_to(actor)[:10]}
    return list(seen.values()), count


def _kind(actor: Actor, upload: Upload | None, link: str, ledger: str, subject_id: int | None) -> str:
    if upload is not None:
        return Kind.FILE
    if link:
        return Kind.LINK
    if ledger and subject_id is not None:
        try:
            rows = registry.ledger(ledger).rows(actor)
        except KeyError:
            raise ValidationError({"ledger": "没有这个台账。"}) from None
        if not rows.filter(pk=subject_id).exists():
            raise ValidationError({"subject_id": "没有这一行，或者不在您的职责范围内。"})
        return Kind.ACTIVITY if rows.model is Activity else Kind.ROW
    raise ValidationError("请上传文件、填写链接，或选择一条台账记录。")


def _require_own(actor: Actor, unit: Any) -> None:
    require(actor, "evidence.add")
    if actor.system or (actor.seat and actor.seat.unit_id in acting_units(unit)):
        return
    raise Refused("佐证由承担职责的单位提供。")
