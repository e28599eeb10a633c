"""Parameters: what administrators may turn without touching code.

A domain declares each one under `PARAMETERS` with its default and its bounds; only values that differ
stand in a table. Every process keeps what it has read for a few seconds, so that a page may ask often.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from anlan.kernel import registry
from anlan.kernel.models import ParameterValue
from anlan.kernel.scope import Actor
from anlan.kernel.writing import remove, write

KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Parameter:
    """One parameter. The default's type (bool, int, str) is the value's; `least` and `most` are inside."""

    key: str
    label: str
    default: bool | int | str
    group: str = "其他"
    unit: str = ""
    note: str = ""
    least: int | None = None
    most: int | None = None

    def read(self, raw: Any) -> bool | int | str:
        """What a person typed as a value; raises ValidationError with the bounds."""
        if isinstance(self.default, bool):
            return raw in (True, "1", "on", "true")
        text = str(raw).strip()
        if isinstance(self.default, str):
            return text
        if not text.isdigit():
            raise ValidationError(f"“{text}”不是整数。请填数字，如 {self.default}。")
        number = int(text)
        if self.least is not None and number < self.least:
            raise ValidationError(f"{number} 太小，最小 {self.least} {self.unit}".rstrip() + "。")
        if self.most is not None and number > self.most:
            raise ValidationError(f"{number} 太大，最大 {self.most} {self.unit}".rstrip() + "。")
        return number


class _Kept:
    values: Mapping[str, Any] = {}
    until = 0.0


def declared() -> dict[str, Parameter]:
    """All declared parameters by key, in the order of their declaration."""
    return {one.key: one for one in registry.declared("PARAMETERS")}


def value(key: str) -> Any:
    """The set value, else the declared default; KeyError for a key that nobody declared."""
    default = declared()[key].default
    return _set_values().get(key, default)


def put(actor: Actor, key: str, raw: Any) -> bool | int | str:
    """Set a parameter as `actor`; the default takes its row away. Raises ValidationError, Refused."""
    parameter = declared()[key]
    new = parameter.read(raw)
    row = ParameterValue.objects.visible_to(actor).filter(key=key).first()
    if new == parameter.default:
        if row is not None:
            remove(actor, row, permission="parameters.change", note=f"恢复默认 {new}{parameter.unit}")
    else:
        write(actor, row or ParameterValue(key=key), {"key": key, "value": new}, "change")
    forget()
    transaction.on_commit(forget)
    return new


def forget(**_: Any) -> None:
    """Read anew at the next question."""
    _Kept.until = 0.0


def _set_values() -> Mapping[str, Any]:
    if time.monotonic() >= _Kept.until:
        rows = ParameterValue.objects.unscoped("parameters hold for everybody")
        _Kept.values = dict(rows.values_list("key", "value"))
        _Kept.until = 0.0 if settings.TESTING else time.monotonic() + KEPT_SECONDS
    return _Kept.values


post_save.connect(forget, sender=ParameterValue)
post_delete.connect(forget, sender=ParameterValue)
