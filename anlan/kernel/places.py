"""Names of region paths and unit ids: the kernel stores them, the organisation knows what they are called."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from django.conf import settings

Labeller = Callable[[Collection[str]], Mapping[str, str]]
_labeller: list[Labeller] = []
# Every page of rows names places, and names hardly ever change; tests change them all the time.
KEPT_SECONDS = 0 if getattr(settings, "TESTING", False) else 60
MOST = 100_000
_kept: dict[str, tuple[float, str]] = {}


def register(labeller: Labeller) -> None:
    """Say who names paths: given paths, it returns {path: short name} for those it knows."""
    _labeller[:] = [labeller]


def labels(paths: Collection[str]) -> Mapping[str, str]:
    """{path: name}; a path that nobody knows is its own last code. Kept for a minute."""
    now = time.monotonic()
    found, missing = {}, set()
    for path in filter(None, paths):
        until, name = _kept.get(path, (0.0, ""))
        if until > now:
            found[path] = name
        else:
            missing.add(path)
    if missing:
        known = _labeller[0](missing) if _labeller else {}
        if len(_kept) > MOST:
            _kept.clear()
        for path in missing:
            found[path] = known.get(path) or path.rstrip("/").rpartition("/")[2]
            _kept[path] = (now + KEPT_SECONDS, found[path])
    return found
