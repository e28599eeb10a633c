"""Safe-work confirmations: begun from a job's card, ticked, signed on the screen by each person, printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.hazards import reads_risk, risk_cells
from anlan.hazards.actions import work as acts
from anlan.hazards.models import RiskPoint, WorkConfirmation
from anlan.hazards.pages.risk_cards import jobs_page, sheet
from anlan.hazards.pages.risk_rows import PanelsFirst
from anlan.hazards.pages.work_signature import picture
from anlan.hazards.rules import work
from anlan.kernel import cells, clock
from anlan.kernel.forms import DATE_FORMATS, REQUIRED
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale

KEY = "work-confirmations"


class BeginForm(forms.Form):
    """Where, when, who."""

    place = forms.CharField(label="作业地点", max_length=80, error_messages={"required": REQUIRED})
    activity = forms.CharField(label="作业内容", max_length=120, required=False)
    on_day = forms.DateField(
        label="作业日期", input_formats=DATE_FORMATS,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": REQUIRED, "invalid": "读不出日期。请写成 2023-06-20。"},
    )  # fmt: skip
    shift = forms.ChoiceField(label="班次", choices=WorkConfirmation.Shift.choices)
    workers = forms.CharField(
        label="作业人", max_length=500, help_text="每人都要签字；几个人用顿号隔开，如：张某、李某",
        error_messages={"required": REQUIRED},
    )  # fmt: skip
    guardian = forms.CharField(
        label="监护人", max_length=40, help_text="监护人或班组长，自己不作业",
        error_messages={"required": REQUIRED},
    )  # fmt: skip


class WorkPage(PanelsFirst):
    """The page of one confirmation: what is still to be done stands first."""

    @property
    def facts(self) -> list[Any]:
        """Firm, risk, state."""
        row = self.row
        found = [str(row.enterprise), row.number, risk_cells.colour(row.colour), row.get_state_display()]
        return [*found, *([cells.tag("演示数据")] if row.demo else [])]


@require_GET
def choose(request: ActorRequest) -> HttpResponse:
    """A confirmation begins at a job: the button of the list shows the jobs."""
    _require_add(request)
    return jobs_page(request)


def begin(request: ActorRequest, firm: int) -> HttpResponse:
    """Begin a sheet for a job of a firm."""
    _require_add(request)
    job = request.GET.get("job", "")[:40]
    points = reads_risk.points_of_job(request.actor, firm, job) if job else []
    if not points:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    first = {"on_day": clock.today(), "place": next((one.place for one in points if one.place), "")}
    form = BeginForm(posted, initial=first)
    if posted is not None and form.is_valid():
        try:
            pk, _ = once(
                request.actor,
                posted.get("idempotency_key", ""),
                lambda: acts.begin(request.actor, firm, job, form.cleaned_data).pk,
            )
            return HttpResponseRedirect(reverse("ledger-row", args=[KEY, pk]))
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            _put_errors(form, error)
    return _begin_page(request, form, points, job)


def _put_errors(form: forms.Form, error: ValidationError) -> None:
    for name, found in getattr(error, "message_dict", {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, found)


def _begin_page(request: ActorRequest, form: BeginForm, points: list[RiskPoint], job: str) -> HttpResponse:
    back = f"{reverse('risk-jobs')}?enterprise={points[0].enterprise_id}"
    fields = [form[name] for name in form.fields]
    page = {
        "title": f"作业前确认：{job}",
        "crumbs": [{"label": "岗位风险告知", "url": back}, {"label": "作业确认"}],
        "facts": [points[0].enterprise.name, risk_cells.colour(points[0].residual_colour)],
        "action": request.get_full_path(),
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": None,
        "sections": [{"title": "作业", "fields": fields}],
        "save_label": "生成确认单",
        "cancel_url": back,
        "side": [_measures(points)],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "kernel/form.html", {"form": form, "page": page}, status=status)


def _measures(points: list[RiskPoint]) -> dict[str, Any]:
    """Beside the form: what will have to be ticked."""
    rows = [(one.kind or "确认", one.text) for one in work.checks_of(points)]
    return {"title": "将逐项确认的措施", "kind": "kv", "rows": rows}


@require_GET
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """One confirmation."""
    ledger = ledger_for(request, KEY)
    row = row_for(request, ledger, pk, "enterprise", "site")
    return render(request, "hazards/work.html", {"page": WorkPage(request, ledger, row)})


@require_POST
def tick(request: ActorRequest, pk: int) -> HttpResponse:
    """Keep which measures are in place."""
    _require_add(request)
    row = row_for(request, ledger_for(request, KEY), pk)
    chosen = {n for n in range(len(row.checks)) if f"check-{n}" in request.POST}
    try:
        acts.tick(request.actor, row, chosen, seen=whole(request.POST.get("version")))
    except Stale:
        messages.error(request, "这张单刚被他人改过。请核对下面的勾选后再保存。")
    except (Refused, ValidationError) as error:
        messages.error(request, "；".join(getattr(error, "messages", [str(error)])))
    else:
        left = len(work.unticked(row.checks))
        messages.success(
            request, f"已保存勾选，还有 {left} 项没有落实。" if left else "措施已全部勾选，可以签字。"
        )
    return HttpResponseRedirect(f"{reverse('ledger-row', args=[KEY, pk])}#work-people")


def sign(request: ActorRequest, pk: int, n: int) -> HttpResponse:
    """One person signs: by hand, or by typing the name; then the next one is asked."""
    _require_add(request)
    row = row_for(request, ledger_for(request, KEY), pk, "enterprise")
    person = row.person(n)
    if person is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            row = _signed(request, row, n)
        except (Refused, BadFile, ValidationError) as found:
            error = "；".join(getattr(found, "messages", [str(found)]))
        else:
            messages.success(request, f"{person['name']}已签字。")
            return HttpResponseRedirect(_next(row))
    page = {
        "title": f"{work.ROLES[person['role']]}签字：{person['name']}",
        "crumbs": [
            {"label": "安全作业确认", "url": reverse("ledger-list", args=[KEY])},
            {"label": str(row), "url": reverse("ledger-row", args=[KEY, pk])},
            {"label": "签字"},
        ],
        "facts": [row.job, row.place, f"{row.on_day} {row.get_shift_display()}"],
        "row": row,
        "person": person,
        "error": error,
        "key": new_key(),
        "last": len(row.unsigned) <= 1,
        "back": reverse("ledger-row", args=[KEY, pk]),
        "waiting": work.unticked(row.checks),
        "gone": bool(person["signed_at"]) or row.state != WorkConfirmation.State.OPEN,
    }
    return render(request, "hazards/work_sign.html", {"page": page}, status=422 if error else 200)


def _signed(request: ActorRequest, row: WorkConfirmation, n: int) -> WorkConfirmation:
    typed = request.POST.get("typed", "").strip()

    def run() -> int:
        made = acts.sign(
            request.actor, row, n, drawn=None if typed else request.FILES.get("drawn"), typed=typed[:40],
            place=_place(request),
        )  # fmt: skip
        return int(made.pk)

    once(request.actor, request.POST.get("idempotency_key", ""), run)
    row.refresh_from_db()
    return row


def _place(request: ActorRequest) -> tuple[float, float] | None:
    """(longitude, latitude) as the browser gave it, or None."""
    try:
        east, north = (float(request.POST.get(name, "")) for name in ("longitude", "latitude"))
    except ValueError:
        return None
    return (round(east, 6), round(north, 6)) if abs(east) <= 180 and abs(north) <= 90 else None


def _next(row: WorkConfirmation) -> str:
    """The page of whoever signs next; the sheet when all have."""
    waiting = next((n for n, one in enumerate(row.people) if not one["signed_at"]), None)
    if waiting is None:
        return reverse("ledger-row", args=[KEY, row.pk])
    return reverse("work-sign", args=[row.pk, waiting])


@require_GET
def signature(request: ActorRequest, pk: int, n: int) -> HttpResponse:
    """A drawn signature as this house has drawn it anew."""
    row = row_for(request, ledger_for(request, KEY), pk)
    person = row.person(n)
    if person is None or not person["file"]:
        raise Http404
    return picture(row, person["file"])


@require_GET
def print_sheet(request: ActorRequest, pk: int) -> HttpResponse:
    """The sheet on A4 with its signatures."""
    row = row_for(request, ledger_for(request, KEY), pk, "enterprise", "site")
    page = sheet(
        request, "安全作业确认单", reverse("ledger-row", args=[KEY, pk]), row=row,
        colour=risk_cells.colour(row.colour), checks=row.checks, people=people_of(row),
        basis="手写签名按 SM3 摘要存档",
    )  # fmt: skip
    return render(request, "hazards/work_print.html", {"page": page})


def people_of(row: WorkConfirmation) -> list[dict[str, Any]]:
    """Each person with what a page shows of the signature."""
    return [
        {
            **one,
            "n": n,
            "said": work.ROLES[one["role"]],
            "how": work.WAYS.get(one["way"], ""),
            "at": cells.moment(datetime.fromisoformat(one["signed_at"])) if one["signed_at"] else "",
            "where": "，".join(f"{part:.5f}" for part in one["place"]) if one["place"] else "",
            "short": one["digest"][:16],
        }
        for n, one in enumerate(row.people)
    ]


def _require_add(request: ActorRequest) -> None:
    if not request.actor.may(acts.ADD):
        raise Http404
