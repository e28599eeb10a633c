"""What a province or a city writes of its own: standards, criteria, checks; further versions; their end.

Every act goes through the one door. A version that has begun is never changed: the next one ends it on its
own first day, a correction withdraws it, and what cites it keeps what it cites.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import clock, writing
from anlan.kernel.scope import Actor, Reach
from anlan.kernel.writing import Refused
from anlan.org.models import Region
from anlan.standards.models import ChecklistItem, Content, Criterion, Standard
from anlan.standards.rules import local

WHY = "rules hold for everybody"
ONLY_OFFICES = "地方标准由省、设区市的安委办登记。请把建议报给市安委办。"
OF_A_PACK = "这是行业包带来的，随行业包更新，不能在这里改。本地另有规定的，请登记本地的一条。"
OF_ANOTHER = "这是其他地区登记的，只能由登记它的安委办改动。"
RESTING: tuple[type[Content], ...] = (Criterion, ChecklistItem)


def home(actor: Actor) -> str:
    """The place for which the chosen post may write: the path of its province or city, else ""."""
    seat = actor.seat
    if seat is None or seat.enterprise_id is not None or seat.industries is not None:
        return ""
    if seat.reach not in {Reach.SUBTREE, Reach.ALL}:
        return ""
    rows = Region.objects.unscoped("levels of places are no secret").filter(path__in=seat.region_paths)
    found = rows.filter(level__in=local.LEVELS).order_by("path").values_list("path", flat=True).first()
    return str(found or "")


def may_write(actor: Actor) -> bool:
    """Whether the chosen post is of an office that writes standards of its own."""
    return bool(home(actor))


def first_values(model: type[Content], actor: Actor) -> dict[str, Any]:
    """A new row begins with the next code of the place, and today."""
    prefix = f"DF{home(actor).rstrip('/').rpartition('/')[2]}"
    taken = model.objects.unscoped(WHY).filter(key__startswith=prefix).values_list("key", flat=True)
    return {"key": local.next_code(prefix, taken), "valid_from": clock.today()}


def prepare(actor: Actor, row: Any) -> None:
    """Before a row is checked: it belongs to the office's own place, and only that office writes it."""
    place = home(actor)
    if not place:
        raise Refused(ONLY_OFFICES)
    if row._state.adding:
        row.region_path = place
    row.derive()
    _require_own(row, place)


def _require_own(row: Any, place: str) -> None:
    if not row.local:
        raise Refused(OF_A_PACK)
    if row.region_path != place:
        raise Refused(OF_ANOTHER)


def renew(actor: Actor, old: Any, change: Mapping[str, Any]) -> Any:
    """The next version of a local row; gives the new row. Raises Refused or ValidationError."""
    model, permission = type(old), f"{old.scope.view.partition('.')[0]}.add"
    start = change.get("valid_from")
    if not isinstance(start, date):
        raise ValidationError({"valid_from": "没有写生效日期。请填新版开始施行的日期。"})
    with transaction.atomic():
        kept = model.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=old.pk)
        if kept.withdrawn_on is not None:
            raise Refused("这一版已更正过。请在现行的一版上出新版。")
        done = local.succeed(kept, start)
        if done.corrects:
            writing.write(actor, kept, {"withdrawn_on": clock.today()}, "correct", permission=permission)
        elif done.ends_on is not None:
            writing.write(actor, kept, {"valid_to": done.ends_on}, "succeed", permission=permission)
        row = model(key=kept.key, region_path=kept.region_path)
        row.succeeding = True
        return writing.write(actor, row, {**change, "key": kept.key}, "add", note="新版").row


def end(actor: Actor, row: Any, day: date, reason: str) -> int:
    """End a local row on `day`, and what rests on a local standard; gives how many rows ended."""
    permission = f"{row.scope.view.partition('.')[0]}.add"
    if why := local.may_end(row, day, clock.today()):
        raise ValidationError({"day": why})
    with transaction.atomic():
        writing.write(actor, row, {"valid_to": day}, "end", permission=permission, note=reason)
        ended = 1
        for rested in resting(row):
            if rested.valid_from is not None and rested.valid_from >= day:
                change = {"withdrawn_on": clock.today()}
            else:
                change = {"valid_to": day}
            writing.write(actor, rested, change, "end", permission=permission, note=reason)
            ended += 1
    return ended


def resting(row: Any) -> list[Any]:
    """The live criteria and checks of the same place that rest on a local standard."""
    if not isinstance(row, Standard):
        return []
    today = clock.today()
    rows = [
        one
        for model in RESTING
        for one in model.objects.unscoped(WHY).filter(
            standard=row, region_path=row.region_path, pack=None, withdrawn_on=None
        )
    ]
    return [one for one in rows if one.valid_to is None or one.valid_to > today]


__all__ = ["end", "first_values", "home", "may_write", "prepare", "renew", "resting"]
