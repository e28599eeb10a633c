"""Parts of the detail pages, and how some cells are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse

from anlan.kernel import clock
from anlan.kernel.scope import Actor
from anlan.org import reads
from anlan.org.models import Announcement, Delegation, Person, Post, Region, Role, Unit, UnitGroup
from anlan.org.models.dated import on_day
from anlan.org.rules.groups import Standing

SHOWN = 200
ANNOUNCED = 5
FIRST = 3  # the administrators that a new house is opened with
STANDINGS = {
    Standing.RULED: "按规则",
    Standing.NAMED: "点名",
    Standing.PRESUMED: "推定",
    Standing.SUGGESTED: "建议，待确认",
}


def announcements_today(actor: Actor) -> Mapping[str, Any] | None:
    """What stands today for whoever signs in, pinned ones first; nothing where nothing stands."""
    day = clock.today()
    rows = Announcement.objects.visible_to(actor).filter(
        Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day
    )
    found = list(rows.order_by("-pinned", "-first_day", "-id")[:ANNOUNCED])
    return {"announcements": found} if found else None


def posts_of_person(actor: Actor, person: Person) -> Mapping[str, Any]:
    """The posts a person has held, newest first."""
    rows = Post.objects.visible_to(actor).filter(person=person).select_related("unit", "role", "person")
    return _posts(rows.order_by("-valid_from", "-id"))


def posts_of_unit(actor: Actor, unit: Unit) -> Mapping[str, Any]:
    """The posts of an office, newest first."""
    rows = Post.objects.visible_to(actor).filter(unit=unit).select_related("unit", "role", "person")
    return _posts(rows.order_by("-valid_from", "-id"))


def _posts(rows: Any) -> Mapping[str, Any]:
    today = clock.today()
    return {"posts": [(post, post.valid_on(today)) for post in rows[:SHOWN]]}


def acts_on_post(actor: Actor, post: Post) -> Mapping[str, Any]:
    """What may be done with a post that goes on."""
    found = []
    if post.valid_to is None or post.valid_to > clock.today():
        if actor.may("posts.change"):
            found.append(("交接岗位", reverse("post-hand-over", args=[post.pk])))
        if actor.may("delegations.add") or post.person_id == actor.person_id:
            found.append(("委托岗位", reverse("post-delegate", args=[post.pk])))
        if actor.may("posts.change"):
            found.append(("结束岗位", reverse("post-end", args=[post.pk])))
    return {"acts": found, "none": "这个岗位已经结束，或者您的岗位不能办理。"}


def delegations_of_post(actor: Actor, post: Post) -> Mapping[str, Any] | None:
    """To whom the post is or was lent, for its holder and for whoever sees delegations; nothing if never."""
    rows = Delegation.objects.visible_to(actor)
    if post.person_id == actor.person_id:
        rows = Delegation.objects.unscoped("what the holder has lent")
    found = rows.filter(post=post).select_related("delegate").order_by("-valid_from", "-id")[:SHOWN]
    today, seen = clock.today(), actor.may_read("delegations.view")
    lent = [(one, one.standing(today) or "委托中", seen) for one in found]
    return {"lent": lent} if lent else None


def acts_on_region(actor: Actor, region: Region) -> Mapping[str, Any] | None:
    """What may be done with a region that goes on; nothing at all for whoever only reads."""
    if region.valid_to is not None or region.parent_id is None or not actor.may("regions.change"):
        return None
    return {"acts": [("撤销区划", reverse("region-close", args=[region.pk]))]}


def units_of_region(actor: Actor, region: Region) -> Mapping[str, Any]:
    """The offices of a region itself, as valid today."""
    rows = Unit.objects.visible_to(actor).filter(on_day(clock.today()), region=region)
    return {"units": list(rows.order_by("family__position", "id")[:SHOWN])}


def resolution_today(actor: Actor, group: UnitGroup) -> Mapping[str, Any]:
    """What a group stands for today, in a document of the chosen post's region."""
    seat = actor.seat
    path = seat.region_paths[0] if seat is not None and seat.region_paths else ""
    rows = Region.objects.visible_to(actor).filter(on_day(clock.today()))
    issuer = (rows.filter(path=path) if path else rows.filter(parent=None)).order_by("code").first()
    if issuer is None:
        return {"issuer": None}
    found = reads.resolve_group(group.pattern, issuer, clock.today())
    picks = found.picks if found else ()
    return {
        "issuer": issuer,
        "day": clock.today(),
        "resolution": found,
        "picks": [(pick, STANDINGS[pick.standing]) for pick in picks[:SHOWN]],
        "more": max(0, len(picks) - SHOWN),
    }


def role_options() -> Iterable[tuple[str, str]]:
    """The roles, for a filter."""
    rows = Role.objects.unscoped("the names of the roles").order_by("position", "id")
    return [(str(pk), label) for pk, label in rows.values_list("pk", "label")]


def people_to_add(actor: Actor) -> Mapping[str, Any] | None:
    """For the system administrator of a new house: nobody is there but the three administrators."""
    if not actor.may("people.import") or Person.objects.visible_to(actor)[: FIRST + 1].count() > FIRST:
        return None
    return {
        "title": "人员和岗位",
        "state": "还只有首批的三名管理员。",
        "basis": "登记或导入各单位的人员，再由安全管理员在岗位里给每人角色和辖区。",
        "url": reverse("ledger-import", args=["people"]),
        "label": "导入人员",
    }
