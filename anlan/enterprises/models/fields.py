"""Columns with rules of their own: the industry by its name, the 18-digit code."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from anlan.enterprises.rules import uscc
from anlan.org.models.industry_field import IndustryField, industries, industry_name

__all__ = ["CodeField", "IndustryField", "east", "industries", "industry_name", "north"]
ROOM = 30


def east(value: Any) -> None:
    """A longitude of the country; what is often wrong with it is said."""
    if not 73 <= value <= 136:
        raise ValidationError("经度应在 73 到 136 之间。请核对是否与纬度填反。", code="place")


def north(value: Any) -> None:
    """A latitude of the country."""
    if not 3 <= value <= 54:
        raise ValidationError("纬度应在 3 到 54 之间。请核对是否与经度填反。", code="place")


class CodeField(models.CharField):  # type: ignore[type-arg]
    """A unified social credit code, kept tidy; whether it holds is said by `rules.uscc.fault`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", ROOM)  # for how it is typed; what is kept has 18
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)

    @staticmethod
    def tidied(text: str) -> str:
        """How a sheet's code is kept and known again: no blanks or hyphens, half width, capitals."""
        return uscc.tidy(text)

    def formfield(self, **kwargs: Any) -> Any:
        """A box that takes blanks and hyphens, as codes are copied from papers."""
        box = super().formfield(**{**kwargs, "max_length": ROOM})
        if box is not None:
            clean = box.to_python
            box.to_python = lambda value: uscc.tidy(clean(value) or "")  # type: ignore[method-assign]
        return box
