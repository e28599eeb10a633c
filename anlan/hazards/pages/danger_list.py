"""The list of dangers with its acts on many rows; slips that hand a danger over to this office."""

from __future__ import annotations

import io
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.hazards.actions import danger_decide, danger_letters
from anlan.hazards.actions.danger_assign import ASSIGN, VERIFY
from anlan.hazards.actions.danger_people import people_of_firm, people_of_units
from anlan.hazards.danger_ledgers import OPEN
from anlan.hazards.models import HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.hazards.pages.danger_assign import back_of
from anlan.kernel import audit, clock, moves, notice, registry
from anlan.kernel.counting import Count
from anlan.kernel.exchange import export, running
from anlan.kernel.listing import Listing
from anlan.kernel.models import Referral
from anlan.kernel.pages.access import ledger_for
from anlan.kernel.pages.lists import ListPage
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale

MOST = 200
# Acts that ask for more than a click: the page that asks.
CHOOSING = {"assign": "danger-assign", "letters": "danger-letters"}


class BulkAct:
    """A button of the bulk bar."""

    def __init__(self, label: str, url: str, ask: str = "") -> None:
        self.label, self.url, self.ask, self.danger = label, url, ask, False


class DangerListPage(ListPage):
    """The ledger's list, its title line telling where it hurts, and acts on picked rows."""

    @cached_property
    def bulk(self) -> list[BulkAct]:
        """What this post may do with many rows."""
        actor, found = self.request.actor, []
        if actor.may(ASSIGN):
            found.append(BulkAct("指派验收人", reverse("danger-bulk", args=["assign"])))
        if actor.may("dangers.order"):
            found.append(BulkAct("发催办", reverse("danger-bulk", args=["nudge"])))
        if actor.may(danger_letters.WRITE):
            found.append(BulkAct("并入督办单", reverse("danger-bulk", args=["letters"])))
        if actor.may("dangers.close"):
            ask = "销号后这些隐患不再整改。只销验收合格的，其余不动。"
            found.append(BulkAct("销号", reverse("danger-bulk", args=["close"]), ask))
        if actor.may("dangers.export"):
            found.append(BulkAct("导出所选", reverse("danger-bulk", args=["export"])))
        return found

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """What waits for me is asked by those alone who may verify."""
        found = super().views
        mine = next(one.label for one in self.ledger.views if one.key == "mine")
        return found if self.request.actor.may(VERIFY) else [one for one in found if one["label"] != mine]

    @cached_property
    def facts(self) -> list[str]:
        """Problems of the filter line, and the open major ones."""
        found = super().facts
        major, late = (self._count(level="major", **more) for more in ({"state": OPEN}, {"late": "1"}))
        if major.n:
            found.append(f"重大 {major.text} 条未销号，逾期 {late.text} 条")
        return found

    def _count(self, **query: str) -> Count:
        return Listing(self.ledger, self.request.actor, query, self.listing.kept).count


@require_GET
def dangers(request: ActorRequest) -> HttpResponse:
    """The list; a number typed into the search leads to its danger."""
    ledger = ledger_for(request, "dangers")
    typed = request.GET.get("q", "").strip().upper()
    number = whole(typed.removeprefix("YH")) if typed.startswith("YH") else None
    if number and HiddenDanger.objects.visible_to(request.actor).filter(pk=number).exists():
        return HttpResponseRedirect(reverse("ledger-row", args=["dangers", number]))
    page = DangerListPage(request, ledger)
    htmx = getattr(request, "htmx", None)
    template = "kernel/list_body.html" if htmx and htmx.target == "list-body" else "hazards/danger_list.html"
    return render(request, template, {"page": page})


@require_POST
def bulk(request: ActorRequest, act: str) -> HttpResponseBase:
    """One act on the picked rows, each as the page of the row would do it."""
    given = request.POST.getlist("ids") or request.GET.getlist("ids")
    ids = [number for one in given[:MOST] if (number := whole(one))]
    acts = {"nudge": ("dangers.order", _nudge), "close": ("dangers.close", _close)}
    back = back_of(request)
    if act in CHOOSING:
        return _choose(request, CHOOSING[act], ids, back)
    if act == "export" and request.actor.may("dangers.export"):
        return _export(request, ids)
    if act not in acts or not request.actor.may(acts[act][0]):
        raise Http404
    rows = list(HiddenDanger.objects.visible_to(request.actor).filter(pk__in=ids).order_by("id"))
    acts[act][1](request, rows)
    return HttpResponseRedirect(back)


