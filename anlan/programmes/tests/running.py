"""A small running programme in the cast's world: one item of each kind of obligation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from anlan.kernel.due import start_of
from anlan.org.testing import World, make_world
from anlan.programmes.models import (
    Duty,
    Edition,
    Item,
    ItemRole,
    Obligation,
    Occurrence,
    Programme,
    SourceText,
)

GRANTS = {
    "committee-officer": [
        "programmes.*",
        "editions.*",
        "duties.*",
        "occurrences.*",
        "evidence.*",
        "activities.*",
        "duty-lists.*",
    ],
    "department-officer": [
        "programmes.view",
        "duties.view",
        "duties.sign",
        "duties.object",
        "occurrences.view",
        "occurrences.declare",
        "evidence.view",
        "evidence.add",
        "activities.*",
    ],
}
PUBLISHED = start_of(date(2023, 2, 20))
# no, title, roles {role: units by (family, region)}, obligations.
Asked = tuple[Mapping[str, Any], ...]
ITEMS: tuple[tuple[str, str, Mapping[str, tuple[tuple[str, str], ...]], Asked], ...] = (
    (
        "1",
        "加强学习教育",
        {
            "lead": (("safety-committee-office", "361100"),),
            "implementing": (
                ("people-government", "361130"),
                ("people-government", "361102"),
                ("zone-shangrao-etdz", "361100Z01"),
            ),
        },
        (
            {
                "kind": "cadence",
                "quote": "坚持以每月16日为全市安全防范警示日",
                "period": "month",
                "value": Decimal(1),
                "unit": "次",
                "comparator": ">=",
                "measure": "activities-warning-day",
            },
            {"kind": "standing", "quote": "完善会商研判、督查通报机制"},
        ),
    ),
    (
        "2",
        "强化建设领域安全整治",
        {"lead": (("housing", "361100"),), "supporting": (("emergency", "361100"),)},
        (
            {
                "kind": "cadence",
                "quote": "每季度至少公布3个案例",
                "period": "quarter",
                "value": Decimal(3),
                "unit": "个",
                "comparator": ">=",
            },
            {
                "kind": "quota",
                "quote": "全年改造老旧房屋50栋以上",
                "value": Decimal(50),
                "unit": "栋",
                "comparator": ">=",
            },
            {"kind": "deadline", "quote": "6月底前完成自建房排查", "by": date(2023, 6, 30)},
        ),
    ),
)


@dataclass
class Running:
    """The world with its programme; obligations by a piece of their text."""

    world: World
    programme: Programme
    obligations: dict[str, Obligation] = field(default_factory=dict)

    def duty(self, quote: str, family: str, region: str) -> Duty:
        """The live duty of a unit in an obligation."""
        rows = Duty.objects.unscoped("test").select_related("unit", "obligation", "programme")
        found: Duty = rows.get(
            obligation=self.obligations[quote],
            unit=self.world.unit(family, region),
            state__in=("issued", "signed", "objected"),
        )
        return found

    def due(self, duty: Duty) -> list[Occurrence]:
        """What is due under a duty, in order."""
        return list(Occurrence.objects.unscoped("test").filter(duty=duty).order_by("due_on"))


def make_programme(
    world: World, region: str = "361100", items: Iterable[Any] = ITEMS, published: datetime = PUBLISHED
) -> Running:
    """A published programme of a region's committee office, not yet dispatched."""
    issuer = world.unit("safety-committee-office", region)
    name = world.regions[region].name
    programme = Programme(
        issuer=issuer,
        year=2023,
        title=f"{name}2023年安全生产工作要点",
        number="饶安发〔2023〕3号",
        issued_on=date(2023, 2, 20),
        state="running",
    )
    programme.save()
    whole = "\n".join(one["quote"] for _, _, _, asked in items for one in asked)
    text = SourceText(region_path=issuer.region_path, name="要点.txt", media_type="text/plain", text=whole)
    text.digest = f"{programme.pk:064d}"
    text.save()
    edition = Edition(programme=programme, no=1, text=text, state="published", published_at=published)
    edition.save()
    made = Running(world, programme)
    for place, (no, title, roles, asked) in enumerate(items):
        add_item(made, edition, place, no, title, roles, asked)
    return made


def add_item(
    made: Running, edition: Edition, place: int, no: str, title: str, roles: Mapping[str, Any], asked: Any
) -> Item:
    """One published item with its roles and obligations."""
    item = Item(
        programme=made.programme,
        edition=edition,
        section="一、夯实基础",
        position=place,
        no=no,
        title=title,
        text="；".join(one["quote"] for one in asked),
        start=0,
        end=10,
    )
    item.save()
    for n, (role, units) in enumerate(roles.items()):
        ids = [made.world.unit(*one).pk for one in units]
        ItemRole.objects.create(item=item, role=role, name=f"{title}的{role}", unit_ids=ids, position=n)
    for n, one in enumerate(asked):
        row = Obligation(item=item, ref=f"{no}.{n + 1}", position=n, start=0, end=5, **one)
        row.save()
        made.obligations[one["quote"]] = row
    return item


def running_world(grants: Mapping[str, list[str]] | None = None) -> Running:
    """The cast's world with the city's programme."""
    return make_programme(make_world(GRANTS if grants is None else grants))
