"""Names of region paths and unit ids: the kernel stores them, the organisation knows what they are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Labeller = Callable[[Collection[str]], Mapping[str, str]]
_labeller: list[Labeller] = []


def register(labeller: Labeller) -> None:
    """Say who names paths: given paths, it returns {path: short name} for those it knows."""
    _labeller[:] = [labeller]


def labels(paths: Collection[str]) -> Mapping[str, str]:
    """{path: name}; a path that nobody knows is its own last code."""
    wanted = {path for path in paths if path}
    known = _labeller[0](wanted) if _labeller and wanted else {}
    return {path: known.get(path) or path.rstrip("/").rpartition("/")[2] for path in wanted}
