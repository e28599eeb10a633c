"""Dangers and the items that they serve: what may be chosen for one, what hangs on an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from anlan.hazards import danger_cells
from anlan.hazards.actions import danger_item
from anlan.hazards.models import HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.kernel import cells, clock
from anlan.kernel.counting import CAP
from anlan.kernel.scope import Actor
from anlan.programmes.models import Item
from anlan.programmes.models.texts import ancestors

SHOWN = 6


def items_for(actor: Actor, row: HiddenDanger) -> list[Item]:
    """The items that may be chosen: of running documents of the place and the levels above, nearest first."""
    found = Item.objects.visible_to(actor).filter(
        programme__state="running", ended=None, programme__region_path__in=ancestors(row.region_path)
    )
    return sorted(
        found.select_related("programme"),
        key=lambda one: (
            -len(one.programme.region_path),
            -one.programme.year,
            one.programme_id,
            one.position,
        ),
    )


def item_of(actor: Actor, row: HiddenDanger) -> Item | None:
    """The item that a danger serves, if the actor may read the document."""
    if row.item_id is None:
        return None
    found: Item | None = (
        Item.objects.visible_to(actor).filter(pk=row.item_id).select_related("programme").first()
    )
    return found


def shown(actor: Actor, row: HiddenDanger, change_url: str) -> Any:
    """饶安发〔2023〕3号 第19条, as a link to the item; whether it is a proposal; where it may be changed."""
    word = "改" if row.item_by == HiddenDanger.ItemBy.PERSON else "确认或改"
    change = format_html('<a class="sm nowrap" href="{}">{}</a>', change_url, word)
    item = item_of(actor, row)
    if item is None and change_url and row.item_id is None and row.item_by != HiddenDanger.ItemBy.CLEARED:
        # Not tied yet: what the rule will propose tonight is offered at once.
        item = danger_item.proposed(row, items_for(actor, row))
    if item is None:
        change = format_html('<a class="sm nowrap" href="{}">选一条</a>', change_url)
        word = "不对应要点条目" if row.item_by == HiddenDanger.ItemBy.CLEARED else "还没有对应"
        return format_html('<span class="mute">{}</span> {}', word, change if change_url else "")
    name = f"{item.programme.number or item.programme.title} 第{item.no}条"
    note = "" if row.item_by == HiddenDanger.ItemBy.PERSON else "建议"
    return format_html(
        '<a class="song" href="{}" title="{}">{}</a> <small class="mute">{}</small> {}',
        reverse("programme-item", args=[item.pk]), item.title, name, note, change if change_url else "",
    )  # fmt: skip


def part_of_item(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """What an item's page says of the dangers that hang on it; None where there are none to see."""
    if not actor.may_read("dangers.view"):
        return None
    rows = HiddenDanger.objects.visible_to(actor).filter(item_id=item.pk)
    opened = rows.filter(state__in=OPEN_STATES)
    whole, still = _capped(rows), _capped(opened)
    if not whole:
        return None
    base = f"{reverse('ledger-list', args=['dangers'])}?item={item.pk}"
    major = _capped(opened.filter(level="major"))
    nearest = opened.order_by("attention_on", "id").select_related("enterprise")[:SHOWN]
    return {
        "title": "隐患",
        "figures": [
            ("未销号", _words(still), f"{base}&state={','.join(OPEN_STATES)}"),
            ("其中重大", _words(major), f"{base}&state={','.join(OPEN_STATES)}&level=major"),
            ("共对应", _words(whole), base),
        ],
        "unit": "条",
        "note": "按行业和指标建议或由人确认对应到本条的隐患",
        "rows": [
            {
                "light": cells.light(*danger_cells.fact(one, clock.today())),
                "text": one.description,
                "url": reverse("ledger-row", args=["dangers", one.pk]),
                "side": one.enterprise.name if one.enterprise else one.place,
            }
            for one in nearest
        ],
    }


def _capped(rows: Any) -> int:
    return int(rows.order_by().values("pk")[: CAP + 1].count())


def _words(count: int) -> str:
    return f"{CAP:,}+" if count > CAP else f"{count:,}"
