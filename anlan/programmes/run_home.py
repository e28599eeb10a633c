"""What the first page shows of the programme: one's figures, what is to be done, one's duties by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse

from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.kernel.shell import HomePanel
from anlan.programmes import reads_shares
from anlan.programmes.models import Duty, Evidence, Occurrence, Programme
from anlan.programmes.reads_boards import LIGHT_OF, LIVE, WORST
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules.judging import plain
from anlan.programmes.rules.schedule import LONG_NOTICE
from anlan.programmes.run_post import post

OPEN = ("open", "declared", "returned")
SHOWN = 12
ITEMS = 8
ZERO = Decimal(0)


def due(actor: Actor) -> Mapping[str, Any] | None:
    """Overdue, near and returned matters of the post's own units, and what waits for the office's decision.

    Nothing for a post that neither has duties nor decides about any. Three to six statements.
    """
    units = units_of(actor)
    today = clock.today()
    own = _own(actor, units, today) if units and actor.may_read("occurrences.view") else None
    waiting = _waiting(actor) if actor.may("occurrences.accept") else []
    if own is None and not waiting:
        return None
    return {**(own or {"rows": [], "figs": [], "more": 0}), "waiting": waiting}


def duties(actor: Actor) -> Mapping[str, Any] | None:
    """The items in which the post's own units have duties, the worst first."""
    units = units_of(actor)
    if not units or not actor.may_read("duties.view"):
        return None
    rows = (
        Duty.objects.visible_to(actor)
        .filter(unit_id__in=units, state__in=LIVE, programme__state="running")
        .order_by()
        .values("item_id", "item__no", "item__title", "item__position", "programme_id")
        .annotate(rank=WORST, n=Count("pk"), green=Count("pk", filter=Q(light="g")), newest=Max("id"))
        .order_by("-rank", "-programme_id", "item__position")
    )
    found = list(rows[: ITEMS + 1])
    if not found:
        return None
    return {
        "items": [
            {
                "no": one["item__no"],
                "title": one["item__title"],
                "url": reverse("programme-item", args=[one["item_id"]]),
                "light": cells.light(LIGHT_OF[one["rank"]], f"{one['green']}/{one['n']} 按期"),
            }
            for one in found[:ITEMS]
        ],
        "more": len(found) > ITEMS,
        "url": f"{reverse('ledger-list', args=['duties'])}?unit={_ids(units)}",
    }


def shares(actor: Actor) -> Mapping[str, Any] | None:
    """The numbers that were given to the post's own units, and how far they are."""
    units = units_of(actor)
    if not units or not actor.may_read("occurrences.view"):
        return None
    found = reads_shares.given_to(actor, units)
    if not found:
        return None
    return {
        "rows": [
            {
                "quote": one.duty.obligation.quote,
                "url": reverse("ledger-row", args=["occurrences", one.pk]),
                "share": f"{plain(one.duty.share or one.need or ZERO)} {one.duty.obligation.unit}",
                "value": "未报" if one.value is None else plain(one.value),
                "light": cells.light(one.light, one.reason or one.get_light_display()),
            }
            for one in found[:ITEMS]
        ]
    }


def _own(actor: Actor, units: list[int], today: date) -> dict[str, Any] | None:
    signed = Duty.objects.visible_to(actor).filter(
        unit_id__in=units, state__in=LIVE, programme__state="running"
    )
    duties = signed.order_by().aggregate(n=Count("pk"), issued=Count("pk", filter=Q(state="issued")))
    if not duties["n"]:
        return None
    mine = Occurrence.objects.visible_to(actor).filter(unit_id__in=units, state__in=OPEN)
    to_do = ~Q(state="declared") & (Q(state="returned") | Q(light="y") | _at_hand(today))
    counts = mine.order_by().aggregate(
        late=Count("pk", filter=Q(due_on__lt=today) & ~Q(state="declared")),
        behind=Count("pk", filter=Q(light="y") & ~Q(state="declared")),
        returned=Count("pk", filter=Q(state="returned")),
        declared=Count("pk", filter=Q(state="declared")),
        to_do=Count("pk", filter=to_do),
    )
    rows = mine.filter(to_do).select_related("duty__obligation", "duty__item", "duty__unit")
    found = [_row(actor, one) for one in rows.order_by("due_on", "id")[:SHOWN]]
    ledger = f"{reverse('ledger-list', args=['occurrences'])}?duty__unit={_ids(units)}"
    return {
        "figs": _figs(actor, counts, duties, ledger, today),
        "rows": found,
        "acts": any(one["act_url"] for one in found),
        "more": counts["to_do"] - len(found),
        "ledger_url": f"{ledger}&state=open,returned",
    }


