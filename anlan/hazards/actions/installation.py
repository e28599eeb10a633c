"""Acts on installations: reckon S, R and level; file; guarantors' duties from the calendar to the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from anlan.hazards import reads_risk
from anlan.hazards.models import Guarantor, GuarantorDuty, InstallationAssessment, MajorHazardInstallation
from anlan.hazards.models.installation import MAJOR, PRINCIPAL_CADENCE, Grade
from anlan.hazards.rules import gb18218, guarantors
from anlan.hazards.rules.gb18218 import Assessment, Held
from anlan.kernel import clock, deadline, moves, parameters
from anlan.kernel.due import Term, start_of
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.workflow import Facts
from anlan.kernel.writing import Refused, remove, write

FILING, SAFETY_ASSESSMENT, DUTY = "filing", "safety-assessment", "duty"
FILING_DAYS = "installations.filing_days"
NIGHT = system_actor("包保履职周期")
PLACES = Decimal("0.0001")
REASON = "the calendar of duties covers every installation"


def prepare(actor: Actor, row: MajorHazardInstallation) -> None:
    """The day a unit came in, and how many answer for it."""
    row.registered_on = row.registered_on or clock.today()
    held = _in_charge().filter(installation=row.pk).values_list("role", flat=True) if row.pk else ()
    row.in_charge = len(set(held))


def _in_charge() -> Any:
    """Who answers today in one of the three roles."""
    today = clock.today()
    return (
        Guarantor.objects.unscoped(REASON)
        .filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today, role__in=reads_risk.OWED_ROLES)
        .order_by()
    )


def count_in_charge(which: Q | None = None) -> int:
    """Keep on each installation how many roles somebody holds today (derived, not recorded): rows changed."""
    held = _in_charge().filter(installation=OuterRef("pk")).values("installation")
    now = Coalesce(Subquery(held.annotate(n=Count("role", distinct=True)).values("n")), 0)
    units = MajorHazardInstallation.objects.unscoped(REASON)
    changed = units.filter(which or Q()).annotate(now=now).exclude(in_charge=F("now"))
    by_number: dict[int, list[int]] = {}
    for pk, number in changed.values_list("pk", "now"):
        by_number.setdefault(number, []).append(pk)
    for number, ids in by_number.items():
        units.filter(pk__in=ids).update(in_charge=number)
    return sum(map(len, by_number.values()))


def follow(actor: Actor, row: MajorHazardInstallation, differences: Mapping[str, Any]) -> None:
    """The clock of the next safety assessment."""
    if "assessed_on" not in differences:
        return
    if row.assessed_on is None or row.assessment_due_on is None:
        deadline.end(row, (SAFETY_ASSESSMENT,), clock.now(), deadline.State.CANCELLED)
        return
    if differences["assessed_on"][0]:
        deadline.end(row, (SAFETY_ASSESSMENT,), start_of(row.assessed_on))
    days = (row.assessment_due_on - row.assessed_on).days
    deadline.start(
        row, SAFETY_ASSESSMENT, "重大危险源安全评估", Term(days), start_of(row.assessed_on), warn=Term(60)
    )


def reckon(
    actor: Actor,
    row: MajorHazardInstallation,
    holdings: Sequence[Held],
    residents: int,
    reason: str,
    *,
    seen: int | None = None,
) -> InstallationAssessment:
    """Reckon the unit anew and keep how. Needs `installations.change`.

    Raises ValidationError with what is wrong, Stale, Refused; nothing is saved then. The clock of filing
    begins when a unit is first found to be an installation, and again when its level changes.
    """
    if not reason.strip():
        raise ValidationError("请写明为什么计算（首次辨识、量或品种变化、周边人数变化等）。")
    if row.state == MajorHazardInstallation.State.REMOVED:
        raise Refused("已核销的单元不再计算。")
    try:
        found = gb18218.assess(holdings, residents)
    except ValueError as error:
        raise ValidationError(f"{error}。") from error
    level = grade_of(found)
    figures = {"s_value": _rounded(found.s), "r_value": _rounded(found.r), "level": level}
    with transaction.atomic():
        before = row.level
        summary = {
            **figures,
            "residents": residents,
            "substances": "；".join(f"{one.name} {gb18218.shown(one.quantity)} 吨" for one in holdings)[:500],
            "reckoned_on": clock.today(),
        }
        write(actor, row, summary, "reckon", permission="installations.change", seen=seen, note=reason)
        made = InstallationAssessment(
            installation=row, made_at=clock.now(), made_by=actor.label[:120], reason=reason.strip()[:200],
            residents=residents, alpha=found.alpha, holdings=[plain_of(one) for one in holdings], **figures,
        )  # fmt: skip
        write(actor, made, {}, "add", permission="installations.change")
        if level in MAJOR and level != before:
            days = int(parameters.value(FILING_DAYS))
            deadline.start(row, FILING, "重大危险源备案", Term(days), clock.now())
        elif level not in MAJOR:
            deadline.end(row, (FILING,), clock.now(), deadline.State.CANCELLED)
    return made


def grade_of(found: Assessment) -> str:
    """The level as it is stored."""
    if found.level is None:
        return Grade.PENDING
    return Grade.NONE if found.level == 0 else Grade(str(found.level))


def plain_of(held: Held) -> dict[str, Any]:
    """A holding as it is stored."""
    return {
        "name": held.name,
        "quantity": f"{held.quantity:f}",
        "substance": held.substance,
        "categories": list(held.categories),
    }


def held_of(kept: Mapping[str, Any]) -> Held:
    """A stored holding."""
    return Held(
        kept["name"], Decimal(kept["quantity"]), kept.get("substance"), tuple(kept.get("categories") or ())
    )


def filed(actor: Actor, row: MajorHazardInstallation, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The level that the authority has been told."""
    if values["filed_on"] > clock.today():
        raise ValidationError({"filed_on": f"备案日期晚于今天（{clock.today()}）。请核对。"})
    return {"filed_level": row.level}


