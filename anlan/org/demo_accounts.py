"""The accounts that the sign-in page offers on a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.kernel import clock
from anlan.kernel.scope import Reach
from anlan.org.models import Post
from anlan.org.models.dated import on_day

MOST = 14
LEVELS = {"province": "省级", "city": "市级", "county": "县级", "zone": "功能区"}


@dataclass(frozen=True)
class DemoAccount:
    """One row of the table."""

    identity: str
    unit: str
    login: str
    sees: str


def demo_accounts() -> list[DemoAccount]:
    """One row a person, by their first post: business from the province down, administrators last."""
    posts = (
        Post.objects.unscoped("the sign-in page of a demonstration")
        .filter(on_day(clock.today()), person__is_active=True)
        .select_related("person", "role", "unit", "region")
        .order_by("id")
    )
    first: dict[int, Post] = {}
    for post in posts:
        first.setdefault(post.person_id, post)
    ordered = sorted(
        first.values(), key=lambda one: (bool(one.role.exclusive_group), one.role.position, one.id)
    )
    return [_row(post) for post in ordered[:MOST]]


def _row(post: Post) -> DemoAccount:
    level = LEVELS.get(post.region.level, "") if post.region and not post.role.exclusive_group else ""
    place = f"{post.region.name}，" if post.region else ""
    return DemoAccount(
        identity=f"{level}{post.role.label}",
        unit=(post.unit.short_name or post.unit.name) if post.unit else "",
        login=post.person.username,
        sees=f"{place}{Reach(post.role.reach).label}",
    )
