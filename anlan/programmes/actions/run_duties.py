"""Receipt of duties: signing one or all, objecting, and what the office's decisions lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from anlan.kernel import clock, moves, notice
from anlan.kernel.due import local_day
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.actions import run, run_judging
from anlan.programmes.models import Duty
from anlan.programmes.reads_units import units_of

LIVE = (Duty.State.ISSUED, Duty.State.SIGNED, Duty.State.OBJECTED)


def signature(actor: Actor) -> Mapping[str, Any]:
    """Who signs, and when."""
    return {"signed_at": clock.now(), "signed_by": actor.label[:120]}


def sign_all(actor: Actor, *, programme: int | None = None, item: int | None = None) -> int:
    """Sign for every duty of the post's own units that waits, of one programme or one item; gives how many.

    One statement, each duty in the record. Needs `duties.sign`.
    """
    require(actor, "duties.sign")
    units = units_of(actor)
    with transaction.atomic():
        rows = Duty.objects.visible_to(actor).filter(state=Duty.State.ISSUED, unit_id__in=units)
        if programme is not None:
            rows = rows.filter(programme_id=programme)
        if item is not None:
            rows = rows.filter(item_id=item)
        ids = list(rows.select_for_update(of=("self",)).order_by("id").values_list("pk", flat=True))
        if not ids:
            raise Refused("没有等待本单位签收的职责。可能已由同事签收，请刷新页面查看。")
        given: dict[str, Any] = {"ids": ids, "now": clock.now(), "who": actor.label[:120]}
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE programmes_duty SET state = 'signed', signed_at = %(now)s, signed_by = %(who)s, "
                "version = version + 1 WHERE id = ANY(%(ids)s) AND state = 'issued'",
                given,
            )
            run.record_many(cursor, actor, "sign", ids, "")
    return len(ids)


def reassign(actor: Actor, duty: Duty, unit: Any, decision: str) -> Duty:
    """Move a duty to another unit on the ground of a decision; gives the new duty. Raises Refused."""
    moves.perform(actor, duty, "reassign", {"reassigned_to": unit, "decision": decision})
    found: Duty = Duty.objects.visible_to(actor).get(replaces_id=duty.pk)
    return found


def give_to_another(actor: Actor, duty: Duty, values: Mapping[str, Any]) -> None:
    """The new unit gets the duty with what is still to come; what was open is cancelled."""
    now = clock.now()
    unit = duty.reassigned_to
    assert unit is not None
    taken = Duty.objects.unscoped("whether the unit has the duty already")
    if taken.filter(obligation_id=duty.obligation_id, unit=unit, state__in=LIVE).exists():
        raise Refused(f"{unit.name}已有这项职责，不用改派。请改为终止原职责。")
    source = f"改派自{duty.unit.short_name or duty.unit.name}"[:120]
    fresh = Duty(
        programme=duty.programme, item=duty.item, obligation=duty.obligation, unit=unit, role=duty.role,
        share=duty.share, replaces=duty, issued_at=now, source=source,
    )  # fmt: skip
    fresh.region_path = unit.region_path
    write(actor, fresh, {}, "reassign", permission="duties.decide", note=duty.decision)
    with connection.cursor() as cursor:
        cursor.execute(run.CANCEL, {"ids": [duty.pk], "why": "已改派"})
        run.add_occurrences(cursor, duty.programme, now, [fresh.pk])
        cursor.execute(
            "UPDATE programmes_occurrence SET state = 'cancelled', decision = '改派前已到期' "
            "WHERE duty_id = %s AND due_on < %s",
            [fresh.pk, local_day(now)],
        )
    run_judging.refresh([duty.pk, fresh.pk])
    text = f"安委办把一项职责改派给本单位，请签收：{fresh.obligation.quote[:60]}"
    _tell(fresh, f"duties:{fresh.pk}:given", text)


def let_go(actor: Actor, duty: Duty, values: Mapping[str, Any]) -> None:
    """An ended duty asks for nothing more."""
    with connection.cursor() as cursor:
        cursor.execute(run.CANCEL, {"ids": [duty.pk], "why": duty.decision})
    run_judging.refresh([duty.pk])


def tell_kept(actor: Actor, duty: Duty, values: Mapping[str, Any]) -> None:
    """The unit learns that its objection was not taken up, and why."""
    _tell(duty, f"duties:{duty.pk}:kept:{duty.version}", f"退回申请未获同意，请签收职责：{duty.decision}")


def _tell(duty: Duty, key: str, text: str) -> None:
    people = run.people_of([duty.unit_id], clock.today())
    notice.notify(people, key, text, link=reverse("ledger-row", args=["duties", duty.pk]), row=duty)
