"""The words the grammar knows, read once from `data/vocabulary.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

DATA = resources.files("anlan.programmes.compiler") / "data"


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((DATA / "vocabulary.toml").read_text(encoding="utf-8"))


def table(path: str) -> Any:
    """The table or list at a dotted path, e.g. `duty.labels`. Raises KeyError when it is absent."""
    node: Any = _tables()
    for part in path.split("."):
        node = node[part]
    return node


def words(path: str) -> tuple[str, ...]:
    """The list of words at a dotted path, longest first, so that an alternation takes the longest."""
    found = table(path)
    if isinstance(found, dict):
        found = list(found)
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def either(names: Iterable[str]) -> str:
    """A regular expression for one of the words, longest first, as a group without number."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(names, key=lambda w: (-len(w), w))) + ")"


def one_of(*paths: str) -> str:
    """A regular expression for one of the words of the lists."""
    return either(word for path in paths for word in words(path))
