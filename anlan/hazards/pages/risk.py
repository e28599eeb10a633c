"""Registering and grading a risk point: one form that reckons while it is filled, also without script."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.hazards import risk_cells
from anlan.hazards.actions import risk as acts
from anlan.hazards.models import RiskPoint
from anlan.hazards.models.risk import BOUND_70
from anlan.hazards.risk_ledgers import RISKS
from anlan.hazards.rules import lec, ls, risk
from anlan.kernel import parameters
from anlan.kernel.forms import form_class
from anlan.kernel.ledger import Section
from anlan.kernel.once import new_key, once
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.edit import picker_urls
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.writing import Refused, Stale

METHODS = {"lec": "LEC 作业条件危险性", "ls": "LS 风险矩阵"}
SIDES = (("inherent", "固有风险（没有措施时）"), ("residual", "现状风险（有现有措施时）"))
FACTORS = {
    "lec": (("l", "L 可能性"), ("e", "E 暴露频次"), ("c", "C 后果")),
    "ls": (("l", "L 可能性"), ("c", "S 严重性")),
}
GRADING = {"method", "variant", *acts.GRADING}
SECTIONS = tuple(
    Section(one.label, tuple(name for name in one.fields if name not in GRADING)) for one in RISKS.form
)


def _choices(method: str, letter: str) -> list[tuple[str, str]]:
    if method == "ls":
        table = ls.LIKELIHOOD if letter == "l" else ls.SEVERITY
        pairs = [(str(value), f"{value}　{words}") for value, words in table.items()]
    else:
        rows = {"l": lec.LIKELIHOOD, "e": lec.EXPOSURE, "c": lec.CONSEQUENCES["classic"]}[letter]
        pairs = [(f"{one.value:f}", f"{one.value:f}　{one.label}") for one in rows]
    return [("", "请选择"), *pairs]


class GradingForm(forms.Form):
    """Method, scheme, and a choice for each factor of both gradings; `reason` for a lower colour."""

    method = forms.ChoiceField(
        label="评估方法", choices=list(METHODS.items()), widget=forms.RadioSelect, initial="lec"
    )
    lec_variant = forms.ChoiceField(label="后果口径", choices=list(lec.VARIANTS.items()), required=False)
    ls_variant = forms.ChoiceField(
        label="分级方案", choices=[(key, one.label) for key, one in ls.SCHEMES.items()], required=False
    )
    reason = forms.CharField(
        label="降级理由", required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text="只在颜色降低时填：采取了什么措施，为什么风险降低了。降级经另一人批准后生效。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for method, factors in FACTORS.items():
            for side, _ in SIDES:
                for letter, label in factors:
                    self.fields[f"{method}_{side}_{letter}"] = forms.ChoiceField(
                        label=label, choices=_choices(method, letter), required=False
                    )

    @property
    def grids(self) -> list[dict[str, Any]]:
        """For each method its lines of factors, each with the two boxes."""
        return [
            {
                "method": method,
                "label": METHODS[method],
                "variant": self[f"{method}_variant"],
                "lines": [
                    (label, [(words, self[f"{method}_{side}_{letter}"]) for side, words in SIDES])
                    for letter, label in factors
                ],
            }
            for method, factors in FACTORS.items()
        ]

    @property
    def values(self) -> dict[str, Any]:
        """The model's grading columns."""
        return grading_of(self.cleaned_data)

    def box_of(self, column: str) -> str:
        """The box that shows a column of the model: residual_l is lec_residual_l or ls_residual_l."""
        method = self.data.get("method", "lec")
        found = f"{method}_{column}"
        return found if found in self.fields else column


def grading_of(data: Any) -> dict[str, Any]:
    """The grading columns from what the boxes hold; empty boxes and strange values become None."""
    method = "ls" if data.get("method") == "ls" else "lec"
    fallback = "standard" if method == "ls" else "classic"
    found: dict[str, Any] = {"method": method, "variant": data.get(f"{method}_variant") or fallback}
    for side, _ in SIDES:
        for letter in "lec":
            found[f"{side}_{letter}"] = _decimal(data.get(f"{method}_{side}_{letter}"))
    return found


def _decimal(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text)) if text else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def initial_of(row: RiskPoint) -> dict[str, Any]:
    """What the boxes show for a stored point."""
    found: dict[str, Any] = {"method": row.method, f"{row.method}_variant": row.variant}
    for side, _ in SIDES:
        for letter in "lec":
            value = getattr(row, f"{side}_{letter}")
            if value is not None:
                found[f"{row.method}_{side}_{letter}"] = risk_cells.plain(value)
    return found


@require_GET
def grade(request: ActorRequest) -> HttpResponse:
    """The outcome of what is chosen so far, for the live line of the form. `point`: what it is now."""
    if not request.actor.may_read("risks.view"):
        raise Http404
    pk = whole(request.GET.get("point"))
    stored = RiskPoint.objects.visible_to(request.actor).filter(pk=pk).first() if pk else None
    return render(request, "hazards/risk_outcome.html", outcome(grading_of(request.GET), stored))


