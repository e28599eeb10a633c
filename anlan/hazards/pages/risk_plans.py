"""The four-colour plan of a site: upload the picture, place the points by click or keyboard, print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.hazards.actions import risk as acts
from anlan.hazards.models import RiskPoint, SitePlan
from anlan.hazards.pages.risk_cards import sheet
from anlan.hazards.risk_ledgers import PLANS
from anlan.hazards.rules.risk import Colour
from anlan.kernel import cells
from anlan.kernel.forms import form_class
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.pages.edit import picker_urls
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale

UNIT = 1000
MOST = 300
EMPTY_COLOUR = "none"


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the plan in the picture's own pixels: its number in the list, letter, colour, address."""

    point: RiskPoint
    number: int
    x: int
    y: int
    r: int
    colour: str
    letter: str
    at: bool

    @property
    def text_y(self) -> int:
        """Where the letter's line stands, so that it looks centred."""
        return self.y + round(self.r * 0.36)

    @property
    def words(self) -> str:
        """What a screen reader says."""
        told = Colour(self.colour).label if self.colour != EMPTY_COLOUR else "未评估"
        return f"{self.letter}{self.number} {self.point.name}，{told}"


class PictureForm(forms.Form):
    """The picture of the plan."""

    picture = forms.FileField(
        label="平面图", help_text="PNG 或 JPG，长宽都不小于 200 点，不超过 15 MB；只作示意图，不作测绘用",
        error_messages={"required": "请选择平面图。", "empty": "文件是空的。请重新选择。"},
    )  # fmt: skip


def marks_of(actor: Any, plan: SitePlan, chosen: int | None = None) -> tuple[list[Mark], list[RiskPoint]]:
    """(marks on the plan, points of the firm that are not on any plan), as far as the actor sees them."""
    rank = {one.value: place for place, one in enumerate(Colour)}
    rows = RiskPoint.objects.visible_to(actor).filter(enterprise_id=plan.enterprise_id)
    live = list(rows.exclude(state=RiskPoint.State.RETIRED).order_by("id")[:MOST])
    live.sort(key=lambda one: rank.get(one.residual_colour, 9))
    radius = max(round(max(plan.width, plan.height) * 0.018), 8)
    found: list[Mark] = []
    waiting: list[RiskPoint] = []
    for one in live:
        if one.plan_id != plan.pk or one.plan_x is None or one.plan_y is None:
            waiting += [one] if one.plan_id is None else []
            continue
        colour = one.residual_colour or EMPTY_COLOUR
        found.append(
            Mark(
                one, len(found) + 1, round(one.plan_x * plan.width / UNIT),
                round(one.plan_y * plan.height / UNIT), radius, colour,
                Colour(colour).letter if one.residual_colour else "？", one.pk == chosen,
            )
        )  # fmt: skip
    return found, waiting


@require_GET
def show_plan(request: ActorRequest, pk: int) -> HttpResponse:
    """The plan with its points, and the form that places one."""
    plan = row_for(request, ledger_for(request, "site-plans"), pk, "enterprise", "site")
    chosen = whole(request.GET.get("point"))
    marks, waiting = marks_of(request.actor, plan, chosen)
    at = next((one for one in marks if one.point.pk == chosen), None)
    acts_open: list[dict[str, Any]] = [
        {"label": "打印", "url": f"{reverse('ledger-row', args=['site-plans', pk])}print/", "icon": "printer"}
    ]
    if may(request, PLANS, "change"):
        acts_open.append(
            {"label": "更换底图", "url": reverse("site-plan-picture", args=[pk]), "icon": "photo"}
        )
    page = {
        "title": plan.name,
        "crumbs": [
            {"label": PLANS.label, "url": reverse("ledger-list", args=["site-plans"])},
            {"label": plan.enterprise.name},
        ],
        "facts": [*([str(plan.site)] if plan.site else []), f"绘制 {cells.day(plan.drawn_on)}"],
        "acts": acts_open,
        "plan": plan,
        "marks": marks,
        "waiting": waiting,
        "legend": legend(marks),
        "may": request.actor.may("risks.change"),
        "chosen": chosen,
        "x": at.point.plan_x / 10 if at and at.point.plan_x is not None else "",
        "y": at.point.plan_y / 10 if at and at.point.plan_y is not None else "",
        "key": new_key(),
    }
    return render(request, "hazards/risk_plan.html", {"page": page})


def legend(marks: list[Mark]) -> list[dict[str, Any]]:
    """Every colour with its letter, word and number of points."""
    found = [
        {"colour": one.value, "letter": one.letter, "label": one.label,
         "count": sum(mark.colour == one.value for mark in marks)}
        for one in Colour
    ]  # fmt: skip
    ungraded = sum(mark.colour == EMPTY_COLOUR for mark in marks)
    rest = {"colour": EMPTY_COLOUR, "letter": "？", "label": "未评估", "count": ungraded}
    return [*found, *([rest] if ungraded else [])]


