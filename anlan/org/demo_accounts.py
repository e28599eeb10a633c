"""The accounts that the sign-in page offers on a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.kernel import clock
from anlan.kernel.scope import Reach
from anlan.org.models import Post
from anlan.org.models.dated import on_day


@dataclass(frozen=True)
class DemoAccount:
    """One row of the table."""

    identity: str
    unit: str
    login: str
    sees: str


def demo_accounts() -> list[DemoAccount]:
    """One person for each role and level of region, in the order of the roles."""
    posts = (
        Post.objects.unscoped("the sign-in page of a demonstration")
        .filter(on_day(clock.today()), person__is_active=True)
        .select_related("person", "role", "unit", "region")
        .order_by("role__position", "region_path", "id")
    )
    found: dict[tuple[int, int], DemoAccount] = {}
    for post in posts:
        place = post.region.name if post.region else ""
        key = (post.role_id, post.region_path.count("/"))
        found.setdefault(
            key,
            DemoAccount(
                identity=post.role.label,
                unit=(post.unit.short_name or post.unit.name) if post.unit else "",
                login=post.person.username,
                sees=f"{place}，{Reach(post.role.reach).label}" if place else Reach(post.role.reach).label,
            ),
        )
    return list(found.values())[:12]
