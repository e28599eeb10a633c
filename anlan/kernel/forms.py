"""A ledger's form: made from the declaration, with references that only find what the actor may see."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from anlan.kernel import places
from anlan.kernel.ledger import Ledger
from anlan.kernel.requests import whole
from anlan.kernel.scope import Actor, PathField, ScopedModel
from anlan.kernel.wording import MESSAGES as MESSAGES
from anlan.kernel.wording import REQUIRED as REQUIRED
from anlan.kernel.writing import state_fields

DATE_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


class PickerInput(forms.TextInput):
    """A text box that the picker script turns into a search; without script it takes the number."""

    def __init__(self, url: str, label: str = "") -> None:
        super().__init__({"data-picker": "", "data-url": url, "data-label": label, "autocomplete": "off"})


class ReferenceField(forms.Field):
    """A row of another ledger by its number; whatever the actor may not see does not exist.

    What the row points at already stays, also where it lies outside the actor's scope (a firm's regulator
    of the level above): it is shown on the row's page as well.
    """

    def __init__(self, target: type[ScopedModel], actor: Actor, url: str, **kwargs: Any) -> None:
        self.target, self.actor = target, actor
        self.kept: Any = None
        super().__init__(widget=PickerInput(url), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The row, or None for an empty box."""
        if value in self.empty_values:
            return None
        if isinstance(value, models.Model):
            return value
        number = whole(value)
        found = self._find(number) if number else None
        if found is None:
            raise ValidationError("没有这一项，或者不在您的职责范围内。请输入名称，从列表中选。")
        return found

    def _find(self, number: int) -> Any:
        if number == self.kept:
            return self.target.objects.unscoped("the row points at it already").filter(pk=number).first()
        return self.target.objects.visible_to(self.actor).filter(pk=number).first()

    def prepare_value(self, value: Any) -> Any:
        """The number behind the name."""
        return value.pk if isinstance(value, models.Model) else value

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Put the name of the chosen row beside its number."""
        instance = getattr(form, "instance", None)
        if instance is not None and instance.pk:
            self.kept = getattr(instance, f"{field_name}_id", None)
        bound = super().get_bound_field(form, field_name)
        if number := whole(bound.value()):
            self.widget.attrs["data-label"] = str(self._find(number) or "")
        return bound


class RegionPathField(forms.Field):
    """A region path, chosen by name; only places at or below the actor's own."""

    def __init__(self, actor: Actor, permission: str, url: str, **kwargs: Any) -> None:
        self.actor, self.permission = actor, permission
        super().__init__(widget=PickerInput(url), **kwargs)

    def to_python(self, value: Any) -> str:
        """The path, closed by "/"."""
        path = str(value or "").strip()
        if not path:
            return ""
        path = path if path.endswith("/") else path + "/"
        if not self.within(path):
            raise ValidationError("这个地方不在您的职责范围内。请输入地名，从列表中选。")
        return path

    def within(self, path: str) -> bool:
        """Whether some seat that reads this ledger reaches the path."""
        if self.actor.system:
            return True
        return any(
            seat.reach == "all" or any(path.startswith(own) for own in seat.region_paths)
            for seat in self.actor.seats
            if seat.may(self.permission)
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Put the name of the place beside its path."""
        bound = super().get_bound_field(form, field_name)
        value = str(bound.value() or "")
        self.widget.attrs["data-label"] = places.labels({value}).get(value, "") if value else ""
        return bound


class LedgerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Checks each box; uniqueness, constraints and scope are checked at the door (`writing.write`)."""

    def _post_clean(self) -> None:
        """Nothing is put on the instance here: the door does that, under lock."""


def editable_fields(ledger: Ledger) -> list[str]:
    """The form's fields without those that only moves may change."""
    by_moves = state_fields(ledger.model)
    return [name for name in ledger.form_fields if name not in by_moves]


def form_class(ledger: Ledger, actor: Actor, urls: dict[str, str]) -> type[LedgerForm]:
    """The form of `ledger` for `actor`; `urls` are the picker addresses by field."""
    names = editable_fields(ledger)
    made: type[Any] = forms.modelform_factory(
        ledger.model,
        form=LedgerForm,
        fields=[name for name in names if name not in ledger.extra],
        formfield_callback=partial(_field, ledger, actor, urls),
    )
    for name in names:
        if name in ledger.extra:
            field = made.base_fields[name] = _field(ledger, actor, urls, ledger.extra[name])
            # No model's clean_fields will run these.
            field.validators += getattr(ledger.extra[name], "_validators", ())
    return made


def _field(ledger: Ledger, actor: Actor, urls: dict[str, str], model_field: Any, **kwargs: Any) -> Any:
    common: dict[str, Any] = {
        "label": ledger.label_of(model_field.name),
        "required": not model_field.blank,
        "help_text": model_field.help_text,
        "error_messages": {"required": REQUIRED},
    }
    if isinstance(model_field, PathField):
        return RegionPathField(actor, ledger.permission("view"), urls.get(model_field.name, ""), **common)
    target = getattr(model_field, "related_model", None)
    if (
        isinstance(model_field, models.ForeignKey)
        and isinstance(target, type)
        and issubclass(target, ScopedModel)
    ):
        return ReferenceField(target, actor, urls.get(model_field.name, ""), **common)
    field = model_field.formfield(**kwargs)
    if field is None:
        return None
    field.label = common["label"]
    field.error_messages |= {code: words for code, words in MESSAGES.items() if code in _codes(field)}
    _suit(field, model_field)
    return field


def _codes(field: forms.Field) -> set[str]:
    """Which refusals this kind of box can give."""
    return {*field.error_messages, *(getattr(one, "code", "") for one in field.validators)}


def _suit(field: forms.Field, model_field: Any) -> None:
    """Dates as dates, few choices as radio buttons, long texts as areas."""
    if isinstance(field, forms.EmailField):
        field.error_messages["invalid"] = "不是邮箱地址。请写成 name@example.gov.cn。"
        return
    if isinstance(field, forms.URLField):
        field.error_messages["invalid"] = "不是网址。请写成 https://example.gov.cn/…。"
        return
    if isinstance(field, forms.IntegerField):  # FloatField and DecimalField are kinds of it
        field.error_messages["invalid"] = "不是数。请只填数字，如 12。"
    if isinstance(field, forms.NullBooleanField):
        field.widget = forms.NullBooleanSelect()
        field.widget.choices = [("unknown", "不填"), ("true", "是"), ("false", "否")]
    if isinstance(field, forms.TypedChoiceField):
        unset, pairs = "请选择" if field.required else "不填", cast("Any", field.choices)
        field.choices = [(key, label if key not in ("", None) else unset) for key, label in pairs]
    if isinstance(field, forms.DateField) and not isinstance(field, forms.DateTimeField):
        field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        field.input_formats = DATE_FORMATS
        field.error_messages["invalid"] = "读不出日期。请写成 2023-06-20。"
    elif isinstance(field, forms.TypedChoiceField) and len(model_field.flatchoices) <= 4:
        offered: Any = field.choices
        field.widget = forms.RadioSelect(choices=[pair for pair in offered if pair[0] or not field.required])
    elif isinstance(field, forms.CharField) and (getattr(model_field, "max_length", None) or 999) > 150:
        field.widget = forms.Textarea({"rows": 3})
    elif isinstance(field, forms.DecimalField):
        field.widget = forms.TextInput({"inputmode": "decimal", "class": "w170"})
