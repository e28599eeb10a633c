"""The frame of every page: menu by task, header with post and notices.

Domains declare `Group`s and `Entry`s under MENU; a ledger with a `menu` key is an entry by itself.
An entry shows only to those who may open it; a group without entries is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from anlan.kernel import clock, frames, registry
from anlan.kernel.scope import Actor

MOST = 10  # second-level entries that a reader still takes in
FIRM = "firm"


@dataclass(frozen=True)
class Group:
    """A first-level entry of the menu. `url` names a page of its own; `foot` puts it at the bottom.

    `order` names the keys of its second-level entries as they should stand; others follow. `whose`: a group
    of one audience alone (a role's key, or FIRM for whoever acts for a firm), which takes the entries of
    `order` out of everybody's groups; `called`: what an audience calls a group that it shares.
    """

    key: str
    label: str
    icon: str
    position: int = 50
    url: str = ""
    permission: str = ""
    foot: bool = False
    hot: bool = False
    count: Callable[[Actor], int] | None = None
    order: tuple[str, ...] = ()
    whose: str = ""
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A second-level entry: a page that is no ledger. `office`: nothing for whoever acts for a firm."""

    group: str
    key: str
    label: str
    url: str
    permission: str
    icon: str = ""
    count: Callable[[Actor], int] | None = None
    office: bool = False


@dataclass(frozen=True)
class HomePanel:
    """A part of the first page that a domain brings (under `HOME_PANELS`).

    `rows(actor)` gives what `template` draws, or None where the part says nothing to this post. `tells`
    names the ledgers whose days it shows itself, which the list of other days then leaves out.
    """

    key: str
    template: str
    rows: Callable[[Actor], Mapping[str, Any] | None]
    position: int = 50
    side: bool = False
    tells: tuple[str, ...] = ()


@dataclass
class Item:
    """One drawn entry."""

    key: str
    label: str
    icon: str
    url: str
    count: int = 0
    hot: bool = False
    current: bool = False
    open: bool = False
    foot: bool = False
    children: list[Item] = field(default_factory=list)

    @property
    def near(self) -> list[Item]:
        """The second-level entries that stand open: all, or the first where there are many."""
        return self.children if len(self.children) <= MOST else self.children[: MOST - 2]

    @property
    def further(self) -> list[Item]:
        """Those behind 更多."""
        return self.children[len(self.near) :]

    @property
    def further_open(self) -> bool:
        """Whether the page stands under one of them."""
        return any(one.current for one in self.further)


@dataclass(frozen=True)
class Post:
    """One seat in the header's switch."""

    id: int
    label: str
    current: bool


class Shell:
    """What `base.html` draws; every part is made only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.actor: Actor = getattr(request, "actor", Actor())

    @property
    def post_label(self) -> str:
        """The chosen post, e.g. 上饶市安委办 · 综合协调科."""
        return self.actor.seat.label if self.actor.seat else ""

    @property
    def person_name(self) -> str:
        """Who is signed in."""
        return self.actor.name if self.actor.person_id else ""

    @cached_property
    def posts(self) -> list[Post]:
        """The seats of this person."""
        return [Post(seat.id, seat.label, seat == self.actor.seat) for seat in self.actor.seats]

    @cached_property
    def menu(self) -> list[Item]:
        """The upper entries."""
        return [item for item in self._items if not item.foot]

    @cached_property
    def foot_menu(self) -> list[Item]:
        """The lower entries."""
        return [item for item in self._items if item.foot]

    @property
    def demo(self) -> bool:
        """Whether invented data is shown, which every page must say."""
        return bool(settings.DEMO)

    @property
    def today(self) -> date | None:
        """The day the house is set to, when it is not the real one."""
        return clock.set_day()

    @cached_property
    def unread(self) -> int:
        """Unread notices of this person."""
        from anlan.kernel import notice

        return notice.unread(self.actor.person_id) if self.actor.person_id else 0

    @property
    def role(self) -> str:
        """The key of the chosen post's role."""
        return self.actor.seat.role if self.actor.seat else ""

    @cached_property
    def urls(self) -> dict[str, str]:
        """Addresses of the pages that the header leads to."""
        return {
            "home": "/",
            "search": address("search") if self.actor.person_id else "",
            "notices": address("notices"),
            "account": address("account"),
            "switch_post": address("post-choose"),
            "signout": address("account_logout"),
            "signin": address("account_login"),
        }

    @cached_property
    def shown(self) -> tuple[object, ...]:
        """All that the frame shows: the same key, the same header and menu."""
        return frames.facts_of(self)

    @cached_property
    def _items(self) -> list[Item]:
        return build_menu(self.actor, getattr(self._request, "menu_path", self._request.path))


@cache
def address(name: str, *arguments: str) -> str:
    """Where a named page is: asked for every entry of every page, and always the same."""
    return reverse(name, args=arguments)


def under(request: HttpRequest, name: str) -> None:
    """Say under which named page's entry this page stands in the menu, where its address does not."""
    request.menu_path = address(name)  # type: ignore[attr-defined]


def build_menu(actor: Actor, path: str) -> list[Item]:
    """The entries that `actor` may open, with the one at `path` marked."""
    audience = _audience(actor)
    every = [one for one in registry.declared("MENU") if isinstance(one, Group)]
    groups = {one.key: one for one in every if one.whose in ("", audience)}
    children: dict[str, list[Item]] = {key: [] for key in groups}
    for ledger in registry.ledgers():
        if ledger.in_menu and ledger.menu in children and actor.may_read(ledger.permission("view")):
            url = address("ledger-list", ledger.key)
            children[ledger.menu].append(Item(ledger.key, ledger.label, ledger.icon, url))
    for one in registry.declared("MENU"):
        if not isinstance(one, Entry) or (audience == FIRM and one.office):
            continue
        if actor.may_read(one.permission):
            count = one.count(actor) if one.count else 0
            children[one.group].append(Item(one.key, one.label, one.icon, address(one.url), count))
    _regroup([one for one in groups.values() if one.whose], children)
    groups = {k: replace(one, label=one.called.get(audience, one.label)) for k, one in groups.items()}
    found = [
        item
        for group in sorted(groups.values(), key=lambda one: one.position)
        if (item := _group_item(group, children[group.key], actor, path)) is not None
    ]
    return found


def _audience(actor: Actor) -> str:
    if actor.seat is None:
        return ""
    return FIRM if actor.seat.enterprise_id is not None else actor.seat.role


def _regroup(own: list[Group], children: dict[str, list[Item]]) -> None:
    """Let an audience's groups take their entries, wherever the others have them."""
    taken = {key: group.key for group in own for key in group.order}
    for name, items in list(children.items()):
        children[name] = [one for one in items if taken.get(one.key, name) == name]
        for one in items:
            if (to := taken.get(one.key, name)) != name:
                children[to].append(one)


def _group_item(group: Group, children: list[Item], actor: Actor, path: str) -> Item | None:
    order = {key: place for place, key in enumerate(group.order)}
    children.sort(key=lambda child: order.get(child.key, len(order)))
    nearest = max((child for child in children if path.startswith(child.url)), key=_depth, default=None)
    for child in children:
        child.current = child is nearest
    if group.url:
        if group.permission and not actor.may_read(group.permission):
            return None
        url = address(group.url)
    elif children:
        url = children[0].url
    else:
        return None
    within = any(child.current for child in children)
    return Item(
        key=group.key,
        label=group.label,
        icon=group.icon,
        url=url,
        count=group.count(actor) if group.count else 0,
        hot=group.hot,
        current=path == url and not within,
        open=within or path == url,
        foot=group.foot,
        children=[] if [one.url for one in children] == [url] else children,
    )


def _depth(item: Item) -> int:
    """Of two entries whose addresses begin the path, the longer one is meant."""
    return len(item.url)


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
