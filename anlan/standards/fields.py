"""Columns by which ledgers of standards show an industry: its name instead of its slug."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock
from anlan.org.models import Industry

WHY = "names of industries are no secret"
KEPT_SECONDS = 60


@lru_cache(maxsize=2)
def _names(tick: int) -> dict[str, str]:
    return dict(Industry.objects.unscoped(WHY).order_by("position").values_list("slug", "name"))


def industry_names() -> dict[str, str]:
    """{slug: name} of all industries, in their order; read once a minute."""
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