@require_GET
def print_plan(request: ActorRequest, pk: int) -> HttpResponse:
    """The plan on A4, with its legend and the list of points."""
    plan = row_for(request, ledger_for(request, "site-plans"), pk, "enterprise", "site")
    marks, _ = marks_of(request.actor, plan)
    wide = plan.width > plan.height
    page = sheet(
        request, f"{plan.enterprise.name}安全风险四色分布图", reverse("ledger-row", args=["site-plans", pk]),
        plan=plan, marks=marks, legend=legend(marks), wide=wide, basis="示意图，不作测绘用",
    )  # fmt: skip
    return render(request, "hazards/risk_plan_print.html", {"page": page})


@require_POST
def place_point(request: ActorRequest, pk: int) -> HttpResponse:
    """Put a point where was clicked or typed (percent from left and top), or take it off."""
    plan = row_for(request, ledger_for(request, "site-plans"), pk)
    if not request.actor.may("risks.change"):
        raise Http404
    back = reverse("ledger-row", args=["site-plans", pk])
    point = _point(request)
    if point is None:
        messages.error(request, "没有选风险点。请先选一个，再点图上的位置。")
        return HttpResponseRedirect(back)
    at = None
    if "off" not in request.POST:
        at = (_mille(request.POST.get("x")), _mille(request.POST.get("y")))
        if None in at:
            messages.error(request, "位置读不懂。距左、距上请填 0 到 100 之间的数，如 35.5。")
            return HttpResponseRedirect(f"{back}?point={point.pk}")
    try:
        _, fresh = once(
            request.actor,
            request.POST.get("idempotency_key", ""),
            lambda: acts.place(request.actor, plan, point, at).pk,  # type: ignore[arg-type]
        )
    except (Refused, Stale, ValidationError) as error:
        messages.error(request, "；".join(getattr(error, "messages", [str(error)])))
    else:
        if fresh:
            messages.success(request, f"已把“{point}”{'移出本图' if at is None else '放到图上'}。")
    return HttpResponseRedirect(back)


def _point(request: ActorRequest) -> RiskPoint | None:
    pk = whole(request.POST.get("point"))
    found: RiskPoint | None = (
        RiskPoint.objects.visible_to(request.actor).filter(pk=pk).first() if pk else None
    )
    return found


def _mille(text: Any) -> int | None:
    """Percent as typed → per mille, or None."""
    try:
        found = float(str(text or "").strip().removesuffix("%"))
    except ValueError:
        return None
    return round(found * 10) if 0 <= found <= 100 else None


def new_plan(request: ActorRequest) -> HttpResponse:
    """Upload a plan."""
    ledger = ledger_for(request, "site-plans", "add")
    row = SitePlan(**dict(ledger.defaults(request.actor)) if ledger.defaults else {})
    posted, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_class(PLANS, request.actor, picker_urls(PLANS))(posted, instance=row)
    firm = request.actor.seat.enterprise_id if request.actor.seat else None
    if firm:
        del form.fields["enterprise"]
    picture = PictureForm(posted, files)
    form.fields["picture"] = picture.fields["picture"]
    form.files = files or {}  # type: ignore[assignment]
    if posted is not None and form.is_valid():
        values = {**form.cleaned_data, **({"enterprise": row.enterprise} if firm else {})}
        upload = values.pop("picture")
        try:
            pk, fresh = once(
                request.actor,
                request.POST.get("idempotency_key", ""),
                lambda: acts.new_plan(request.actor, values, upload).pk,
            )
        except BadFile as error:
            form.add_error("picture", str(error))
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, [text for texts in error.message_dict.values() for text in texts])
        else:
            if fresh:
                messages.success(request, "已上传平面图。请把风险点放上去。")
            return HttpResponseRedirect(reverse("ledger-row", args=["site-plans", pk]))
    return _upload_page(request, form, "上传平面图", reverse("ledger-list", args=["site-plans"]))


def change_picture(request: ActorRequest, pk: int) -> HttpResponse:
    """A newer picture for the same plan."""
    plan = row_for(request, ledger_for(request, "site-plans", "change"), pk)
    back = reverse("ledger-row", args=["site-plans", pk])
    posted = request.method == "POST"
    form = PictureForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            acts.put_picture(request.actor, plan, form.cleaned_data["picture"])
        except BadFile as error:
            form.add_error("picture", str(error))
        except (Refused, Stale, ValidationError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已更换底图，风险点的相对位置不变，请核对。")
            return HttpResponseRedirect(back)
    return _upload_page(request, form, "更换底图", back)


def _upload_page(request: ActorRequest, form: Any, title: str, back: str) -> HttpResponse:
    page = {
        "title": title,
        "crumbs": [
            {"label": PLANS.label, "url": reverse("ledger-list", args=["site-plans"])},
            {"label": title},
        ],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "section_title": "图",
        "cancel_url": back,
        "save_label": title,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "hazards/risk_plan_upload.html", {"form": form, "page": page}, status=status)
