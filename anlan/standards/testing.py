"""Packs for tests of other domains: `load_packs()` brings the packs of the house into the test's database."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from anlan.org import loading as org_loading
from anlan.org.models import Industry
from anlan.standards import loading
from anlan.standards.command import known_industries
from anlan.standards.rules.pack import Pack
from anlan.standards.rules.pack_reading import Reading, read_packs


@cache
def _house() -> Reading:
    return read_packs(Path(settings.ROOT) / "packs", known_industries())


def load_packs(*keys: str, day: date | None = None) -> loading.Loaded:
    """Load the packs of these keys (with the laws that all cite), or all; industries too where missing."""
    if not Industry.objects.unscoped("a test's own world").exists():
        org_loading.load_industries()
    reading = _house()
    chosen: list[Pack] = [one for one in reading.packs if not keys or one.key in {"laws", *keys}]
    return loading.load(Reading(chosen), day)
