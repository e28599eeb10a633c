"""Sending a slip (移送、交办) from a row: to an office, with a reason and a term; its people are told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from anlan.kernel import clock, converters, notice, referral, registry  # noqa: F401  (makes <ledger:…> known)
from anlan.kernel.calendar import CalendarUnknown
from anlan.kernel.due import Term
from anlan.kernel.due import Unit as TermUnit
from anlan.kernel.forms import REQUIRED, ReferenceField
from anlan.kernel.ledger import Ledger
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.requests import ActorRequest
from anlan.kernel.scope import Actor
from anlan.org import reads
from anlan.org.models import Unit
from anlan.org.pages import act_page, crumbs
from anlan.org.rules.administrators import HOUSE

COUNTED = (("working_days", "个工作日"), ("days", "日"))


def receiving_ledgers(own: Ledger) -> list[tuple[str, str]]:
    """Where the other side may take a matter up: its own ledger first, then every ledger of business."""
    found = {
        one.key: one.label
        for one in registry.ledgers()
        if one.in_menu and one.key not in HOUSE and "add" in one.acts and one.key != own.key
    }
    return [(own.key, own.label), *sorted(found.items(), key=lambda pair: pair[1])]


class ReceiverField(ReferenceField):
    """The office that a matter is handed to: any of the province (`reads.receivers`), found by its name."""

    def __init__(self, actor: Actor, **kwargs: Any) -> None:
        super().__init__(Unit, actor, "/pick/receiver", **kwargs)

    def _find(self, number: int) -> Any:
        return reads.receivers(self.actor, clock.today()).filter(pk=number).first()


class ReferForm(forms.Form):
    """To whom, in which ledger, why, and by when."""

    def __init__(self, actor: Actor, own: Ledger, data: Any = None) -> None:
        super().__init__(data)
        self.fields["unit"] = ReceiverField(
            actor, label="接收单位", help_text="输入单位名称，可选全省的单位",
            error_messages={"required": REQUIRED},
        )  # fmt: skip
        self.fields["ledger"] = forms.ChoiceField(
            label="对方在哪里办理", choices=receiving_ledgers(own), initial=own.key
        )
        self.fields["reason"] = forms.CharField(
            label="事由", max_length=500, widget=forms.Textarea({"rows": 3}),
            help_text="对方看不到本事项的内容，请写清要办什么", error_messages={"required": REQUIRED},
        )  # fmt: skip
        self.fields["amount"] = forms.IntegerField(
            label="办理期限", min_value=1, max_value=366, required=False, help_text="留空即不限期",
            error_messages={"invalid": "不是数。请只填数字，如 15。", "min_value": "至少 1。请改大。",
                            "max_value": "最多 366。请改小。"},
        )  # fmt: skip
        self.fields["counted"] = forms.ChoiceField(
            label="期限按", choices=COUNTED, widget=forms.RadioSelect, initial="working_days", required=False
        )


@require_http_methods(["GET", "POST"])
def refer(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    """Hand the matter of a row to another office."""
    ledger = ledger_for(request, key, "refer")
    row = row_for(request, ledger, pk)
    form = ReferForm(request.actor, ledger, request.POST or None)

    def run() -> str:
        given = form.cleaned_data
        unit = given["unit"]
        seat = request.actor.seat
        if seat and seat.unit_id == unit.pk:
            raise ValidationError({"unit": "这是您自己的单位。请选接收的那个单位。"})
        counted = TermUnit(given["counted"] or "working_days")
        term = Term(given["amount"], counted) if given["amount"] else None
        try:
            slip = referral.send(
                request.actor, row, to_ledger=given["ledger"], to_region_path=unit.region_path,
                to_unit_id=unit.pk, reason=given["reason"], term=term,
            )  # fmt: skip
        except CalendarUnknown as error:
            raise ValidationError({"amount": str(error)}) from error
        _tell(request.actor, slip, unit)
        return f"已移送{unit.name}，交办单 {slip.number}。"

    page = {
        "title": f"移送交办：{ledger.words(row)}",
        "crumbs": crumbs(key, ledger.label, row, "移送交办"),
        "section_title": "移送交办",
        "save_label": "移送",
    }
    return act_page(request, form, page, run, reverse("ledger-row", args=[key, pk]))


def _tell(actor: Actor, slip: Any, unit: Unit) -> None:
    """The people of the receiving office hear of it once."""
    text = f"{actor.label}移送：{slip.from_subject}，{slip.reason}"[:200]
    link = f"{reverse('ledger-list', args=['referrals'])}{slip.pk}/"
    people = [one.pk for one in reads.holders(unit)]
    notice.notify(people, f"referrals:{slip.pk}:sent", text, link=link, row=slip, units=[unit.pk])


urlpatterns = [path("<ledger:key>/<int:pk>/refer/", refer, name="ledger-refer")]
