"""Branches of the tree of industries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def with_children(chosen: Iterable[str], parents: Mapping[str, str]) -> frozenset[str]:
    """The chosen industries and all that lie below them. `parents` is {slug: parent or ""}."""
    found = set(chosen)
    for slug in parents:
        chain = [slug]
        while (parent := parents.get(chain[-1], "")) and parent not in chain:
            chain.append(parent)
        if found.intersection(chain):
            found.add(slug)
    return frozenset(found)
