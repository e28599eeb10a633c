"""Drawing licences to be looked at again, in the same act as the draw itself is put on record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from anlan.enterprises.models import Licence, LicenceCheck, LicenceDraw, Standing
from anlan.enterprises.rules import recheck
from anlan.kernel import audit, clock
from anlan.kernel.due import add_months
from anlan.kernel.scope import Actor, under

REASON = "follows what the caller wrote through the door"
MOST = 500
SEED_BYTES = 5


def draw_defaults(actor: Actor) -> Mapping[str, Any]:
    """A new draw is over what the own region issued within the last twelve months."""
    seat, today = actor.seat, clock.today()
    own = {"region_path": seat.region_paths[0]} if seat and seat.region_paths else {}
    return {"issued_from": add_months(today, -12), "issued_until": today, **own}


def pool(actor: Actor, row: LicenceDraw) -> dict[str, int]:
    """{种类/编号: id} of the valid licences issued in the window, in the region, that the actor sees."""
    rows = Licence.objects.visible_to(actor).filter(
        under("region_path", [row.region_path]), standing=Standing.VALID,
        issued_on__gte=row.issued_from, issued_on__lte=row.issued_until,
    )  # fmt: skip
    if row.kind:
        rows = rows.filter(kind=row.kind)
    return {
        f"{kind}/{number}": pk for kind, number, pk in rows.order_by().values_list("kind", "number", "pk")
    }


def check_draw(actor: Actor, row: LicenceDraw) -> None:
    """Before a draw is saved: there is something to draw from, and the list stands on the row.

    A draw that was made is not changed; only its term may move. Raises ValidationError.
    """
    if not row._state.adding:
        stored = LicenceDraw.objects.unscoped(REASON).get(pk=row.pk)
        fixed = ("region_path", "kind", "issued_from", "issued_until", "share", "seed")
        if any(getattr(stored, name) != getattr(row, name) for name in fixed):
            raise ValidationError("抽取已经完成，不能再改范围、比例和种子。要重抽的，另立一批。")
        return
    if not (row.region_path and row.issued_from and row.issued_until and row.share):
        return
    found = pool(actor, row)
    if not found:
        raise ValidationError({"issued_from": "这段时间、这个区划里没有发过这种证照。请放宽发证日期或种类。"})
    count = recheck.size(len(found), row.share)
    if count > MOST:
        raise ValidationError({"share": f"将抽中 {count} 件，一批最多 {MOST} 件。请降低比例，或分批抽取。"})
    row.seed = row.seed.strip() or secrets.token_hex(SEED_BYTES)
    row.pool = sorted(found)
    row.pool_digest, row.pool_size, row.drawn = recheck.digest(row.pool), len(found), count
    row.drawn_at, row.drawn_by = clock.now(), actor.label[:120]


def follow_draw(actor: Actor, row: LicenceDraw, differences: Mapping[str, Any]) -> None:
    """The drawn licences stand in the ledger of checks, in the order of their lots."""
    if LicenceCheck.objects.unscoped(REASON).filter(draw=row).exists():
        return
    found = pool(actor, row)
    for place, number in enumerate(recheck.draw(row.seed, row.pool, row.drawn), 1):
        if number not in found:
            raise ValidationError("抽取期间证照有变动，没有保存。请重新抽取。")
        one = LicenceCheck(draw=row, licence_id=found[number], position=place)
        one.full_clean(exclude=["enterprise"])
        one.save()
        audit.record(actor, "draw", one, audit.differences(None, one))


def check_check(actor: Actor, row: LicenceCheck) -> None:
    """Firm, place and industry before they are checked."""
    row.derive()