def _choose(request: ActorRequest, name: str, ids: list[int], back: str) -> HttpResponse:
    """On to the page where the rest is chosen; it asks for the permission itself."""
    if not ids:
        messages.warning(request, "还没有选隐患。请先勾选，再办理。")
        return HttpResponseRedirect(back)
    query = [("ids", one) for one in ids] + [("next", back)]
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode(query)}")


class Picked(Listing):
    """The list narrowed to the picked rows: columns, order and export are the list's own."""

    def __init__(self, request: ActorRequest, ids: list[int]) -> None:
        super().__init__(registry.ledger("dangers"), request.actor, {})
        self.ids = ids

    def _matching(self, wanted: int) -> QuerySet[Any]:
        return super()._matching(wanted).filter(pk__in=self.ids)


def _export(request: ActorRequest, ids: list[int]) -> FileResponse:
    """The picked rows as xlsx, on record like any export."""
    listing = Picked(request, ids)
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as home:
        count = running.write_file(listing, Path(home) / "rows", "xlsx")
        stream.write((Path(home) / "rows").read_bytes())
    stream.seek(0)
    running.record(request.actor, listing, count)
    return FileResponse(stream, as_attachment=True, filename=export.file_name(listing.ledger, "xlsx"))


def _close(request: ActorRequest, rows: list[HiddenDanger]) -> None:
    done, refused = 0, []
    for row in rows:
        try:
            moves.perform(request.actor, row, "close")
            done += 1
        except (Refused, Stale, ValidationError) as error:
            refused.append(f"{row.number}：{error}")
    messages.success(request, f"已销号 {done} 条。")
    if refused:
        shown = "".join(refused[:5]) + (f"等 {len(refused)} 条" if len(refused) > 5 else "")
        messages.warning(request, f"{len(refused)} 条没有销号。{shown}")


def _nudge(request: ActorRequest, rows: list[HiddenDanger]) -> None:
    """Tell the firm's people, or the regulator's where the firm has no account; once a day for a danger."""
    told = silent = 0
    today = clock.today()
    for row in rows:
        if row.state not in OPEN_STATES:
            continue
        text = f"请尽快整改：{row.description[:60]}" + (f"，期限 {row.due_on}" if row.due_on else "")
        people = people_of_firm(row.enterprise_id) or people_of_units([row.regulator_id])
        link, key = reverse("ledger-row", args=["dangers", row.pk]), f"dangers:{row.pk}:nudge:{today}"
        reached = notice.notify(people, key, text, link=link, row=row)
        audit.record(request.actor, "nudge", row, note=f"通知 {reached} 人")
        told, silent = told + (reached > 0), silent + (not reached)
    if told or not rows:
        messages.success(request, f"已催办 {told} 条。")
    if done := sum(row.state not in OPEN_STATES for row in rows):
        messages.warning(request, f"{done} 条已经销号或作废，没有催。")
    if silent:
        messages.warning(
            request, f"{silent} 条没有可通知的人：企业和监管部门都没有在岗账号，或今天已经催过。"
        )


@require_GET
def handed(request: ActorRequest) -> HttpResponse:
    """Slips that hand dangers over to this office."""
    if not request.actor.may_read("referrals.view"):
        raise Http404
    seat = request.actor.seat
    slips = Referral.objects.visible_to(request.actor).filter(
        to_ledger="dangers", to_unit_id=seat.unit_id if seat and seat.unit_id else 0
    )
    waiting = slips.filter(state__in=("sent", "accepted")).order_by("-id")
    done = slips.exclude(state__in=("sent", "accepted")).order_by("-id")[:20]
    may = request.actor.may("referrals.accept") and request.actor.may("referrals.finish")
    page: dict[str, Any] = {"title": "移送来的隐患", "waiting": waiting, "done": done, "may": may}
    return render(request, "hazards/danger_handed.html", {"page": page})


@require_POST
def take_over(request: ActorRequest, pk: int) -> HttpResponse:
    """Take one up."""
    slip = get_object_or_404(Referral.objects.visible_to(request.actor), pk=pk, to_ledger="dangers")
    row = danger_decide.take_over(request.actor, slip)
    messages.success(request, f"已接收，{row.number} 由本单位督促整改。")
    return HttpResponseRedirect(reverse("ledger-row", args=["dangers", row.pk]))
