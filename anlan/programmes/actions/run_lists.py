"""Duty lists of leaders: derived from the duties of the post's unit, signed, re-signed after a hand-over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from anlan.kernel import audit, clock
from anlan.kernel.cells import day
from anlan.kernel.digest import hasher
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.org.models import Post
from anlan.programmes.models import Duty, DutyList, Occurrence, Programme
from anlan.programmes.rules.schedule import BESIDE

LIVE = ("issued", "signed", "objected")


def duties_of(programme: Programme, post: Post) -> list[dict[str, str]]:
    """What the post's unit owes in the programme, with the days of the year: who leads stands first."""
    rows = (
        Duty.objects.unscoped("the duties that a post answers for")
        .filter(programme=programme, unit_id=post.unit_id, state__in=LIVE)
        .select_related("item", "obligation")
        .order_by("item__position", "obligation__position")
    )
    found = list(rows)
    days: dict[int, list[str]] = {}
    due = Occurrence.objects.unscoped("the days of these duties").filter(duty__in=[one.pk for one in found])
    for pk, one in due.exclude(state="cancelled").order_by("due_on").values_list("duty_id", "due_on"):
        days.setdefault(pk, []).append(day(one, short=True))
    found.sort(key=lambda one: (one.role in BESIDE, one.item.position, one.obligation.position))
    return [
        {
            "duty": str(one.pk),
            "item": one.item.no,
            "quote": one.obligation.quote,
            "role": one.get_role_display(),
            "due": "、".join(days.get(one.pk, [])) or "事件发生后",
        }
        for one in found
    ]


def make_list(actor: Actor, programme: Programme, post: Post) -> DutyList:
    """Make the list of a post anew for whoever holds it now. Needs `duty-lists.sign`. Raises Refused."""
    require(actor, "duty-lists.sign")
    if post.unit is None or not post.valid_on(clock.today()):
        raise Refused("这个岗位现在无人担任，不能生成职责清单。")
    duties = duties_of(programme, post)
    if not duties:
        raise Refused("这个岗位所在的单位在本要点中没有职责，不用生成清单。")
    row = DutyList(
        programme=programme, post=post, person=post.person, unit=post.unit, made_at=clock.now(),
        region_path=post.unit.region_path,
    )  # fmt: skip
    with transaction.atomic():
        write(
            actor, row, {"duties": duties, "digest": digest_of(duties)}, "add", permission="duty-lists.sign"
        )
    return row


def sign_list(actor: Actor, row: DutyList) -> None:
    """The person of the post signs; nobody signs for another, and nothing is signed twice. Raises Refused."""
    require(actor, "duty-lists.sign")
    with transaction.atomic():
        locked = DutyList.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=row.pk).first()
        if locked is None:
            raise Refused("没有这份清单，或者不在您的职责范围内。")
        if locked.person_id != actor.person_id:
            raise Refused("职责清单由本人签字。")
        if locked.signed_at is not None:
            raise Refused("这份清单已经签过字。")
        if digest_of(locked.duties) != locked.digest:
            raise Refused("清单内容与生成时不一致，请重新生成后再签。")
        change = {"signed_at": clock.now(), "signed_by": actor.label[:120]}
        DutyList.objects.visible_to(actor).filter(pk=row.pk).update(**change, version=locked.version + 1)
        audit.record(actor, "sign", locked, {"signed_by": ["", actor.label]})


def standing(programme: Programme, post: Post, newest: Mapping[int, DutyList]) -> tuple[str, DutyList | None]:
    """(none, unsigned, signed, handed-over, outdated) and the newest list of the post."""
    found = newest.get(post.pk)
    if found is None:
        before: Any = getattr(post, "predecessor", None)
        old = newest.get(before.pk) if before is not None else None
        return ("handed-over", old) if old is not None else ("none", None)
    if found.person_id != post.person_id:
        return "handed-over", found
    if found.signed_at is None:
        return "unsigned", found
    now = [(one["duty"], one["quote"]) for one in duties_of(programme, post)]
    return ("signed" if now == [(one["duty"], one["quote"]) for one in found.duties] else "outdated"), found


def digest_of(duties: list[dict[str, str]]) -> str:
    """SM3 over the list."""
    mac = hasher()
    mac.update(json.dumps(duties, ensure_ascii=False, sort_keys=True).encode())
    return mac.hexdigest()
