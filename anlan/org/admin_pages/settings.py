"""Parameters: all of them with what they stand at, and a form for one (system administrator)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.kernel import parameters
from anlan.kernel.parameters import Parameter
from anlan.kernel.requests import ActorRequest
from anlan.org.admin_pages.access import needs


@require_GET
@needs("parameters.view")
def parameter_list(request: ActorRequest) -> HttpResponse:
    """Every parameter, by group: present value, default, what it does."""
    groups: dict[str, list[tuple[Parameter, str, str, bool]]] = {}
    for one in parameters.declared().values():
        now = parameters.value(one.key)
        groups.setdefault(one.group, []).append(
            (one, in_words(one, now), in_words(one, one.default), now != one.default)
        )
    changed = sum(differs for rows in groups.values() for *_, differs in rows)
    page = {
        "title": "参数",
        "crumbs": [{"label": "系统管理"}],
        "facts": [f"{len(parameters.declared())} 个", f"{changed} 个与默认不同"],
    }
    context = {"page": page, "groups": groups, "may_change": request.actor.may("parameters.change")}
    return render(request, "org/admin/parameters.html", context)


@require_http_methods(["GET", "POST"])
@needs("parameters.view", post="parameters.change")
def parameter_form(request: ActorRequest, key: str) -> HttpResponse:
    """Change one."""
    one = parameters.declared().get(key)
    if one is None or not request.actor.may("parameters.change"):
        raise Http404
    form = ParameterForm(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = parameters.put(request.actor, key, form.cleaned_data["value"])
        messages.success(request, f"“{one.label}”现在是 {in_words(one, new)}。")
        return HttpResponseRedirect(reverse("admin-parameters"))
    back = reverse("admin-parameters")
    page = {
        "title": one.label,
        "crumbs": [{"label": "参数", "url": back}, {"label": "修改"}],
        "section_title": "参数",
        "save_label": "保存参数",
        "cancel_url": back,
        "action": request.path,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "kernel/form.html", {"page": page, "form": form}, status=status)


class ParameterForm(forms.Form):
    """One box whose kind is the default's."""

    def __init__(self, parameter: Parameter, data: Any = None) -> None:
        self.parameter = parameter
        initial = parameters.value(parameter.key)
        super().__init__(data, initial={"value": initial})
        label = parameter.label
        unit = f"单位：{parameter.unit}。" if parameter.unit else ""
        hint = f"{unit}{parameter.note}默认 {in_words(parameter, parameter.default)}。"
        if isinstance(parameter.default, bool):
            self.fields["value"] = forms.BooleanField(label=label, required=False, help_text=hint)
        else:
            wide = isinstance(parameter.default, str)
            attrs = {} if wide else {"class": "w170", "inputmode": "numeric"}
            self.fields["value"] = forms.CharField(
                label=label,
                required=not wide,
                help_text=hint,
                max_length=500,
                error_messages={"required": "此项必填。"},
                widget=forms.TextInput(attrs),
            )

    def clean_value(self) -> Any:
        """Within the declared bounds."""
        return self.parameter.read(self.cleaned_data["value"])


def in_words(parameter: Parameter, value: Any) -> str:
    """20 分钟, 是, （空）."""
    if isinstance(parameter.default, bool):
        return "是" if value else "否"
    return f"{value} {parameter.unit}".strip() if value != "" else "（空）"
