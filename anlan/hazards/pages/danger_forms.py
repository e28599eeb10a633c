"""Forms of a danger beside its moves: photo, dual report, plan, request, listing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from anlan.hazards import reads_photos
from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_decide, danger_list
from anlan.hazards.models import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.rules.danger_photos import AFTER, BEFORE
from anlan.hazards.rules.danger_remedy import PLAN
from anlan.kernel import clock
from anlan.kernel.due import add_months
from anlan.kernel.forms import MESSAGES, ReferenceField
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale
from anlan.org.models import Unit
from anlan.org.slips import ReceiverField

DAY = "读不出日期。请写成 2023-06-20。"


def row_of(request: ActorRequest, pk: int, permission: str) -> HiddenDanger:
    """The danger, if this post sees it and may do this; else 404."""
    if not request.actor.may(permission):
        raise Http404
    found: HiddenDanger = row_for(request, ledger_for(request, "dangers"), pk)
    return found


def day(label: str, **more: Any) -> forms.DateField:
    """A day."""
    box = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    said = {"required": f"请填{label}。", "invalid": DAY}
    return forms.DateField(label=label, widget=box, error_messages=said, **more)


def text(label: str, most: int, rows: int = 2, **more: Any) -> forms.CharField:
    """A few lines."""
    said = {**{k: v for k, v in MESSAGES.items() if k in ("max_length",)}, "required": f"请填{label}。"}
    box = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, widget=box, error_messages=said, **more)


class ReportForm(forms.Form):
    """One half of the dual report."""

    on = day("报告日期")
    how = text("报告方式", 120, 0, help_text="如：书面报告婺源县应急管理局；2023-06-20 职工大会通报")
    file = forms.FileField(label="佐证", required=False, help_text="报告书、会议记录或签到表，可不传",
                           error_messages={"empty": "文件是空的。请重新选择。"})  # fmt: skip


class PlanForm(forms.Form):
    """The six elements of the treatment plan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, _ in PLAN:
            column: Any = DangerPlan._meta.get_field(name)
            self.fields[name] = text(str(column.verbose_name), column.max_length)
        self.fields["principal"] = text("主要负责人", 60, 0)
        self.fields["approved_on"] = day("审定日期", initial=clock.today())


class ExtensionForm(forms.Form):
    """A later day, why, and what is done meanwhile."""

    new_due_on = day("申请延至")
    reason = text("申请理由", 500, 3)
    interim = text("期间防范措施", 300)


class ReasonForm(forms.Form):
    """Why the level should fall."""

    reason = text("申请理由", 500, 3, help_text="写明为什么不再符合重大隐患的判定情形")


