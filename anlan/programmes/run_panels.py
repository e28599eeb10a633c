"""How cells of the running programme are drawn, and the parts of its detail pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.programmes import reads_item
from anlan.programmes.actions import run_evidence, run_judging
from anlan.programmes.models import Activity, Duty, DutyList, Evidence, Judgement, Occurrence
from anlan.programmes.models.texts import ancestors
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules.judging import plain
from anlan.programmes.rules.measures_proposed import NUMBERLESS
from anlan.programmes.run_measures import activity_key, measure_words

SHOWN = 60


def item_no(row: Any) -> SafeString:
    """第9条."""
    return conditional_escape(f"第{row.item.no}条")


def unit_name(row: Any) -> SafeString:
    """The short name of the row's unit."""
    return conditional_escape(row.unit.short_name or row.unit.name)


def unit_of_duty(row: Any) -> SafeString:
    """The short name of the unit of an occurrence's duty."""
    return unit_name(row.duty)


def light(row: Occurrence) -> SafeString:
    """The light of an occurrence with its fact."""
    return cells.light(row.light, row.reason or row.get_state_display())


def duty_light(row: Duty) -> SafeString:
    """The light of a duty with its fact."""
    return cells.light(row.light, row.light_reason or row.get_light_display())


def needed(row: Occurrence) -> SafeString:
    """What must be reached, without the zeros of the column."""
    return conditional_escape("—" if row.need is None else plain(row.need))


def reached(row: Occurrence) -> SafeString:
    """What was reached."""
    return conditional_escape("—" if row.value is None else plain(row.value))


def figures_of_occurrence(actor: Actor, row: Occurrence) -> Mapping[str, Any]:
    """Need, value, claim and their source; the acts that are no moves."""
    open_still = row.state in ("open", "declared", "returned")
    own = actor.may("occurrences.declare") and row.unit_id in units_of(actor)
    paths = actor.seat.region_paths if actor.seat else ()
    decides = actor.may("occurrences.decide") and row.duty.programme.region_path in paths
    asked = row.duty.obligation
    return {
        "row": row,
        "measure": measure_words(asked.measure, row.need is not None or asked.kind not in NUMBERLESS),
        "event": reads_item.events_behind([row.pk]).get(row.pk, "") if asked.kind == "delay" else "",
        "unit": "%" if asked.kind == "coverage" else asked.unit,
        "need": needed(row),
        "value": reached(row),
        "claimed": "—" if row.claimed is None else plain(row.claimed),
        "progress_url": reverse("occurrence-progress", args=[row.pk]) if open_still and own else "",
        "reschedule_url": reverse("occurrence-reschedule", args=[row.pk]) if open_still and decides else "",
    }


def occurrences_of_duty(actor: Actor, duty: Duty) -> Mapping[str, Any]:
    """What is due under a duty."""
    rows = Occurrence.objects.visible_to(actor).filter(duty=duty).order_by("due_on", "id")
    delayed = duty.obligation.kind == "delay"
    events_url = reverse("obligation-events", args=[duty.obligation_id]) if delayed else ""
    found = [_due(one) for one in rows[:SHOWN]]
    return {"occurrences": found, "obligation": duty.obligation, "events_url": events_url,
            "measure": measure_words(duty.obligation.measure, duty.obligation.kind not in NUMBERLESS),
            }  # fmt: skip


def evidence_of_occurrence(actor: Actor, row: Occurrence) -> Mapping[str, Any]:
    """The proofs of an occurrence."""
    rows = Evidence.objects.visible_to(actor).filter(occurrences=row).order_by("-effective_on", "-id")
    return {"evidence": list(rows[:SHOWN]), "occurrence": row, "quote": row.duty.obligation.quote}


def occurrences_of_evidence(actor: Actor, row: Evidence) -> Mapping[str, Any]:
    """What a proof serves, of all levels that the actor sees."""
    rows = (
        Occurrence.objects.visible_to(actor)
        .filter(evidence=row)
        .select_related("duty__obligation", "duty__programme")
        .order_by("due_on", "id")
    )
    return {"occurrences": [_due(one) for one in rows[:SHOWN]]}


def twins(actor: Actor, row: Evidence) -> Mapping[str, Any]:
    """Where the same content hangs elsewhere."""
    seen, count = run_evidence.twins_of(actor, row)
    return {"seen": seen, "count": count, "hidden": count - len(seen)}


def judgements(actor: Actor, row: Occurrence) -> Mapping[str, Any]:
    """The history of the light, newest first."""
    rows = Judgement.objects.filter(occurrence=row).order_by("-day")[:SHOWN]
    return {"judgements": [(one.day, cells.light(one.light, one.reason)) for one in rows]}


def duties_of_list(actor: Actor, row: DutyList) -> Mapping[str, Any]:
    """What stood in the list when it was made."""
    return {"duties": row.duties, "list": row}


def activity_defaults(actor: Actor) -> Mapping[str, Any]:
    """An activity is the post's own, and of today."""
    return {"unit_id": actor.seat.unit_id if actor.seat else None, "held_on": clock.today()}


def activity_place(actor: Actor, row: Activity) -> None:
    """The region follows the unit before it is checked."""
    if row.unit_id:
        row.region_path = row.unit.region_path


def activity_counts(actor: Actor, row: Activity, differences: Mapping[str, Any]) -> None:
    """Duties of the unit, or of its government, that count such activities are judged anew."""
    rows = Duty.objects.unscoped("duties that an activity counts for").filter(
        programme__state="running",
        obligation__measure=activity_key(row.kind),
        region_path__in=ancestors(row.region_path),
    )
    family = Unit.objects.unscoped("governments, which answer for their territory")
    wide = family.filter(kind="zone") | family.filter(family__key="people-government")
    own = rows.filter(unit_id=row.unit_id) | rows.filter(unit__in=wide)
    ids = list(own.values_list("pk", flat=True)[:200])
    if ids:
        run_judging.refresh(ids)


def _due(one: Occurrence) -> dict[str, Any]:
    return {
        "light": light(one),
        "url": reverse("ledger-row", args=["occurrences", one.pk]),
        "row": one,
        "need": needed(one),
        "value": reached(one),
        "span": f"{cells.day(one.starts_on)} 至 {cells.day(one.due_on)}",
    }