def written_off(actor: Actor, row: MajorHazardInstallation, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Gone; its guarantors' open duties go with it."""
    _let_go(Q(guarantor__installation=row), "重大危险源已核销")
    return {"removed_on": clock.today()}


def _let_go(which: Q, reason: str) -> None:
    """Open duties that nobody owes any more are taken out; the record keeps them."""
    open_ones = GuarantorDuty.objects.unscoped(REASON).filter(which, state=GuarantorDuty.State.OPEN)
    for duty in open_ones.order_by("id"):
        remove(NIGHT, duty, note=reason)


def plan_duties(day: date) -> tuple[int, int]:
    """What the calendar does every night: (duties begun, duties missed).

    Every guarantor in charge owes the period that holds the day; periods that ended without a record are
    counted as missed. Doing it twice does nothing more.
    """
    missed = _miss(day)
    in_charge = Guarantor.objects.unscoped(REASON).filter(
        Q(until__isnull=True) | Q(until__gt=day), since__lte=day
    )
    live = in_charge.exclude(installation__state=MajorHazardInstallation.State.REMOVED)
    count_in_charge()
    begun = 0
    for cadence in guarantors.CADENCES:
        period = guarantors.period_of(cadence, day)
        theirs = Q(cadence=cadence) | Q(cadence="") if cadence == "quarter" else Q(cadence=cadence)
        begun_already = GuarantorDuty.objects.unscoped(REASON).filter(
            guarantor=OuterRef("pk"), starts_on=period.start
        )
        waiting = (
            live.filter(theirs).exclude(Exists(begun_already)).select_related("installation", "enterprise")
        )
        for one in waiting.order_by("id").iterator(chunk_size=500):
            begun += _begin(one, period)
    return begun, missed


def answering(actor: Actor, row: Guarantor) -> None:
    """Whoever answers answers for something, as often as the rule says or the house has set."""
    if row.subject_kind == Guarantor.Subject.INSTALLATION and not row.installation_id:
        raise ValidationError({"installation": "请选他包保的重大危险源。"})
    if row.subject_kind == Guarantor.Subject.TAILINGS_POND and not row.pond:
        raise ValidationError({"pond": "请填尾矿库名称。"})
    chosen = row.cadence or str(parameters.value(PRINCIPAL_CADENCE))
    row.cadence = guarantors.cadence_of(row.role, chosen if chosen in guarantors.CADENCES else "quarter")


def appointed(actor: Actor, row: Guarantor, differences: Mapping[str, Any]) -> None:
    """A guarantor's first period begins with the appointment, not with the next night; with the end of it
    the open period goes to the successor."""
    today = clock.today()
    units = {row.installation_id, *differences.get("installation_id", ())} - {None}
    count_in_charge(Q(pk__in=units))
    if row.until is not None and "until" in differences:
        _let_go(Q(guarantor=row, due_on__gte=row.until), "已不再包保，由继任者履职")
    if row.since <= today and (row.until is None or row.until > today):
        _begin(row, guarantors.period_of(row.cadence or "quarter", today))


def _begin(one: Guarantor, period: guarantors.Period) -> int:
    if one.until is not None and period.due_on >= one.until:
        return 0
    everyone = GuarantorDuty.objects.unscoped(REASON)
    with transaction.atomic():
        if everyone.filter(guarantor=one, starts_on=period.start).exists():
            return 0
        duty = GuarantorDuty(guarantor=one, starts_on=period.start, due_on=period.due_on)
        write(NIGHT, duty, {}, "add")
        days = (period.due_on - period.start).days
        label = f"{one.get_role_display()}排查"
        deadline.start(duty, DUTY, label, Term(days), start_of(period.start), warn=Term(2))
    return 1


def _miss(day: date) -> int:
    over = GuarantorDuty.objects.unscoped(REASON).filter(state=GuarantorDuty.State.OPEN, due_on__lt=day)
    count = 0
    for duty in over.order_by("id"):
        moves.perform(NIGHT, duty, "miss")
        deadline.end(duty, (DUTY,), clock.now(), deadline.State.MISSED)
        count += 1
    return count


def not_ahead(facts: Facts) -> str | None:
    """Nobody records what lies ahead, or before the period."""
    done = facts["done_on"]
    if done is not None and done > clock.today():
        return f"履职日期 {done} 晚于今天（{clock.today()}）"
    if done is not None and done < facts["starts_on"]:
        return f"履职日期 {done} 早于周期开始（{facts['starts_on']}），请登记到那个周期"
    return None


def recorded(actor: Actor, row: GuarantorDuty, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who entered it."""
    return {"recorded_by": actor.label[:120]}


def _rounded(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_UP)
