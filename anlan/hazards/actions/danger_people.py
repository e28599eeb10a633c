"""Who hears of a danger: the firm's people, the people of an office."""

from __future__ import annotations

from collections.abc import Iterable

from anlan.kernel import clock
from anlan.org.models import Post
from anlan.org.models.dated import on_day


def people_of_firm(enterprise_id: int | None) -> list[int]:
    """Ids of the persons who act for a firm today."""
    if enterprise_id is None:
        return []
    rows = Post.objects.unscoped("who acts for a firm is told of its dangers")
    rows = rows.filter(on_day(clock.today()), enterprise_id=enterprise_id)
    return list(rows.order_by().values_list("person_id", flat=True).distinct())


def people_of_units(units: Iterable[int | None]) -> list[int]:
    """Ids of the persons who hold a post in one of these offices today."""
    ids = [one for one in units if one is not None]
    if not ids:
        return []
    rows = Post.objects.unscoped("who works in an office is told of what waits for it")
    rows = rows.filter(on_day(clock.today()), unit_id__in=ids)
    return list(rows.order_by().values_list("person_id", flat=True).distinct())
