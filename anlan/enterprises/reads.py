"""What the register's pages ask: papers that run out, who supervises, firms that look alike."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.signals import post_delete, post_save

from anlan.enterprises.models import Certificate, Distinction, Enterprise, Licence, Standing
from anlan.enterprises.rules.expiry import NOTICE, Expiry, expiry
from anlan.enterprises.rules.likeness import ALIKE, likeness, pairs, placed_apart
from anlan.enterprises.rules.status import Duty, owes, owing
from anlan.kernel import clock, parameters, places
from anlan.kernel.models import ParameterValue
from anlan.kernel.scope import Actor, under
from anlan.org.models import Industry, Unit
from anlan.org.models.dated import on_day

NOTICE_KEY = "licence-notice-days"
# Tests count statements: there, only a change of the parameter makes it be read again.
KEPT_SECONDS = 3600.0 if settings.TESTING else parameters.KEPT_SECONDS
GENERAL = "emergency"  # 综合监管
LOCAL = "people-government"  # 属地
COUNTY = 3
KEPT_MINUTE = 60.0
MOST_COMPARED = 20_000
MOST_GROUPS = 60
MOST_LIKE, SHOWN_LIKE = 20, 3
NEAR = 30
ENDS = ("expired", "near", "soon", "valid", "lasting")
END_WORDS = {"expired": "已过期", "near": f"{NEAR} 天内到期", "soon": "即将到期", "valid": "有效",
             "lasting": "长期有效"}  # fmt: skip


class _Notice:
    """A list asks for every row: the parameter is kept as long as the house keeps parameters."""

    days = NOTICE
    until = 0.0

    def forget(self, **_: Any) -> None:
        """Asked anew after a change in this process."""
        self.until = 0.0


_notice = _Notice()
post_save.connect(_notice.forget, sender=ParameterValue)
post_delete.connect(_notice.forget, sender=ParameterValue)


def notice_days() -> int:
    """From how many days before its last day a paper is yellow."""
    if _notice.until < time.monotonic():
        _notice.days = int(parameters.value(NOTICE_KEY))
        _notice.until = time.monotonic() + KEPT_SECONDS
    return _notice.days


# Papers ---------------------------------------------------------------------------------------------


def licence_light(row: Licence) -> Expiry:
    """How a licence stands today; its firm must be joined."""
    owed = owes(row.enterprise.status, Duty.LICENCES)
    return expiry(row.expires_on, clock.today(), notice=notice_days(), standing=row.standing, owed=owed)


def certificate_light(row: Certificate) -> Expiry:
    """How a certificate stands today; the person must be joined. One that is forged, or that its issuer does
    not know, is red whatever its date."""
    if row.checked in (Certificate.Checked.FORGED, Certificate.Checked.NOT_FOUND):
        return Expiry("r", row.get_checked_display())
    owed = row.person.left_on is None
    return expiry(row.expires_on, clock.today(), notice=notice_days(), owed=owed)


def firm_light(firm: Enterprise) -> Expiry | None:
    """How the nearest of the firm's licences stands; None without one."""
    if firm.papers_until is None:
        return None
    owed = owes(firm.status, Duty.LICENCES)
    return expiry(firm.papers_until, clock.today(), notice=notice_days(), owed=owed)


def ending(value: str, column: str, owed: Q | None = None) -> Q:
    """The condition of a filter over last days: one of `ENDS`; anything else finds nothing."""
    today = clock.today()
    last = today + timedelta(days=notice_days())
    found = {
        "expired": Q(**{f"{column}__lt": today}),
        "near": Q(**{f"{column}__gte": today, f"{column}__lte": today + timedelta(days=NEAR)}),
        "soon": Q(**{f"{column}__gte": today, f"{column}__lte": last}),
        "valid": Q(**{f"{column}__gt": last}),
        "lasting": Q(**{f"{column}__isnull": True}),
    }.get(value, Q(pk__in=()))
    return found & owed if owed is not None and value in ("expired", "near", "soon") else found


def firms_ending(value: str) -> Q:
    """Firms that must hold licences, by the nearest last day of those they have."""
    return ending(value, "papers_until", Q(status__in=owing(Duty.LICENCES)))


def licences_ending(value: str) -> Q:
    """Licences that stand, of firms that must hold them."""
    owed = Q(enterprise__status__in=owing(Duty.LICENCES))
    return ending(value, "expires_on", owed) & Q(standing=Standing.VALID)


def certificates_ending(value: str) -> Q:
    """Certificates of people who are still in post."""
    return ending(value, "expires_on") & Q(person__left_on__isnull=True)


