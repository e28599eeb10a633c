"""Forms of what is due: a proof, progress, another day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from anlan.kernel import clock
from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused
from anlan.programmes.actions import run_evidence, run_occurrences
from anlan.programmes.models import Activity, Occurrence
from anlan.programmes.reads_units import units_of

DAY = "读不出日期。请写成 2023-06-20。"
OPEN = ("open", "declared", "returned")
MOST = 40


class EvidenceForm(forms.Form):
    """One proof: a file, a link, or an activity; and what it proves."""

    title = forms.CharField(label="名称", max_length=200, error_messages={"required": "请写明佐证的名称。"})
    effective_on = forms.DateField(
        label="证明日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="佐证说明的是哪一天的情况", error_messages={"required": "请填证明日期。", "invalid": DAY},
    )  # fmt: skip
    file = forms.FileField(label="文件", required=False, error_messages={"empty": "文件是空的。请重新选择。"})
    link = forms.URLField(label="链接", required=False, max_length=500, assume_scheme="https")
    activity = forms.ModelChoiceField(
        label="活动", queryset=Activity.objects.none(), required=False, empty_label="不引用活动"
    )
    occurrences = forms.ModelMultipleChoiceField(
        label="说明的事项", queryset=Occurrence.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择这件佐证说明的事项。"},
    )  # fmt: skip

    def __init__(self, request: ActorRequest, row: Occurrence, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activities = Activity.objects.visible_to(request.actor).filter(unit_id__in=units_of(request.actor))
        self.fields["activity"].queryset = activities.order_by("-held_on", "-id")  # type: ignore[attr-defined]
        same = (
            Occurrence.objects.visible_to(request.actor)
            .filter(unit_id=row.unit_id, starts_on__lte=clock.today())
            .exclude(state__in=("cancelled", "missed"))
            .select_related("duty__obligation", "duty__programme")
        )
        near = list(same.exclude(pk=row.pk).filter(state__in=OPEN).order_by("due_on", "id")[: MOST - 1])
        shown = [row, *near]
        box: Any = self.fields["occurrences"]
        box.queryset = same.filter(pk__in=[one.pk for one in shown])
        box.choices = [(one.pk, _words(one)) for one in shown]


class ProgressForm(forms.Form):
    """How far it is."""

    claimed = forms.DecimalField(
        label="已达", max_digits=16, decimal_places=4, min_value=0,
        widget=forms.TextInput({"inputmode": "decimal", "class": "w170"}),
        error_messages={"required": "请填已达到的数。", "invalid": "读不出数。请只填数字，如 19。"},
    )  # fmt: skip
    statement = forms.CharField(label="说明", required=False, widget=forms.Textarea({"rows": 3}))


class RescheduleForm(forms.Form):
    """Another due day, and on what ground."""

    due_on = forms.DateField(
        label="新的到期日", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填新的到期日。", "invalid": DAY},
    )  # fmt: skip
    decision = forms.CharField(
        label="依据", max_length=300, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明改期的依据（谁批准、文号或理由）。"},
    )  # fmt: skip


def evidence_new(request: ActorRequest) -> HttpResponse:
    """Put a proof under an occurrence, and under others of the same unit."""
    if not request.actor.may("evidence.add"):
        raise Http404
    pk = request.GET.get("occurrence", "")
    row = _row(request, int(pk) if pk.isdigit() else 0)
    form = EvidenceForm(
        request, row, request.POST or None, request.FILES or None,
        initial={"occurrences": [row.pk], "effective_on": clock.today()},
    )  # fmt: skip

    def act(values: dict[str, Any]) -> dict[str, Any]:
        activity = values["activity"]
        made = run_evidence.provide(
            request.actor, values["occurrences"], title=values["title"],
            effective_on=values["effective_on"], upload=values["file"], link=values["link"],
            ledger="activities" if activity else "", subject_id=activity.pk if activity else None,
        )  # fmt: skip
        return {"id": made.evidence.pk, "twins": made.twins}

    def said(outcome: dict[str, Any]) -> None:
        messages.success(request, "已登记佐证，待审核。")
        if outcome["twins"]:
            messages.warning(request, f"同一份内容另有 {outcome['twins']} 处使用，请确认没有重复佐证。")

    return _answer(request, row, form, "登记佐证", "登记", act, said)


def progress(request: ActorRequest, pk: int) -> HttpResponse:
    """Report how far an occurrence is."""
    if not request.actor.may("occurrences.declare"):
        raise Http404
    row = _row(request, pk)
    form = ProgressForm(request.POST or None, initial={"claimed": row.claimed, "statement": row.statement})

    def act(values: dict[str, Any]) -> dict[str, Any]:
        run_occurrences.report_progress(request.actor, row, values["claimed"], values["statement"])
        return {"id": row.pk}

    return _answer(
        request, row, form, "登记进度", "登记进度", act, lambda _: messages.success(request, "已登记进度。")
    )


def reschedule(request: ActorRequest, pk: int) -> HttpResponse:
    """Move the due day by a decision."""
    if not request.actor.may("occurrences.decide"):
        raise Http404
    row = _row(request, pk)
    form = RescheduleForm(request.POST or None, initial={"due_on": row.due_on})

    def act(values: dict[str, Any]) -> dict[str, Any]:
        run_occurrences.reschedule(request.actor, row, values["due_on"], values["decision"])
        return {"id": row.pk}

    return _answer(request, row, form, "改期", "改期", act, lambda _: messages.success(request, "已改期。"))


def _answer(
    request: ActorRequest,
    row: Occurrence,
    form: Any,
    title: str,
    save: str,
    act: Callable[[dict[str, Any]], dict[str, Any]],
    said: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Draw the form, or do what it asks once and go back to the occurrence."""
    back = reverse("ledger-row", args=["occurrences", row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            key = request.POST.get("idempotency_key", "")
            outcome, fresh = once(request.actor, key, lambda: act(form.cleaned_data))
        except BadFile as error:
            form.add_error("file", str(error))
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            named = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
            for name, found in named.items():
                form.add_error(name if name in form.fields else None, found)
        else:
            if fresh:
                said(outcome)
            return HttpResponseRedirect(back)
    page = {
        "title": f"{title}：{row.duty.obligation.quote[:60]}",
        "crumbs": [
            {"label": "应办事项", "url": reverse("ledger-list", args=["occurrences"])},
            {"label": str(row.duty.unit), "url": back},
            {"label": title},
        ],
        "action": request.get_full_path(),
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "section_title": title,
        "cancel_url": back,
        "save_label": save,
    }
    return render(
        request, "kernel/form.html", {"form": form, "page": page}, status=422 if form.is_bound else 200
    )


def _row(request: ActorRequest, pk: int) -> Occurrence:
    rows = Occurrence.objects.visible_to(request.actor).select_related(
        "duty__unit__family", "duty__obligation", "duty__programme"
    )
    found: Occurrence = get_object_or_404(rows, pk=pk)
    return found


def _words(one: Occurrence) -> str:
    quote = one.duty.obligation.quote
    return f"{one.due_on}　{quote[:50]}{'…' if len(quote) > 50 else ''}（{one.duty.programme.title}）"
