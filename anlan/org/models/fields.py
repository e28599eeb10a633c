"""Columns that hold a list, and how a form asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models

MARKS = re.compile(r"[;；,，、\n]+")


class WordsBox(forms.CharField):
    """Words in one box, parted by any usual mark."""

    def prepare_value(self, value: Any) -> Any:
        """A list as one line."""
        return "；".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """The words, each once, in order."""
        parts = value if isinstance(value, list | tuple) else MARKS.split(str(value or ""))
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Order and words count, marks between them do not."""
        return bool(self.to_python(initial) != self.to_python(data))


class WordsField(ArrayField):  # type: ignore[type-arg]
    """A list of words; `max_length` is that of one word."""

    def __init__(self, verbose_name: str | None = None, max_length: int = 120, **kwargs: Any) -> None:
        self.word_length = max_length
        kwargs.setdefault("base_field", models.CharField(max_length=max_length))
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(verbose_name=verbose_name, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Without what the constructor makes itself."""
        name, _, args, kwargs = super().deconstruct()
        for key in ("base_field", "default", "blank"):
            kwargs.pop(key, None)
        return name, "anlan.org.models.fields.WordsField", args, {**kwargs, "max_length": self.word_length}

    def formfield(self, **kwargs: Any) -> Any:
        """One box, words parted by 、 or ；."""
        hint = str(self.help_text) or "多个之间用“；”或“、”分开"
        return WordsBox(label=str(self.verbose_name), required=not self.blank, help_text=hint)


Offer = Callable[[], Iterable[tuple[str, str]]]
_offers: dict[str, Offer] = {}


def offer(name: str, choices: Offer) -> None:
    """Say what the boxes of all `KeysField(offer=name)` are."""
    _offers[name] = choices


class KeysField(WordsField):
    """A list of keys out of an offer that is read when the form is made: one tick box each."""

    def __init__(self, verbose_name: str | None = None, offer: str = "", **kwargs: Any) -> None:
        self.offer = offer
        kwargs.setdefault("max_length", 60)
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """With the offer's name."""
        name, _, args, kwargs = super().deconstruct()
        return name, "anlan.org.models.fields.KeysField", args, {**kwargs, "offer": self.offer}

    def formfield(self, **kwargs: Any) -> Any:
        """Tick boxes; without an offer a box for words."""
        choices = _offers.get(self.offer)
        if choices is None:
            return super().formfield(**kwargs)
        return forms.MultipleChoiceField(
            label=str(self.verbose_name),
            choices=lambda: list(choices()),
            required=not self.blank,
            help_text=str(self.help_text),
            widget=forms.CheckboxSelectMultiple,
        )
