"""Who asks: the posts and delegations of a person today become the seats of an actor."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest

from anlan.kernel import clock
from anlan.kernel.scope import Actor, Reach, Seat
from anlan.org.models import Delegation, Industry, Person, Post
from anlan.org.models.dated import on_day
from anlan.org.rules.industries import with_children
from anlan.org.sessions import SEAT, client_address

KEPT_SECONDS = 0 if getattr(settings, "TESTING", False) else 3
MOST_KEPT = 5_000
_actors: dict[tuple[object, ...], tuple[float, Actor]] = {}


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: the signed-in person with today's seats, or the public."""
    address = client_address(request)
    person = getattr(request, "user", None)
    if not isinstance(person, Person) and not getattr(person, "is_authenticated", False):
        return Actor(address=address)
    session = getattr(request, "session", None)
    chosen = session.get(SEAT) if session is not None else None
    return _kept_actor(person, chosen, address)


def _kept_actor(person: Any, chosen: int | None, address: str) -> Actor:
    """One page asks several times within a second or two (filters, drawers, polls): seats are kept so long.

    The account itself and the browser's session are read at every request, so that whoever is disabled or
    forced off is out at once.
    """
    key, now = (person.pk, person.version, person.is_active, chosen, address), time.monotonic()
    until, actor = _actors.get(key, (0.0, None))
    if actor is None or until < now:
        actor = actor_for(person, chosen, address=address)
        if KEPT_SECONDS:
            if len(_actors) > MOST_KEPT:
                _actors.clear()
            _actors[key] = (now + KEPT_SECONDS, actor)
    return actor


def actor_for(
    person: Person, seat_id: int | None = None, day: date | None = None, address: str = ""
) -> Actor:
    """The actor that `person` is on `day` (today in Shanghai), seated as `seat_id` if they hold it.

    Posts come first, in the order they were given; a seat by delegation has the delegation's number
    below zero. One query, another for delegations, another where a seat is bound to industries.
    """
    if not person.is_active:
        return Actor(address=address)
    day = day or clock.today()
    posts = list(_posts(person, day))
    delegations = list(_delegations(person, day)) if not posts or posts[0].stands_in else []
    bound = any(_bound(post) for post in [*posts, *(one.post for one in delegations)])
    tree = _industry_tree() if bound else {}
    seats = (
        *(seat_of(post, tree) for post in posts),
        *(_delegated_seat(one, tree) for one in delegations),
    )
    chosen = next((seat for seat in seats if seat.id == seat_id), seats[0] if seats else None)
    return Actor(person.pk, person.name, seats, chosen, address=address)


def seat_of(post: Post, tree: dict[str, str]) -> Seat:
    """The seat that a post gives. `tree` is {industry: parent}."""
    return Seat(
        id=post.pk,
        label=post.label,
        person_id=post.person_id,
        region_paths=post.region.all_paths if post.region else (),
        unit_id=post.unit_id,
        unit_label=(post.unit.short_name or post.unit.name) if post.unit else "",
        industries=_industries(post, tree),
        enterprise_id=post.enterprise_id,
        reach=Reach(post.role.reach),
        permissions=frozenset(post.role.permissions),
        role=post.role.key,
    )


def _delegated_seat(delegation: Delegation, tree: dict[str, str]) -> Seat:
    """The lent seat: the post's reach, the permissions that were lent, the delegate's own hand."""
    post = delegation.post
    own = seat_of(post, tree)
    lent = frozenset(p for p in delegation.permissions if own.may(p)) if delegation.permissions else None
    return Seat(
        id=-delegation.pk,
        label=f"{post.label}（受{post.person.name}委托）",
        person_id=delegation.delegate_id,
        region_paths=own.region_paths,
        unit_id=own.unit_id,
        unit_label=own.unit_label,
        industries=own.industries,
        enterprise_id=own.enterprise_id,
        reach=own.reach,
        permissions=own.permissions if lent is None else lent,
        role=own.role,
    )


def _bound(post: Post) -> bool:
    return bool(post.industries) or post.role.industry_bound


def _industries(post: Post, tree: dict[str, str]) -> frozenset[str] | None:
    """None for all. A bound role without industries of its own takes those of its unit."""
    if not _bound(post):
        return None
    chosen: Iterable[str] = post.industries
    if not post.industries and post.unit is not None:
        chosen = (*post.unit.industries, *post.unit.industries_assist)
    return with_children(chosen, tree)


def _industry_tree() -> dict[str, str]:
    rows = Industry.objects.unscoped("the branches of the industries a post is bound to")
    return {slug: parent or "" for slug, parent in rows.values_list("slug", "parent__slug")}


def _posts(person: Person, day: date) -> Iterable[Any]:
    """Today's posts; `stands_in` tells on each of them whether delegations are worth a query."""
    rows: Iterable[Any] = (
        Post.objects.unscoped("the posts that make the actor")
        .filter(on_day(day), person_id=person.pk)
        .annotate(stands_in=Exists(_lent_to(person, day)))
        .select_related("role", "unit", "region")
        .order_by("id")
    )
    return rows


def _delegations(person: Person, day: date) -> Iterable[Delegation]:
    return (
        _lent_to(person, day)
        .select_related("post__role", "post__unit", "post__region", "post__person")
        .order_by("id")
    )


def _lent_to(person: Person, day: date) -> QuerySet[Any]:
    return Delegation.objects.unscoped("the delegations that make the actor").filter(
        on_day(day), on_day(day, "post__"), delegate_id=person.pk, post__person__is_active=True
    )
