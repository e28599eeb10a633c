"""Dividing the number of an obligation among its units, as one decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from anlan.kernel import clock, notice
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.actions import run, run_judging
from anlan.programmes.models import Duty, Obligation, Occurrence
from anlan.programmes.reads_units import acting_units
from anlan.programmes.rules.schedule import Asked, need
from anlan.programmes.rules.shares import summed

OPEN = (Occurrence.State.OPEN, Occurrence.State.DECLARED, Occurrence.State.RETURNED)
LIVE = ("issued", "signed", "objected")


def divide(actor: Actor, obligation: Obligation, shares: Mapping[int, Decimal | None], reason: str) -> int:
    """Give units their parts of an obligation's number, {duty: part or None}; gives how many changed.

    1. lock the duties; 2. all parts, those not named here included, must fulfil the document's number;
    3. write each that changes, with the reason; 4. what is still open needs the part from now on; 5. judge;
    6. tell each unit. Needs `duties.decide` at the issuing level. Raises Refused, ValidationError.
    """
    require(actor, "duties.decide")
    programme = obligation.item.programme
    paths = actor.seat.region_paths if actor.seat else ()
    if not actor.system and programme.region_path not in paths:
        raise Refused("数量由制发要点的安委办分解。")
    if obligation.value is None or obligation.kind not in ("quota", "build"):
        raise Refused("这项要求没有可以分解的数量。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明分解的依据（会议、文号或理由）。"})
    with transaction.atomic():
        rows = Duty.objects.visible_to(actor).filter(obligation=obligation, state__in=LIVE)
        duties = {one.pk: one for one in rows.select_for_update(of=("self",)).select_related("unit")}
        if set(shares) - set(duties):
            raise Refused("有的单位已不承担这项要求。请刷新页面后再分解。")
        after = {pk: shares.get(pk, duty.share) for pk, duty in duties.items()}
        parts = [part for part in after.values() if part is not None]
        found = summed(obligation.value, obligation.comparator, parts, obligation.unit)
        if parts and not found.holds:
            raise ValidationError({"shares": f"{found.words}。请调整后再保存。"})
        changed = [duties[pk] for pk, part in after.items() if part != duties[pk].share]
        for duty in changed:
            _give(actor, obligation, duty, after[duty.pk], reason.strip()[:300])
        run_judging.refresh([duty.pk for duty in changed])
    return len(changed)


def _give(actor: Actor, obligation: Obligation, duty: Duty, part: Decimal | None, reason: str) -> None:
    write(actor, duty, {"share": part}, "allot", permission="duties.decide", note=reason)
    one = obligation
    asked = Asked(one.kind, one.period, one.value, one.unit, one.by, one.quote, duty.role)
    rows = Occurrence.objects.unscoped("the occurrences of a duty just written")
    rows.filter(duty=duty, state__in=OPEN).update(need=part if part is not None else need(asked))
    words = f"分给本单位 {part.normalize():f} {one.unit}" if part is not None else "不再分给本单位数量"
    notice.notify(
        run.people_of(acting_units(duty.unit), clock.today()),
        f"duties:{duty.pk}:share:{duty.version}",
        f"{words}：{one.quote[:60]}（{reason[:60]}）",
        link=reverse("ledger-row", args=["duties", duty.pk]),
        row=duty,
    )
