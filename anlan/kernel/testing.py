"""What tests of declarations stand on: actors made by hand, and a valid row for any model.

The conformance suite (`tests/conformance`) walks every declaration with these; a new ledger is
covered by being declared. A model whose rows cannot be guessed registers its own maker, in `<app>/making.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from anlan.kernel.scope import Actor, PathField, Reach, ScopedModel, Seat, unscoped_block

Maker = Callable[..., Any]
_makers: dict[type[models.Model], Maker] = {}
_numbers = itertools.count(1)


def register_maker(model: type[models.Model], maker: Maker) -> None:
    """Say how a row of `model` is made; the maker takes field values as keywords."""
    _makers[model] = maker


@cache
def _gather() -> None:
    """Let every app register its makers: those that need one have them in `<app>/making.py`."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "making"):
            import_module(f"{config.name}.making")


def seat(*permissions: str, path: str = "", reach: Reach = Reach.SUBTREE, **more: Any) -> Seat:
    """A seat for tests: `seat("faults.*", path="360000/361100/")`."""
    paths = more.pop("region_paths", (path,) if path else ())
    return Seat(
        id=more.pop("id", 1),
        label="测试岗位",
        region_paths=paths,
        reach=reach,
        permissions=frozenset(permissions),
        **more,
    )


def actor(*seats: Seat, person_id: int = 1, name: str = "测试员") -> Actor:
    """A person holding these seats, acting as the first."""
    return Actor(person_id=person_id, name=name, seats=seats, seat=seats[0] if seats else None)


def make_row(model: type[models.Model], **values: Any) -> Any:
    """A stored, valid row: given values, and for every other required field something plausible."""
    _gather()
    maker = _makers.get(model)
    if maker is not None:
        return maker(**values)
    number = next(_numbers)
    row = model(**values)
    left = set()
    for model_field in model._meta.concrete_fields:
        if model_field.name in values or model_field.attname in values or model_field.primary_key:
            continue
        if model_field.has_default() or model_field.null or getattr(model_field, "auto_now_add", False):
            left.add(model_field.name)
            continue
        if model_field.blank and not model_field.unique:
            continue
        setattr(row, model_field.name, _plausible(model_field, number))
    with unscoped_block("a row made for a test"):
        row.full_clean(exclude=left)
        row.save()
    return row


def _plausible(model_field: Any, number: int) -> Any:
    if model_field.choices:
        return model_field.flatchoices[0][0]
    match model_field:
        case PathField():
            return "360000/361100/"
        case models.ForeignKey():
            return make_row(model_field.related_model)
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return date(2023, 1, 1) + timedelta(days=number)
        case models.BooleanField():
            return False
        case models.IntegerField() | models.DecimalField() | models.FloatField():
            return number
        case models.URLField():
            return f"http://127.0.0.1/{number}"
        case models.EmailField():
            return f"x{number}@example.org"
        case ArrayField():
            return []
        case models.JSONField():
            return {}
        case _:
            return f"x{number}"[: model_field.max_length or 20]


def place(row: ScopedModel, path: str) -> ScopedModel:
    """Move a row's own region path, if it has one."""
    name = type(row).scope.region
    if name and "__" not in name:
        type(row)._base_manager.filter(pk=row.pk).update(**{name: path})
        setattr(row, name, path)
    return row
