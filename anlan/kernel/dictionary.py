"""Fields whose choices an administrator keeps: the dictionaries.

A model says `kind = DictionaryField("类别", dictionary="岗位类别")`; list, filter, form, template, import and
export then treat it as a choice. The row keeps the entry's key, so that a new name shows everywhere at once.
An entry out of use is still named where it stands, and can no longer be chosen.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_delete, post_save

from anlan.kernel.models import DictEntry
from anlan.kernel.scope import Actor

KEPT_SECONDS = 5.0
_read_by: set[str] = set()


class Entry(NamedTuple):
    """One choice."""

    key: str
    label: str
    active: bool


class _Kept:
    entries: dict[str, list[Entry]] = {}
    until = 0.0


def entries(dictionary: str) -> list[Entry]:
    """The entries of a dictionary in their order, those out of use too; kept for a few seconds."""
    if time.monotonic() >= _Kept.until:
        rows = DictEntry.objects.unscoped("choices hold for everybody").order_by("position", "id")
        found: dict[str, list[Entry]] = {}
        for name, key, label, active in rows.values_list("dictionary", "key", "label", "active"):
            found.setdefault(name, []).append(Entry(key, label, active))
        _Kept.entries = found
        _Kept.until = 0.0 if settings.TESTING else time.monotonic() + KEPT_SECONDS
    return _Kept.entries.get(dictionary, [])


def _choices(dictionary: str) -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in entries(dictionary)]


def forget(**_: Any) -> None:
    """Read anew at the next question."""
    _Kept.until = 0.0


class DictionaryField(models.CharField):  # type: ignore[type-arg]
    """The key of an entry of `dictionary`, "" where it may be left out."""

    def __init__(self, verbose_name: str | None = None, dictionary: str = "", **kwargs: Any) -> None:
        self.dictionary = dictionary
        _read_by.add(dictionary)
        super().__init__(
            verbose_name, **{"max_length": 60, **kwargs, "choices": partial(_choices, dictionary)}
        )

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """With the dictionary's name; the choices are no part of the table."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return (
            name,
            "anlan.kernel.dictionary.DictionaryField",
            args,
            {**kwargs, "dictionary": self.dictionary},
        )

    def _check_choices(self) -> list[Any]:
        """Nothing: declarations are checked before there is a table to read."""
        return []

    @property
    def offered(self) -> list[tuple[str, str]]:
        """What may be chosen anew."""
        return [(one.key, one.label) for one in entries(self.dictionary) if one.active]

    def validate(self, value: Any, model_instance: Any) -> None:
        """As Django; an entry out of use only where the stored row has it already."""
        super().validate(value, model_instance)
        if not value or any(key == value for key, _ in self.offered):
            return
        stored = type(model_instance)._base_manager.filter(pk=model_instance.pk)
        if model_instance.pk is None or not stored.filter(**{self.attname: value}).exists():
            label = dict(self.flatchoices).get(value, value)
            raise ValidationError(f"“{label}”已停用。请从列表中另选一项。", code="out_of_use")

    def formfield(self, **kwargs: Any) -> Any:
        """A list of what may be chosen; entries out of use stand last, marked."""
        field: Any = super().formfield(**kwargs)
        field.choices = self._boxes()
        return field

    def _boxes(self) -> list[tuple[str, str]]:
        first = [("", "不填" if self.blank else "请选择")]
        found = sorted(entries(self.dictionary), key=lambda one: not one.active)
        return first + [(one.key, one.label if one.active else f"{one.label}（已停用）") for one in found]


def check_entry(actor: Actor, row: DictEntry) -> None:
    """An entry belongs to a dictionary that some field reads. Raises ValidationError."""
    if row.dictionary not in _read_by:
        known = "、".join(sorted(_read_by))
        raise ValidationError({"dictionary": f"没有“{row.dictionary}”这个字典。现有：{known}。"})


def names() -> list[tuple[str, str]]:
    """The dictionaries that fields read."""
    return [(name, name) for name in sorted(_read_by)]


post_save.connect(forget, sender=DictEntry)
post_delete.connect(forget, sender=DictEntry)
