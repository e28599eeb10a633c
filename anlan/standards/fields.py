"""Columns by which ledgers of standards show an industry, a place and how sure the house is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock, places
from anlan.org.models.industry_field import industries
from anlan.standards.models import at

EVERYWHERE = "全国"
KEPT_SECONDS = 60


@lru_cache(maxsize=2)
def _names(tick: int) -> dict[str, str]:
    return dict(industries())


def industry_names() -> dict[str, str]:
    """{slug: name} of all industries, in their order; read once a minute, for every row of a list asks."""
    return _names(int(clock.now().timestamp()) // KEPT_SECONDS)


def industry_label(slug: str) -> str:
    """The name of an industry; its slug where nobody knows it."""
    return industry_names().get(slug, slug)


def industry_cell(row: Any) -> SafeString:
    """The industry of a row in words, without what its name adds in brackets."""
    return conditional_escape(industry_label(row.industry).partition("（")[0]) if row.industry else cells.DASH


def unsure_words(row: Any) -> str:
    """How sure the house is, in words."""
    return str(row.get_confidence_display())


def sure_cell(row: Any) -> SafeString:
    """待核 as a mark; what was read or seen as plain words."""
    if row.unsure:
        return SafeString('<span class="mk">待核</span>')
    return conditional_escape(unsure_words(row))


def offered(slugs: Iterable[str]) -> list[tuple[str, str]]:
    """(slug, name) of these industries in the order of the house."""
    wanted = set(slugs)
    return [(slug, name) for slug, name in industry_names().items() if slug in wanted]


def place_words(row: Any) -> str:
    """Where a row holds: 全国, or the place that wrote it."""
    return places.labels({row.region_path})[row.region_path] if row.region_path else EVERYWHERE


def place_cell(row: Any) -> SafeString:
    """The same for a cell."""
    return conditional_escape(place_words(row))


def in_place(path: str) -> Q:
    """What holds at a place: the rows of the country and of every place above it."""
    return at(path)
