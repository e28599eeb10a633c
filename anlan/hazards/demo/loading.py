"""The invented province brought into the database: one transaction, table after table by COPY.

Ledger rows normally go through `writing`; here a hundred thousand come at once that nobody typed, so that
one entry of the record tells of all. What `derive` would fill is filled by the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from anlan.enterprises.actions.firms import regulators
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence
from anlan.enterprises.models.facilities import Facility
from anlan.enterprises.rules.likeness import core
from anlan.hazards.demo import findings, firms, holdings
from anlan.hazards.demo.findings import Phrase, World
from anlan.hazards.demo.firms import Firm
from anlan.hazards.demo.spots import Spots
from anlan.hazards.models import HiddenDanger
from anlan.kernel import audit, clock, places
from anlan.kernel.scope import system_actor
from anlan.kernel.shadow import copy, expect_many, run
from anlan.org.models import Region
from anlan.org.models.dated import on_day
from anlan.standards import reads as standards
from anlan.standards.models import ChecklistItem, Criterion, in_force

Say = Callable[[str], object]
REASON = "the invented province fills itself"
SINCE = date(2022, 1, 1)
STEP = 50_000
# Not a thing that one firm has.
NO_FIRMS = ("chem-park",)
# Firms of another industry that own facilities of this one.
ALSO = {"tailings": ("noncoal-mine",), "special-equipment": ("commerce", "machinery", "nursing-home")}


@dataclass(frozen=True, slots=True)
class Scale:
    """How many firms, facilities and dangers."""

    firms: int
    facilities: int
    dangers: int


SCALES = {
    "sample": Scale(200, 600, 2_000),
    "demo": Scale(2_000, 6_000, 20_000),
    "province": Scale(100_000, 300_000, 1_000_000),
}


def load(scale: Scale, today: date, say: Say, *, seed: int = 1, home: str = "") -> None:
    """Firms, facilities, papers, people and dangers of `scale` as they stand on `today`.

    `home` is the path of a city that has more firms than others. Nothing is left of it if it fails.
    """
    with transaction.atomic(), clock.standing_on(today):
        expect_many(HiddenDanger._meta.db_table, Enterprise._meta.db_table)
        county_names = _counties(today)
        first = _first_id()
        made = list(
            firms.firms(
                scale.firms, firms.weighted(county_names, home), today, Spots(), seed=seed, first=first
            )
        )
        offices = regulators({(one.trade.industry, one.path) for one in made})
        papers = list(holdings.papers(made, _licence_kinds(today), today, seed))
        _firms(made, offices, papers, today)
        say(f"演示数据：{len(made):,} 家企业")
        _papers(papers)
        _people(holdings.people(made, today, seed), today)
        number = _facilities(holdings.facilities(scale.facilities, made, _kinds(today), today, seed))
        say(f"演示数据：证照、人员和 {number:,} 处设施")
        world = World(_phrases(today), _majors(today), offices, county_names, today, min(SINCE, today))
        _dangers(findings.dangers(scale.dangers, made, world, seed), say, scale.dangers)
        audit.record(
            system_actor("演示数据"), "demo", None, ledger="enterprises",
            subject="企业、设施和隐患的演示数据",
            note=f"{len(made)} 家企业，{number} 处设施，{scale.dangers} 条隐患",
        )  # fmt: skip


def bulk(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """COPY rows ({column of the model: value}, the rest by the model's defaults); how many."""
    fields: list[Any] = [one for one in model._meta.concrete_fields if not one.generated]
    template = model()
    given = iter(rows)
    head = next(given, None)
    if head is None:
        return 0
    fields = [one for one in fields if one.attname in head or not one.primary_key]
    blank = {one.attname: one.pre_save(template, True) for one in fields}
    prepare = [(one.attname, one) for one in fields if isinstance(one, models.JSONField)]
    count = 0

    def lines() -> Iterator[list[Any]]:
        nonlocal count
        for row in chain((head,), given):
            whole = {**blank, **row}
            for name, one in prepare:
                whole[name] = one.get_db_prep_save(whole[name], connection)
            count += 1
            yield [whole[one.attname] for one in fields]

    copy(sql.Identifier(model._meta.db_table), [one.column for one in fields], lines())
    return count


# What there is to choose from ----------------------------------------------------------------------
def _counties(today: date) -> dict[str, str]:
    rows = Region.objects.unscoped(REASON).filter(on_day(today), level__in=("county", "zone"))
    paths = list(rows.values_list("path", flat=True))
    return dict(places.labels(paths))


def _first_id() -> int:
    taken = Enterprise.objects.unscoped(REASON).order_by("-id").values_list("id", flat=True).first()
    return (taken or 0) + 1


def _kinds(today: date) -> dict[str, list[holdings.Kind]]:
    found: dict[str, list[holdings.Kind]] = {}
    for key, row in standards.kinds(today).items():
        if key in NO_FIRMS:
            continue
        one = holdings.Kind(key, row.label, row.pk, row.industry, standards.attributes_of(row))
        for industry in {*standards.kin(row.industry), *ALSO.get(row.industry, ())}:
            found.setdefault(industry, []).append(one)
    return found


def _licence_kinds(today: date) -> dict[str, list[tuple[str, str, int]]]:
    found: dict[str, list[tuple[str, str, int]]] = {}
    for row in standards.licence_kinds(today):
        for industry in row.pack.industries if row.pack else ():
            found.setdefault(industry, []).append((row.label, row.issuer, row.months or 36))
    return found


def _phrases(today: date) -> dict[str, list[Phrase]]:
    rows = ChecklistItem.objects.unscoped(REASON).filter(in_force(today))
    found: dict[str, list[Phrase]] = {"": [Phrase("现场管理不到位")]}
    for industry, general, phrase in rows.values_list("industry", "general", "phrase"):
        for key in {""} if general else standards.kin(industry):
            found.setdefault(key, []).append(Phrase(phrase))
    general_ones = found[""][1:] or found[""]
    return {key: ones + general_ones[: len(ones)] if key else general_ones for key, ones in found.items()}


def _majors(today: date) -> dict[str, list[Phrase]]:
    rows = Criterion.objects.unscoped(REASON).filter(in_force(today))
    found: dict[str, list[Phrase]] = {}
    for pk, industry, text in rows.values_list("pk", "industry", "text"):
        for key in standards.kin(industry):
            found.setdefault(key, []).append(Phrase(text, pk))
    return found


# Table after table ---------------------------------------------------------------------------------
def _firms(
    made: Sequence[Firm],
    offices: Mapping[tuple[str, str], int | None],
    papers: Sequence[holdings.Paper],
    today: date,
) -> None:
    until: dict[int, date] = {}
    for paper in papers:
        until[paper.firm.id] = min(until.get(paper.firm.id, paper.expires_on), paper.expires_on)
    labels: dict[str, list[str]] = {}

    def rows() -> Iterator[dict[str, Any]]:
        for one in made:
            if one.path not in labels:
                codes = one.path.split("/")[:-1]
                above = ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
                labels[one.path] = list(places.labels(above).values())
            yield {
                "id": one.id, "code": one.code, "name": one.name, "region_path": one.path,
                "address": f"{labels[one.path][-1]}演示路 {one.id % 300 + 1} 号",
                "longitude": one.longitude, "latitude": one.latitude, "industry": one.trade.industry,
                "status": one.status, "platform": _platform(one),
                "size": one.size, "employees": one.employees,
                "regulator_id": offices.get((one.trade.industry, one.path)),
                "legal_representative": one.principal, "safety_manager": one.manager,
                "opened_on": one.opened_on, "closed_on": one.closed_on, "registered_on": today,
                "papers_until": until.get(one.id), "core": core(one.name, labels[one.path]), "demo": True,
            }  # fmt: skip

    bulk(Enterprise, rows())
    run(f"SELECT setval(pg_get_serial_sequence('{Enterprise._meta.db_table}', 'id'), max(id))"
        f" FROM {Enterprise._meta.db_table}")  # fmt: skip


def _platform(one: Firm) -> str:
    """Some firms of the post and of road transport run a platform: deliveries, rides, freight."""
    if one.trade.industry == "postal-delivery":
        return "delivery" if one.id % 2 else ""
    if one.trade.industry == "road-transport":
        return {0: "ride-hailing", 5: "freight"}.get(one.id % 10, "")
    return ""


def _papers(papers: Iterable[holdings.Paper]) -> None:
    bulk(
        Licence,
        (
            {
                "enterprise_id": one.firm.id, "region_path": one.firm.path,
                "industry": one.firm.trade.industry, "kind": one.kind, "number": one.number,
                "issuer": one.issuer, "issued_on": one.issued_on, "expires_on": one.expires_on,
            }
            for one in papers
        ),
    )  # fmt: skip


def _people(holders: Iterable[holdings.Holder], today: date) -> None:
    made = list(holders)
    ids = [pk for (pk,) in run(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [KeyPerson._meta.db_table, len(made)],
    )]  # fmt: skip
    where = [
        {
            "enterprise_id": one.firm.id,
            "region_path": one.firm.path,
            "industry": one.firm.trade.industry,
        }
        for one in made
    ]
    bulk(
        KeyPerson,
        (
            {**place, "id": pk, "role": one.role, "name": one.name, "recorded_on": today}
            for one, pk, place in zip(made, ids, where, strict=True)
        ),
    )
    bulk(
        Certificate,
        (
            {
                **place, "person_id": pk, "kind": one.kind, "number": one.number,
                "issued_on": one.issued_on, "expires_on": one.expires_on,
            }
            for one, pk, place in zip(made, ids, where, strict=True)
            if one.kind
        ),
    )  # fmt: skip


def _facilities(made: Iterable[holdings.Holding]) -> int:
    return bulk(
        Facility,
        (
            {
                "kind": one.kind.key, "definition_id": one.kind.version, "industry": one.kind.industry,
                "enterprise_id": one.firm.id, "name": one.name, "number": one.number,
                "region_path": one.firm.path, "longitude": one.firm.longitude,
                "latitude": one.firm.latitude, "state": one.state, "opened_on": one.opened_on,
                "attributes": one.attributes, "demo": True,
            }
            for one in made
        ),
    )  # fmt: skip


def _dangers(made: Iterator[findings.Danger], say: Say, number: int) -> None:
    done = 0
    while part := list(islice(made, STEP)):
        done += bulk(HiddenDanger, ({**asdict(one), "demo": True} for one in part))
        say(f"演示数据：{done:,} / {number:,} 条隐患")
