"""A choice that a sheet may also write in everyday words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models


class SpokenField(models.CharField):  # type: ignore[type-arg]
    """A choice; `words` {key: further words} are understood in sheets and shown nowhere.

    Only words that leave no doubt stand there: 已整改 may mean reported, verified or closed, so it is
    asked back.
    """

    def __init__(self, *args: Any, words: Mapping[str, Sequence[str]] | None = None, **kwargs: Any) -> None:
        self.words = dict(words or {})
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """As a plain choice: the words are no part of the column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    @property
    def offered(self) -> list[tuple[str, str]]:
        """(key, word) of all that a sheet may write."""
        further = [(key, word) for key, words in self.words.items() for word in words]
        return [*((str(key), str(label)) for key, label in self.flatchoices), *further]
