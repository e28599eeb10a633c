"""Events that delayed obligations wait for: registering one, and what each opened with its due day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from anlan.kernel import cells, clock
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.shell import under
from anlan.kernel.writing import Refused
from anlan.programmes import reads_item
from anlan.programmes.actions import run_occurrences
from anlan.programmes.models import Duty, Obligation, Occurrence
from anlan.programmes.pages.run_forms import DAY
from anlan.programmes.reads_boards import LIVE
from anlan.programmes.reads_units import units_of
from anlan.programmes.rules.judging import plain
from anlan.programmes.rules.schedule import BESIDE, DELAY_MONTHS

SHOWN = 100


class EventForm(forms.Form):
    """One event: where, what, on which day."""

    duty = forms.ModelChoiceField(
        label="承担单位", queryset=Duty.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择由哪个单位办理。", "invalid_choice": "这个单位没有这项职责。"},
    )  # fmt: skip
    what = forms.CharField(
        label="事件", max_length=200, help_text="例如：××事故调查结案",
        error_messages={"required": "请写明是什么事件，例如“××事故调查结案”。"},
    )  # fmt: skip
    event_on = forms.DateField(
        label="事件日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填事件发生的日期。", "invalid": DAY},
    )  # fmt: skip

    def __init__(self, duties: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box: Any = self.fields["duty"]
        box.queryset = duties
        box.label_from_instance = lambda duty: duty.unit.short_name or duty.unit.name


def events(request: ActorRequest, pk: int) -> HttpResponse:
    """The events of one delayed obligation; sent back, one more is registered."""
    if not request.actor.may_read("occurrences.view"):
        raise Http404
    rows = Obligation.objects.visible_to(request.actor).select_related("item__programme")
    one: Obligation = get_object_or_404(rows, pk=pk, ended=None, kind="delay")
    under(request, "matrix")
    duties = registrable(request, one)
    may = request.actor.may("occurrences.decide") and duties.exists()
    if request.method == "POST" and not may:
        raise Http404
    first = duties.values_list("pk", flat=True)[:2]
    initial = {"event_on": clock.today(), "duty": first[0] if may and len(first) == 1 else None}
    form = EventForm(duties, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and (answer := _open(request, form)) is not None:
        return answer
    opened = (
        Occurrence.objects.visible_to(request.actor)
        .filter(duty__obligation=one)
        .exclude(duty__role__in=BESIDE)
    )
    found = list(opened.select_related("duty__unit").order_by("-starts_on", "-id")[:SHOWN])
    told = reads_item.events_behind([row.pk for row in found])
    page = {
        "title": "事件与到期",
        "obligation": one,
        "item": one.item,
        "rule": rule(one),
        "form": form if may else None,
        "rows": [
            {
                "unit": row.duty.unit.short_name or row.duty.unit.name,
                "what": told.get(row.pk, ""),
                "url": reverse("ledger-row", args=["occurrences", row.pk]),
                "starts_on": row.starts_on,
                "due_on": row.due_on,
                "light": cells.light(row.light, row.reason or row.get_light_display()),
                "fresh": str(row.pk) == request.GET.get("opened", ""),
            }
            for row in found
        ],
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "back_url": reverse("programme-item", args=[one.item_id]),
    }
    return render(
        request, "programmes/events.html", {"page": page, "form": page["form"]},
        status=422 if form.is_bound else 200,
    )  # fmt: skip


def registrable(request: ActorRequest, one: Obligation) -> Any:
    """The duties about which the post may register an event: all at the issuing level, else its own."""
    rows = Duty.objects.visible_to(request.actor).filter(obligation=one, state__in=LIVE)
    rows = rows.exclude(role__in=BESIDE).select_related("unit").order_by("region_path", "unit_id")
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    if one.item.programme.region_path in paths and request.actor.may("duties.decide"):
        return rows
    return rows.filter(unit_id__in=units_of(request.actor))


def rule(one: Obligation) -> str:
    """When such an obligation begins and is due, in words."""
    amount = plain(one.value) if one.value is not None else "0"
    days = "天" in one.unit or "日" in one.unit
    after = f"满 {amount} {'天' if days else '个月'}" if one.value else "当日"
    return f"事件发生{after}起办理，此后 {DELAY_MONTHS} 个月内完成"


def _open(request: ActorRequest, form: EventForm) -> HttpResponse | None:
    given = form.cleaned_data
    duty = given["duty"]

    def act() -> dict[str, Any]:
        row = run_occurrences.open_delayed(request.actor, duty, given["event_on"], given["what"])
        return {"id": row.pk, "due": row.due_on.isoformat()}

    try:
        outcome, fresh = once(request.actor, request.POST.get("idempotency_key", ""), act)
    except Refused as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        named = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        for name, found in named.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        if fresh:
            messages.success(request, f"已登记，{outcome['due']} 到期，已通知承担单位。")
        return HttpResponseRedirect(f"{request.path}?opened={outcome['id']}")
    return None