def end_options() -> list[tuple[str, str]]:
    """The choices of that filter; the near one names its days."""
    words = {**END_WORDS, "soon": f"{notice_days()} 天内到期"}
    return [(key, words[key]) for key in ENDS]


# Who supervises ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Supervisor:
    """One line of 三管三必须: in which part, and which office."""

    part: str
    name: str
    unit_id: int | None = None


def supervisors(firm: Enterprise) -> list[Supervisor]:
    """Who answers for the firm: its industry's office, general supervision, its territory, those that assist.

    The industry's office is the one on record; the others by family in its county or above.
    """
    found = []
    if firm.regulator is not None:
        own = firm.regulator
        found.append(Supervisor("行业监管", own.short_name or own.name, firm.regulator_id))
    shown = {firm.regulator_id}
    for one in _by_rule(firm.industry, "/".join(firm.region_path.split("/")[:-1][:COUNTY]) + "/"):
        if one.unit_id not in shown:
            shown.add(one.unit_id)
            found.append(one)
    return found


_supervising: dict[tuple[str, str], tuple[float, list[Supervisor]]] = {}


def _by_rule(industry: str, county: str) -> list[Supervisor]:
    """The offices that supervise an industry in a county beside the one on record; kept for a minute."""
    key, now = (industry, county), time.monotonic()
    until, found = _supervising.get(key, (0.0, []))
    if until > now:
        return found
    kind = Industry.objects.unscoped("the firm's industry").filter(slug=industry).first()
    assisting = list(kind.assist_families) if kind else []
    codes = county.split("/")[:-1]
    units = (
        Unit.objects.unscoped("who supervises a firm is no secret")
        .filter(
            on_day(clock.today()),
            family__key__in=[GENERAL, LOCAL, *assisting],
            region_path__in=["/".join(codes[: n + 1]) + "/" for n in range(len(codes))],
        )
        .values_list("family__key", "region_path", "pk", "short_name", "name")
    )
    nearest: dict[str, tuple[str, int, str]] = {}
    for family, path, pk, short, name in units:
        if family not in nearest or len(path) > len(nearest[family][0]):
            nearest[family] = (path, pk, short or name)
    lines = [("综合监管", GENERAL), ("属地管理", LOCAL), *(("配合", family) for family in assisting)]
    found = [
        Supervisor(part, nearest[family][2], nearest[family][1])
        for part, family in lines
        if family in nearest
    ]
    if not settings.TESTING:
        if len(_supervising) > MOST_COMPARED:
            _supervising.clear()
        _supervising[key] = (now + KEPT_MINUTE, found)
    return found


# Duplicates -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two firms that may be one, and why that is thought."""

    one: Enterprise
    other: Enterprise
    why: str
    score: float


@dataclass(frozen=True)
class Suspicions:
    """The pairs of a place; `narrow` tells that the place was too large to compare every name."""

    pairs: list[Pair]
    narrow: bool
    compared: int


def live(actor: Actor) -> QuerySet[Any]:
    """The firms that the actor sees and that were not merged into another."""
    return Enterprise.objects.visible_to(actor).filter(merged_into=None)


def suspicions(actor: Actor, path: str = "") -> Suspicions:
    """Pairs of firms in a place that look like one: the same core of the name in one city, alike names in
    one county, one telephone. At most `MOST_GROUPS` are shown; pairs that were told apart are left out."""
    rows = live(actor).filter(under("region_path", [path])) if path else live(actor)
    count = rows.count()
    apart = set(Distinction.objects.visible_to(actor).values_list("first_id", "second_id"))
    if count <= MOST_COMPARED:
        lines = list(rows.order_by("pk").values_list("pk", "core", "region_path", "phone", "name"))
        found = _alike(lines)
    else:
        found = _same_core(rows)
    wanted = sorted(
        ((one, other, *why) for (one, other), why in found.items() if (one, other) not in apart),
        key=lambda pair: (-pair[3], pair[0], pair[1]),
    )[:MOST_GROUPS]
    ids = {pk for pair in wanted for pk in pair[:2]}
    firms = {one.pk: one for one in live(actor).filter(pk__in=ids).select_related("regulator")}
    shown = [
        Pair(firms[one], firms[other], why, score)
        for one, other, why, score in wanted
        if one in firms and other in firms
    ]
    return Suspicions(shown, count > MOST_COMPARED, count)


