"""What offices did with the demonstration: a verifier named, an order drafted, one reopened, some listed.

Made through the product's own acts, by the cast, on the days before the demonstration's day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from anlan.hazards.actions import danger_assign, danger_letters, danger_list
from anlan.hazards.demo import DAY, HOME
from anlan.hazards.models import HiddenDanger
from anlan.kernel import clock, moves
from anlan.kernel.scope import Actor
from anlan.org.actors import actor_for
from anlan.org.cast import CAST
from anlan.org.models import Person

REASON = "the demonstration shows what offices do with dangers"
WUYUAN = f"{HOME}361130/"
ASSIGNED, ORDERED = 2, 4
# Days before the demonstration's day, and the days given.
LISTED = ((26, 60), (12, 30), (5, 90))
WHY = "复查时发现问题又出现，原整改没有落实到位"


def prepare(demo: bool, say: Callable[[str], object]) -> None:
    """The step of the set-up: only for a demonstration, and only once."""
    rows = HiddenDanger.objects.unscoped(REASON).filter(demo=True, region_path__startswith=HOME)
    handled = Q(assigned_to_id__isnull=False) | Q(reopened__gt=0) | Q(listed=True)
    if not demo or not rows.exists() or rows.filter(handled).exists():
        return
    city, county, inspector = (_person(key) for key in ("city_officer", "county_officer", "county_inspector"))
    with transaction.atomic():
        with clock.standing_on(DAY - timedelta(2)):
            named = _assign(rows, _actor(county), inspector)
            opened = _reopen(rows, _actor(county))
        with clock.standing_on(DAY - timedelta(1)):
            written = _order(rows, _actor(city))
        listed = _list(rows, city)
    say(f"演示数据：指派验收 {named} 条，重新打开 {opened} 条，督办单草稿 {written} 件，挂牌督办 {listed} 条")


def _assign(rows: QuerySet[HiddenDanger], county: Actor, inspector: Person) -> int:
    waiting = rows.filter(region_path__startswith=WUYUAN, state="checking")
    chosen = list(waiting.order_by("-photos", "attention_on", "id")[:ASSIGNED])
    return len(danger_assign.assign(county, chosen, inspector).done)


def _reopen(rows: QuerySet[HiddenDanger], county: Actor) -> int:
    """One closed this spring, which was seen again."""
    closed = rows.filter(
        region_path__startswith=WUYUAN, state="closed", closed_on__lt=DAY - timedelta(20),
        closed_on__gte=date(DAY.year, 1, 1), enterprise__isnull=False,
    ).exclude(source="self")  # fmt: skip
    found = closed.order_by("-closed_on", "id").first()
    if found is None:
        return 0
    moves.perform(county, found, "reopen", {"due_on": DAY + timedelta(9)}, note=WHY)
    return 1


def _order(rows: QuerySet[HiddenDanger], city: Actor) -> int:
    """A draft to the county's office whose dangers have been late the longest."""
    late = rows.filter(
        region_path__startswith=WUYUAN, state__in=("ordered", "rectifying"), due_on__lt=DAY - timedelta(20),
        regulator__isnull=False, dangerletters=None,
    )  # fmt: skip
    first = late.order_by("due_on", "id").first()
    if first is None:
        return 0
    chosen = late.filter(regulator_id=first.regulator_id).select_related("regulator", "enterprise")
    papers = danger_letters.draft_orders(
        city, list(chosen.order_by("due_on", "id")[:ORDERED]), answer_by=DAY + timedelta(7)
    )
    return len(papers)


def _list(rows: QuerySet[HiddenDanger], city: Person) -> int:
    """Major ones that the city supervises by list, put on it on different days."""
    major = rows.filter(level="major", state__in=("ordered", "rectifying"), enterprise__isnull=False)
    chosen = list(major.select_related("enterprise").order_by("due_on", "id")[: len(LISTED)])
    for n, (row, (before, term)) in enumerate(zip(chosen, LISTED, strict=False), 1):
        day = DAY - timedelta(before)
        with clock.standing_on(day):
            values = {
                "tier": "city", "number": f"饶安督〔{DAY.year}〕{n}号", "listed_on": day,
                "supervising_unit": city.unit, "treating_unit": str(row.enterprise or row.place),
                "cause": row.description, "harm": "危及本单位从业人员和周边人员安全",
                "due_on": day + timedelta(term),
            }  # fmt: skip
            made = danger_list.put(_actor(city), row, values)
            if n == 1:
                moves.perform(_actor(city), made, "file", {"filed_on": day})
                moves.perform(_actor(city), made, "publish", {"published_on": day})
    return len(chosen)


def _actor(person: Person) -> Actor:
    return actor_for(person, day=DAY)


def _person(key: str) -> Person:
    username = next(one.username for one in CAST if one.key == key)
    found: Person = Person.objects.unscoped(REASON).select_related("unit").get(username=username)
    return found
