"""What a box or a cell is told when its value will not do: the same words in a form, a sheet and a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

REQUIRED = "此项必填。"
MESSAGES = {
    "required": REQUIRED,
    "invalid": "读不懂。请按样例重新填写。",
    "invalid_choice": "没有这个选项。请从列表中选。",
    "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。请删短。",
    "min_length": "至少 %(limit_value)d 个字，现在只有 %(show_value)d 个。请补全。",
    "max_value": "不能大于 %(limit_value)s。请改小。",
    "min_value": "不能小于 %(limit_value)s。请改大。",
    "max_digits": "最多 %(max)s 位数字。请核对。",
    "max_decimal_places": "小数最多 %(max)s 位。请核对。",
    "null_characters_not_allowed": "含有看不见的字符。请重新输入。",
}
# The model's own checks, under the codes that Django gives them.
_OF_MODELS = {**MESSAGES, "null": REQUIRED, "blank": REQUIRED}
del _OF_MODELS["required"], _OF_MODELS["invalid"]


def reworded(error: ValidationError) -> ValidationError:
    """The same error with our words where a column's own check spoke; what a rule of ours said stays."""
    for name, found in getattr(error, "error_dict", {}).items():
        if name != NON_FIELD_ERRORS:
            for one in _leaves(found):
                one.message = _OF_MODELS.get(one.code or "", one.message)
    return error


def _leaves(found: list[ValidationError]) -> Iterator[ValidationError]:
    for one in found:
        if hasattr(one, "message"):
            yield one
        else:
            yield from _leaves(one.error_list)


def broken_rule(model: type[models.Model], constraint: Any) -> tuple[str, str]:
    """(field, message) of a broken constraint; the field is the first that the model knows by it."""
    if constraint is None:
        return "", "与台账的约束冲突。请核对这一行。"
    fields = getattr(constraint, "fields", ()) or ()
    name = fields[0] if fields else _first_name(getattr(constraint, "condition", None))
    text = str(constraint.violation_error_message or "")
    if constraint.violation_error_message == constraint.default_violation_error_message:
        text = "与台账的约束冲突。请核对这一行。"
    return name, text


def _first_name(condition: Any) -> str:
    """The field that a condition speaks of first."""
    if isinstance(condition, models.Q):
        return next((name for child in condition.children if (name := _first_name(child))), "")
    return str(condition[0]).partition("__")[0] if isinstance(condition, tuple) else ""