def like(actor: Actor, firm: Enterprise) -> list[Enterprise]:
    """Firms of the same city whose name has the same core: one indexed statement, for the firm's own page."""
    if not firm.core or firm.merged_into_id is not None:
        return []
    city = "/".join(firm.region_path.split("/")[:2]) + "/"
    rows = live(actor).filter(under("region_path", [city]), core=firm.core).exclude(pk=firm.pk)
    found = list(rows.order_by("pk")[:MOST_LIKE])
    counties = _counties([firm.region_path, *(one.region_path for one in found)])
    own = counties[firm.region_path]
    return [one for one in found if not placed_apart(firm.name, own, one.name, counties[one.region_path])][
        :SHOWN_LIKE
    ]


def _counties(paths: Iterable[str]) -> dict[str, str]:
    """{path: short name of its county}; "" for a place above the counties."""
    county = {path: "/".join(path.split("/")[:COUNTY]) + "/" for path in paths}
    deep = {path for path in county.values() if path.count("/") == COUNTY}
    names = places.labels(deep)
    return {path: names.get(above, "") if above in deep else "" for path, above in county.items()}


Line = tuple[int, str, str, str, str]
Reasons = dict[tuple[int, int], tuple[str, float]]


def _alike(lines: list[Line]) -> Reasons:
    """{(smaller id, larger id): (why, how alike)}; only names that share a rare pair are compared."""
    found: Reasons = {}
    by_core: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_phone: dict[str, list[int]] = defaultdict(list)
    counties: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, core, path, phone, _ in lines:
        codes = path.split("/")
        if core:
            by_core[("/".join(codes[:2]), core)].append(pk)
            counties["/".join(codes[:COUNTY])].append((pk, core))
        if phone:
            by_phone[phone].append(pk)
    for ids in by_phone.values():
        if len(ids) <= 3:  # one number of many firms is an agent's or an office's
            _note(found, ids, "联系电话相同", 0.7)
    for firms in counties.values():
        _near_names(found, firms)
    names = _named_places(lines, {pk for ids in by_core.values() if len(ids) > 1 for pk in ids})
    for ids in by_core.values():
        for first, other in combinations(ids, 2):
            if not placed_apart(*names[first], *names[other]):
                _note(found, [first, other], "名称主体相同", 1.0)
    return found


def _named_places(lines: list[Line], ids: set[int]) -> dict[int, tuple[str, str]]:
    """{id: (name, county)} of these firms."""
    wanted = [(pk, path, name) for pk, _, path, _, name in lines if pk in ids]
    counties = _counties(path for _, path, _ in wanted)
    return {pk: (name, counties[path]) for pk, path, name in wanted}


def _near_names(found: Reasons, firms: list[tuple[int, str]]) -> None:
    """Names of one county at least `ALIKE`, each pair counting the less the more firms have it.

    A name is compared only with those that share one of its rarer pairs; equal ones are told elsewhere.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    owned = [pairs(core) for _, core in firms]
    for place, mine in enumerate(owned):
        for pair in mine:
            holders[pair].append(place)
    weights = {pair: 1 / len(held) for pair, held in holders.items()}
    for place, (pk, core) in enumerate(firms):
        rare = sorted(owned[place], key=lambda pair: len(holders[pair]))
        rare = rare[: len(rare) // 2 + 1]
        for other in {at for pair in rare for at in holders[pair] if at > place}:
            if firms[other][1] == core:
                continue
            score = likeness(core, firms[other][1], weights)
            if score >= ALIKE:
                _note(found, [pk, firms[other][0]], f"名称相近（{score:.0%}）", score * 0.95)


def _note(found: Reasons, ids: list[int], why: str, score: float) -> None:
    first, *others = sorted(ids)
    for other in others:
        old = found.get((first, other))
        if old is None or old[1] < score:
            found[(first, other)] = (f"{why}；{old[0]}" if old else why, score)
        elif why not in old[0]:
            found[(first, other)] = (f"{old[0]}；{why}", old[1])


def _same_core(rows: QuerySet[Any]) -> Reasons:
    """Only equal cores, grouped by the database: what a whole province can be asked for."""
    groups = (
        rows.exclude(core="")
        .order_by()
        .values("core")
        .annotate(n=Count("pk"), newest=Max("pk"))
        .filter(n__gt=1)
        .order_by("-newest")[:MOST_GROUPS]
    )
    cores = [one["core"] for one in groups]
    lines = rows.filter(core__in=cores).order_by("pk").values_list("pk", "core", "region_path", "name")
    return _alike([(pk, core, path, "", name) for pk, core, path, name in lines])