class TransferForm(forms.Form):
    """To whom, and why."""

    reason = text("移送理由", 500, 3)

    def __init__(self, request: ActorRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = ReceiverField(request.actor, label="移送单位", help_text="输入单位名称，可选全省的单位")
        box.error_messages["required"] = "请选移送到哪个单位。"
        self.fields["to_unit"] = box
        self.order_fields(["to_unit", "reason"])


class ListForm(forms.Form):
    """The notice of listed supervision."""

    tier = forms.ChoiceField(label="督办级别", choices=DangerListing.Tier.choices, widget=forms.RadioSelect,
                             error_messages={"required": "请选督办级别。"})  # fmt: skip
    number = text("督办通知文号", 60, 0)
    listed_on = day("挂牌日期")
    due_on = day("督办期限")
    treating_unit = text("治理责任单位", 120, 0)
    cause = text("现状与成因", 500, required=False)
    harm = text("危害程度与影响范围", 500, required=False)

    def __init__(self, request: ActorRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = ReferenceField(Unit, request.actor, "/pick/unit", label="督办单位")
        box.error_messages["required"] = "请选督办单位。"
        self.fields["supervising_unit"] = box
        self.order_fields(["tier", "number", "supervising_unit", "treating_unit", "listed_on", "due_on"])


@require_POST
def photograph(request: ActorRequest, pk: int) -> HttpResponse:
    """Take one photo in."""
    row = row_of(request, pk, "dangers.photograph")
    back = reverse("ledger-row", args=["dangers", pk])
    upload, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if upload is None or kind not in (BEFORE, AFTER):
        messages.error(request, "没有上传：请选照片，并选整改前或整改后。")
        return HttpResponseRedirect(back)
    try:
        found = act.photograph(request.actor, row, upload, kind, moment_of(request.POST.get("taken_at", "")),
                               place_of(request.POST))  # fmt: skip
    except (BadFile, Refused) as error:
        messages.error(request, f"没有上传：{error}")
        return HttpResponseRedirect(back)
    messages.success(request, "已上传照片。")
    told = next((one for one in reads_photos.shots(request.actor, row) if one.pk == found.pk), None)
    if told is not None and told.hints:
        said = "；".join(words for words, _ in told.hints)
        messages.warning(request, f"这张照片{said}。请核对，确认没有拿旧照片充数。")
    return HttpResponseRedirect(back)


def report(request: ActorRequest, pk: int, side: str) -> HttpResponse:
    """Record one half of the dual report."""
    row = row_of(request, pk, "dangers.report")
    if side not in act.REPORTS or row.level != "major":
        raise Http404
    name, way, label = act.REPORTS[side]
    first = {"on": getattr(row, name) or clock.today(), "how": getattr(row, way)}
    form = ReportForm(request.POST or None, request.FILES or None, initial=first)

    def done(values: dict[str, Any]) -> str:
        act.report(request.actor, row, side, values["on"], values["how"], values["file"])
        return f"已登记向{label}报告。"

    return answer(request, row, form, f"登记报告{label}", "登记报告", done)


def plan(request: ActorRequest, pk: int) -> HttpResponse:
    """Write the treatment plan."""
    row = row_of(request, pk, "dangers.plan")
    if row.level != "major":
        raise Http404
    kept = DangerPlan.objects.visible_to(request.actor).filter(danger=row).values().first()
    form = PlanForm(request.POST or None, initial=kept)

    def done(values: dict[str, Any]) -> str:
        act.plan(request.actor, row, values)
        return "已保存治理方案。"

    return answer(request, row, form, "治理方案", "保存治理方案", done)


def ask(request: ActorRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for an extension, a downgrade, a transfer."""
    row = row_of(request, pk, "danger-requests.add")
    if kind not in DangerRequest.Kind.values:
        raise Http404
    data = request.POST or None
    form: forms.Form = (
        ExtensionForm(data) if kind == "extension"
        else TransferForm(request, data) if kind == "transfer" else ReasonForm(data)
    )  # fmt: skip
    label = DangerRequest.Kind(kind).label

    def done(values: dict[str, Any]) -> str:
        danger_decide.ask(request.actor, row, kind, values)
        return f"已申请{label}，待审核。"

    return answer(request, row, form, f"申请{label}", f"申请{label}", done)


def list_up(request: ActorRequest, pk: int) -> HttpResponse:
    """Put a major danger under listed supervision."""
    row = row_of(request, pk, "danger-listings.add")
    if row.level != "major":
        raise Http404
    today = clock.today()
    seat = request.actor.seat
    first = {
        "listed_on": today, "due_on": max(row.due_on or today, add_months(today, 6)),
        "tier": tier_of(request),
        "supervising_unit": seat.unit_id if seat else None,
        "treating_unit": row.enterprise.name if row.enterprise else "",
    }  # fmt: skip
    form = ListForm(request, request.POST or None, initial=first)

    def done(values: dict[str, Any]) -> str:
        made = danger_list.put(request.actor, row, values)
        return f"已挂牌督办（{made.number}）。"

    return answer(request, row, form, "挂牌督办", "挂牌督办", done)


def tier_of(request: ActorRequest) -> str:
    """The level of the post's own territory, as the first choice."""
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    return {1: "province", 2: "city"}.get(min((one.count("/") for one in paths), default=3), "county")


def answer(
    request: ActorRequest, row: HiddenDanger, form: forms.Form, title: str, save: str,
    act_of: Callable[[dict[str, Any]], str],
) -> HttpResponse:  # fmt: skip
    """Show the form, or do it once and go back to the danger."""
    back = reverse("ledger-row", args=["dangers", row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            said, fresh = once(
                request.actor, request.POST.get("idempotency_key", ""), lambda: act_of(form.cleaned_data)
            )
        except (Refused, Stale, BadFile) as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
            for name, found in named.items():
                form.add_error(name if name in form.fields else None, found)
        else:
            if fresh:
                messages.success(request, said)
            return HttpResponseRedirect(back)
    page = {
        "title": f"{title}：{row.description[:40]}",
        "crumbs": [
            {"label": "隐患治理", "url": reverse("ledger-list", args=["dangers"])},
            {"label": row.number, "url": back},
            {"label": title},
        ],
        "action": request.path, "section_title": title, "save_label": save, "cancel_url": back,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "kernel/form.html", {"form": form, "page": page}, status=status)


def moment_of(raw: str) -> datetime | None:
    """The moment that a phone names; nothing for what cannot be read or lies ahead."""
    try:
        found = parse_datetime(raw)
    except ValueError:
        return None
    if found is None or found.tzinfo is None:
        return None
    return min(found, clock.now())


def place_of(given: Any) -> tuple[float, float] | None:
    """(longitude, latitude) that a phone names, if they lie on the globe."""
    try:
        longitude, latitude = float(given.get("longitude", "")), float(given.get("latitude", ""))
    except (TypeError, ValueError):
        return None
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None