def _at_hand(today: date) -> Q:
    """Due within the longest notice, and told of."""
    return Q(due_on__lte=today + timedelta(days=LONG_NOTICE), warn_on__lte=today)


def _figs(
    actor: Actor, counts: Mapping[str, int], duties: Mapping[str, int], ledger: str, today: date
) -> list[dict[str, Any]]:
    """The tiles; each address asks the ledger for exactly the rows that were counted."""
    over = f"{ledger}&state=open,returned&due_on_to={today - timedelta(days=1)}"
    receipt = reverse("duty-receipt") if actor.may("duties.sign") else ""
    return [
        {"label": "逾期", "value": counts["late"], "unit": "件", "red": counts["late"] > 0, "url": over},
        {"label": "临期或落后", "value": counts["behind"], "unit": "件",
         "url": f"{ledger}&state=open,returned&light=y"},
        {"label": "被退回", "value": counts["returned"], "unit": "件", "url": f"{ledger}&state=returned"},
        {"label": "已申报待审核", "value": counts["declared"], "unit": "件",
         "url": f"{ledger}&state=declared"},
        {"label": "待签收职责", "value": duties["issued"], "unit": "项", "url": receipt,
         "note": f"共 {duties['n']} 项职责"},
    ]  # fmt: skip


def _ids(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _row(actor: Actor, one: Occurrence) -> dict[str, Any]:
    duty = one.duty
    base = reverse("ledger-row", args=["occurrences", one.pk])
    return {
        "light": cells.light(one.light if one.light != "o" else "y", one.reason or str(one.due_on)),
        "quote": duty.obligation.quote,
        "url": base,
        "item": duty.item.no,
        "item_url": reverse("programme-item", args=[duty.item_id]),
        "unit": duty.unit.short_name or duty.unit.name,
        "returned": one.decision if one.state == "returned" else "",
        "act_url": reverse("ledger-move", args=["occurrences", one.pk, "declare"])
        if actor.may("occurrences.declare")
        else "",
    }


def _waiting(actor: Actor) -> list[dict[str, Any]]:
    """Counts of what waits for the office that issued a programme."""
    paths = actor.seat.region_paths if actor.seat else ()
    programmes = Programme.objects.visible_to(actor).filter(region_path__in=paths, state="running")
    mine = list(programmes.values_list("pk", flat=True))
    declared = Occurrence.objects.visible_to(actor).filter(state="declared", programme_id__in=mine)
    objected = Duty.objects.visible_to(actor).filter(state="objected", programme_id__in=mine)
    proofs = Evidence.objects.visible_to(actor).filter(state="waiting")
    matters, duties = (reverse("ledger-list", args=[key]) for key in ("occurrences", "duties"))
    found = [
        ("申报待审核", declared.count(), f"{matters}?state=declared&duty__programme={_ids(mine)}"),
        ("佐证待审核", proofs.count(), reverse("ledger-list", args=["evidence"]) + "?state=waiting"),
        ("申请退回待决定", objected.count(), f"{duties}?state=objected&programme={_ids(mine)}"),
    ]
    return [{"label": label, "count": count, "url": url} for label, count, url in found if count]


def start(actor: Actor) -> Mapping[str, Any] | None:
    """For whoever may take a document in, as long as there is none."""
    if not actor.may("editions.add") or Programme.objects.visible_to(actor).exists():
        return None
    return {
        "title": "工作要点",
        "state": "还没有工作要点。",
        "basis": "上传安委会印发的年度要点，系统分解成任务，由您审读、签发、下达。",
        "url": reverse("review-intake"),
        "label": "上传要点",
    }


HOME_PANELS = (
    HomePanel("programme-start", "kernel/home_start.html", start, position=1),
    HomePanel("programme-due", "programmes/home_due.html", due, position=10),
    HomePanel("programme-shares", "programmes/home_shares.html", shares, position=11),
    HomePanel("programme-post", "programmes/home_post.html", post, position=12, side=True),
    HomePanel("programme-duties", "programmes/home_duties.html", duties, position=10, side=True),
)
