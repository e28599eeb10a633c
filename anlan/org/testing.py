"""The fixed cast in a small world, for tests of any app.

`world = make_world({"committee-officer": ["hazards.*"]})` gives 江西 with 上饶 (婺源, 信州, 上饶经开区) and
九江 (濂溪), the offices of the cast, and the people of `cast.CAST`; the argument adds permissions to
roles. `world.actor("city_officer")` is that person's actor, `world.person("stranger")` the person.
The world is made of rows, not of mocks: pickers, actors and groups work on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anlan.kernel.scope import PUBLIC, Actor
from anlan.org import loading
from anlan.org.actors import actor_for
from anlan.org.cast import CAST, SINCE
from anlan.org.models import Person, Post, Region, Role, Unit, UnitFamily
from anlan.org.rules.names import short_name
from anlan.org.staffing import staff_region

PASSWORD = "Test-word-2023"
# code, name, level, parent, [valid_from, valid_to)
REGIONS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("360000", "江西省", "province", "", "", ""),
    ("360400", "九江市", "city", "360000", "", ""),
    ("361100", "上饶市", "city", "360000", "", ""),
    ("360000Z01", "赣江新区", "zone", "360000", "", ""),
    ("360402", "濂溪区", "county", "360400", "2016-03-31", ""),
    ("361102", "信州区", "county", "361100", "", ""),
    ("361104", "广信区", "county", "361100", "2019-07-31", ""),
    ("361121", "上饶县", "county", "361100", "", "2019-07-31"),
    ("361130", "婺源县", "county", "361100", "", ""),
    ("361100Z01", "上饶经济技术开发区", "zone", "361100", "", ""),
    ("361130100", "紫阳镇", "town", "361130", "", ""),
)
FAMILIES = ("safety-committee", "safety-committee-office", "people-government", "housing", "emergency",
            "fire-rescue", "zone-ganjiang", "zone-shangrao-etdz")  # fmt: skip


@dataclass
class World:
    """Regions by code, people by key of the cast."""

    regions: dict[str, Region] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, key: str) -> Person:
        """A member of the cast."""
        return self.people[key]

    def actor(self, key: str, day: date | None = None) -> Actor:
        """A member's actor; "public" is nobody."""
        return PUBLIC if key == "public" else actor_for(self.people[key], day=day)

    def unit(self, family: str, code: str) -> Unit:
        """The office of a family in a region."""
        found: Unit = Unit.objects.unscoped("a test's own world").get(
            family__key=family, region__code=code, valid_to=None
        )
        return found

    def post(self, key: str) -> Post:
        """The first post of a member."""
        rows = Post.objects.unscoped("a test's own world").select_related("role", "unit", "region", "person")
        found: Post = rows.filter(person=self.people[key]).order_by("id")[0]
        return found


def make_world(permissions: Mapping[str, Sequence[str]] | None = None) -> World:
    """Make the small world in the test's database; about 60 rows."""
    world = World()
    for code, name, level, parent, start, end in REGIONS:
        region = Region(
            code=code, name=name, level=level, parent=world.regions.get(parent),
            short_name=short_name(name, level),
            valid_from=date.fromisoformat(start) if start else None,
            valid_to=date.fromisoformat(end) if end else None,
        )  # fmt: skip
        region.save()
        world.regions[code] = region
    world.regions["361121"].successor = world.regions["361104"]
    world.regions["361121"].save()
    loading.merge_paths()
    loading.load_industries()
    loading.load_families()
    loading.load_groups()
    loading.load_roles()
    families = UnitFamily.objects.unscoped("a test's own world").filter(key__in=FAMILIES)
    for region in world.regions.values():
        region.refresh_from_db(fields=["merged_paths"])
        staff_region(region, list(families))
    _grant(permissions or {})
    _people(world)
    return world


def _grant(permissions: Mapping[str, Sequence[str]]) -> None:
    for role in Role.objects.unscoped("a test's own world").filter(key__in=list(permissions)):
        role.permissions = [*role.permissions, *permissions[role.key]]
        role.save()


def _people(world: World) -> None:
    roles = {one.key: one for one in Role.objects.unscoped("a test's own world")}
    for member in CAST:
        unit = world.unit(member.family, member.region) if member.region else None
        person = Person(
            username=member.username, name=member.name, unit=unit, enterprise_id=member.enterprise
        )
        person.set_password(PASSWORD)
        person.save()
        Post(
            person=person, role=roles[member.role], unit=unit, title=member.title,
            enterprise_id=member.enterprise, valid_from=SINCE,
        ).save()  # fmt: skip
        world.people[member.key] = person