def outcome(values: dict[str, Any], stored: RiskPoint | None) -> dict[str, Any]:
    """Scores and colours of the values, what is wrong with them, and what saving would do."""
    tried = RiskPoint(**values)
    tried.seventy_is_yellow = bool(parameters.value(BOUND_70))
    sides, found, wrong = [], {}, ""
    for side, label in SIDES:
        try:
            found[side] = tried.grade(side)
        except (ValueError, KeyError) as error:
            found[side], wrong = None, f"{error}。"
        one = found[side]
        shown = risk_cells.graded(one.colour.value, Decimal(one.score)) if one else ""
        sides.append(
            {
                "label": label,
                "shown": shown,
                "band": one.band if one else "",
                "formula": _formula(tried, side),
            }
        )
    first, second = found["inherent"], found["residual"]
    change = ""
    if first and second:
        colours = (first.colour, second.colour)
        wrong = risk.residual_fault(*colours, Decimal(first.score), Decimal(second.score))
        if stored is not None and stored.is_graded:
            change = risk.change(stored.colours, colours)
    return {"sides": sides, "wrong": wrong, "change": change}


def _formula(tried: RiskPoint, side: str) -> str:
    first, second, third = (risk_cells.plain(one) if one is not None else "？" for one in tried.factors(side))
    return f"R = {first} × {third}" if tried.method == "ls" else f"D = {first} × {second} × {third}"


def new_point(request: ActorRequest) -> HttpResponse:
    """Register a point."""
    ledger = ledger_for(request, "risks", "add")
    row = RiskPoint(**dict(ledger.defaults(request.actor)) if ledger.defaults else {})
    return _form(request, row, "add")


def edit_point(request: ActorRequest, pk: int) -> HttpResponse:
    """Change a point, or grade it anew; a lower colour becomes a request."""
    return _form(request, row_for(request, ledger_for(request, "risks", "change"), pk), "change")


def _form(request: ActorRequest, row: RiskPoint, act: str) -> HttpResponse:
    asked = replace(RISKS, form=SECTIONS)
    posted = request.POST if request.method == "POST" else None
    form = form_class(asked, request.actor, picker_urls(asked))(posted, instance=row)
    if request.actor.seat and request.actor.seat.enterprise_id:
        del form.fields["enterprise"]
    grading = GradingForm(posted, initial=initial_of(row))
    looked = posted is not None and "look" in posted
    if posted is not None and not looked and form.is_valid() and grading.is_valid():
        try:
            return _save(request, row, form, grading, act)
        except Stale:
            form.add_error(None, "这个风险点刚被他人改过。请打开新页面核对后再改，您填的内容还在本页。")
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            _put_errors(form, grading, error)
    return _show(request, row, form, grading, act, posted is not None and not looked)


def _save(request: ActorRequest, row: RiskPoint, form: Any, grading: GradingForm, act: str) -> HttpResponse:
    firm = {"enterprise": row.enterprise} if "enterprise" not in form.fields else {}
    values = {**firm, **form.cleaned_data, **grading.values}
    seen = whole(request.POST.get("version"))

    def run() -> dict[str, Any]:
        saved, change = acts.save(
            request.actor, row, values, act, seen=seen, reason=grading.cleaned_data["reason"]
        )
        return {"id": saved.pk, "change": change}

    done, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)
    if fresh:
        words = {
            "raise": "已保存。风险等级升高，立即生效。",
            "lower": "已保存。降级已提交，批准前仍按原来的颜色管控。",
        }
        messages.success(request, words.get(done["change"], "已保存风险点。"))
    return HttpResponseRedirect(reverse("ledger-row", args=["risks", done["id"]]))


def _put_errors(form: Any, grading: GradingForm, error: ValidationError) -> None:
    named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, found in named.items():
        box = grading.box_of(name)
        if box in grading.fields:
            grading.add_error(box, found)
        else:
            form.add_error(name if name in form.fields else None, found)


def _show(
    request: ActorRequest, row: RiskPoint, form: Any, grading: GradingForm, act: str, refused: bool
) -> HttpResponse:
    back = reverse("ledger-list", args=["risks"])
    crumbs = [{"label": RISKS.label, "url": back}]
    if row.pk:
        back = reverse("ledger-row", args=["risks", row.pk])
        crumbs.append({"label": str(row), "url": back})
    stored = row if row.pk else None
    chosen = grading_of(request.POST) if request.method == "POST" else grading_of(grading.initial)
    page = {
        "title": "登记风险点" if act == "add" else f"修改风险点：{row}",
        "crumbs": [*crumbs, {"label": "登记" if act == "add" else "修改"}],
        "action": request.path,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
        "version": row.version if row.pk else None,
        "sections": [
            {"title": one.label, "fields": [form[name] for name in one.fields if name in form.fields]}
            for one in SECTIONS
        ],
        "point": row.pk or "",
        "outcome": outcome(chosen, stored),
        "cancel_url": back,
        "wrong": [*_wrong(form), *_wrong(grading)],
        "refused": refused,
    }
    return render(
        request,
        "hazards/risk_form.html",
        {"form": form, "grading": grading, "page": page},
        status=422 if refused else 200,
    )


def _wrong(form: Any) -> list[tuple[str, str]]:
    """(anchor, label) of each box in error."""
    return [(one.id_for_label or one.auto_id, str(one.label)) for one in form if one.errors]


def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """The button 申请降级 leads to the form, where the lower values are chosen."""
    row_for(request, ledger_for(request, "risks", "change"), pk)
    messages.info(request, "请在“评估”里改选降低后的取值，并写明降级理由。")
    return HttpResponseRedirect(f"{reverse('ledger-edit', args=['risks', pk])}#grading")
