"""What the invented province closes: 2022 by number, the city's 2023 step by step, one mine that came back;
licences looked at again by lot; certificates looked up. All of it is marked as demonstration."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from anlan.enterprises.actions import closures as acts
from anlan.enterprises.actions import rechecks
from anlan.enterprises.models import (
    Certificate,
    Closure,
    ClosurePlan,
    Enterprise,
    Facility,
    LicenceCheck,
    LicenceDraw,
)
from anlan.hazards.demo import holdings
from anlan.hazards.demo.loading import bulk
from anlan.kernel import audit, clock, files, moves, places
from anlan.kernel.scope import system_actor
from anlan.kernel.writing import write
from anlan.org.models import Region, Unit
from anlan.org.models.dated import on_day
from anlan.standards import reads as standards
from anlan.standards.models import FacilityKind

DAY, NEW_YEAR = date(2023, 7, 5), date(2023, 1, 1)
PROVINCE, HOME = "360000/", "360000/361100/"
HOUSE = system_actor("演示数据")
REASON = "the demonstration fills itself"
DOCUMENTS = ("江西省2022年安全生产工作要点 第9条", "上饶市2023年安全生产工作要点 第12条")
# Of the province's mines and ponds of 2022: named, struck off within the year; one more was late.
NUMBERS = {"noncoal-mine": (50, 53, 51), "tailings": (15, 15, 14)}
WORDS = {
    "noncoal-mine": "2022年计划关闭不符合安全生产条件的非煤矿山50座以上",
    "tailings": "尾矿库减少15座",
}
CITY = "积极引导不具备安全条件的非煤矿山及尾矿库关闭退出或闭库销号"
# Of the city's cases of 2023: planned day, then the days of the steps that were taken.
STEPS = ("announce", "stop", "dismantle", "end-licences", "accept")
FIELDS = ("announced_on", "stopped_on", "dismantled_on", "licences_ended_on", "accepted_on")
COURSE: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "noncoal-mine": (
        ("04-30", ("02-10", "02-20", "03-28", "04-12", "04-26")),
        ("05-31", ("02-10", "03-01", "04-25", "05-15", "06-09")),
        ("06-30", ("02-10", "03-15", "05-30", "06-20")),
        ("06-30", ("03-02", "04-08", "06-12")),
        ("09-30", ("04-20", "06-05")),
        ("10-31", ("05-16",)),
        ("11-30", ("06-20",)),
        ("11-30", ()),
    ),
    "tailings": (("05-31", ("02-24", "03-10", "04-28", "05-10", "05-26")), ("06-30", ("03-20", "04-30")),
                 ("12-10", ())),
    "hazchem": (("04-30", ("01-18", "02-01", "03-20", "04-06", "04-20")), ("08-31", ("05-10", "06-18")),
                  ("10-31", ("06-26",)), ("12-20", ())),
}  # fmt: skip
AIMS = {"noncoal-mine": ("close", 8, "座"), "tailings": ("delist", 3, "座"), "hazchem": ("close", 4, "家")}
KINDS = {"noncoal-mine": ("open-pit-mine", "underground-mine"), "tailings": ("tailings-pond",)}
LABELS = {"open-pit-mine": "采石场", "underground-mine": "地下矿", "tailings-pond": "尾矿库"}


def prepare(demo: bool, say: Callable[[str], object]) -> None:
    """The step of the set-up: only for a demonstration with firms, and only once."""
    firms = Enterprise.objects.unscoped(REASON).filter(demo=True)
    if not demo or ClosurePlan.objects.unscoped(REASON).exists() or not firms.exists():
        return
    with transaction.atomic():
        past = sum(_past(industry) for industry in NUMBERS)
        now = sum(_now(industry) for industry in COURSE)
        looked = _certificates()
        drawn = _draw()
        with clock.standing_on(DAY):
            acts.start_terms()
        audit.record(
            HOUSE, "demo", None, ledger="closures", subject="关闭退出和核查的演示数据",
            note=f"{past + now} 处关闭退出，{drawn} 件证照抽查，{looked} 本证书核验",
        )  # fmt: skip
    say(f"演示数据：{past + now} 处关闭退出、{drawn} 件许可后核查、{looked} 本证书核验")


# The province in 2022 ---------------------------------------------------------------------------------
def _past(industry: str) -> int:
    """A year that is over: facilities that are gone, and the cases that closed them."""
    number, named, _ = NUMBERS[industry]
    aim = "delist" if industry == "tailings" else "close"
    plan = ClosurePlan(
        year=2022, region_path=PROVINCE, industry=industry, aim=aim, number=number, document=DOCUMENTS[0],
        sentence=WORDS[industry], demo=True, unit=_office(PROVINCE),
    )  # fmt: skip
    plan.save()
    places_ = _counties()
    made = [_gone(industry, n, places_[n % len(places_)], _end(industry, n)) for n in range(named)]
    bulk(Facility, made)
    names = {row["number"]: n for n, row in enumerate(made)}
    rows = Facility.objects.unscoped(REASON).filter(number__in=names)
    found = sorted(rows, key=lambda one: names[one.number])
    bulk(Closure, (_case(plan, one, n) for n, one in enumerate(found)))
    if industry == "noncoal-mine" and standards.kinds(DAY).get(found[7].kind):
        _came_back(found[7])
    acts.keep_counts(plan.pk)
    return named


def _counties() -> list[str]:
    """Counties, the cities taking turns, so that every city has its part."""
    rows = Region.objects.unscoped(REASON).filter(on_day(DAY), level__in=("county", "zone"))
    by_city: dict[str, list[str]] = {}
    for path in rows.order_by("path").values_list("path", flat=True):
        by_city.setdefault("/".join(path.split("/")[:2]), []).append(path)
    turns = max(len(paths) for paths in by_city.values())
    return [paths[n] for n in range(turns) for paths in by_city.values() if n < len(paths)]


def _end(industry: str, n: int) -> date | None:
    """When the n-th was struck off: most within the year, the last pond late, the last mines not at all."""
    _, named, done = NUMBERS[industry]
    late = date(2023, 2, 16) if industry == "tailings" and n == named - 1 else None
    return date(2022, 3, 20) + timedelta(days=(n * 37) % 280) if n < done else late


def _gone(industry: str, n: int, path: str, end: date | None) -> dict[str, Any]:
    kinds = KINDS[industry]
    kind = kinds[n % len(kinds)]
    row = standards.kinds(DAY).get(kind)
    opened, chance = date(2004 + n % 12, 1 + n % 12, 5), random.Random(7919 * n + len(kind))
    name = f"{places.labels({path}).get(path, '')}{n + 1} 号{LABELS[kind]}（演示）"
    return {
        "kind": kind, "definition_id": row.pk if row else None, "industry": industry,
        "attributes": _attributes(chance, row, opened) if row else {},
        "holder": f"{name}原权属人"[:80], "name": name, "number": f"YS-GB-{kind}-{n + 1:03d}",
        "region_path": path, "demo": True,
        "opened_on": opened, "state": "closed" if end else "stopped",
        "closed_on": end,
    }  # fmt: skip


def _attributes(chance: random.Random, row: FacilityKind, opened: date) -> dict[str, Any]:
    kind = holdings.Kind(row.key, row.label, row.pk, row.industry, standards.attributes_of(row))
    return holdings.attributes(chance, kind, opened, DAY)


def _case(plan: ClosurePlan, one: Facility, n: int) -> dict[str, Any]:
    end = _end(plan.industry, n)
    planned = min((end or date(2022, 12, 20)) + timedelta(days=(n * 13) % 40 - 6), date(2022, 12, 31))
    state = "delisted" if end else "dismantled"
    last = end or date(2022, 12, 20)
    return {
        "plan_id": plan.pk, "facility_id": one.pk, "name": one.name, "region_path": one.region_path,
        "industry": plan.industry, "reason": "abandoned" if plan.industry == "tailings" else "unsafe",
        "unit_id": plan.unit_id,
        "planned_on": planned, "state": state, "announced_on": last - timedelta(days=70),
        "stopped_on": last - timedelta(days=55), "dismantled_on": last - timedelta(days=20),
        "licences_ended_on": last - timedelta(days=9) if end else None, "accepted_on": end,
        "acceptor": "联合验收组（演示）" if end else "", "demo": True,
        "proof_number": f"演示销号〔{end.year}〕{n + 1} 号" if end else "",
    }  # fmt: skip


def _came_back(one: Facility) -> None:
    """A closed mine that was found at work: the facility is in use again, and its case says so by itself."""
    with clock.standing_on(date(2023, 5, 18)):
        write(
            HOUSE, one, {"state": Facility.State.IN_USE, "closed_on": None}, "change", note="巡查发现恢复生产"
        )


# The city in 2023 -------------------------------------------------------------------------------------
def _now(industry: str) -> int:
    aim, number, counter = AIMS[industry]
    values = {
        "year": 2023, "region_path": HOME, "industry": industry, "aim": aim, "number": number,
        "counter": counter, "document": DOCUMENTS[1] if industry in KINDS else "",
        "sentence": CITY if industry in KINDS else "",
    }  # fmt: skip
    values["unit"] = _office(HOME)
    plan = ClosurePlan(demo=True)
    with clock.standing_on(date(2023, 1, 10)):
        write(HOUSE, plan, values, "add")
    chosen = _subjects(industry, len(COURSE[industry]))
    for n, (whose, (planned, days)) in enumerate(zip(chosen, COURSE[industry], strict=False)):
        case = Closure(demo=True)
        kind = "enterprise" if isinstance(whose, Enterprise) else "facility"
        given = {
            "plan": plan, kind: whose, "planned_on": _day(planned),
            "reason": ("unsafe", "exhausted", "outdated", "own-wish")[n % 4],
        }  # fmt: skip
        with clock.standing_on(date(2023, 1, 12)):
            write(HOUSE, case, given, "add")
        _walk(case, days, n)
    return len(chosen)


def _office(path: str) -> Unit | None:
    """The emergency management office of a region."""
    rows = Unit.objects.unscoped(REASON).filter(on_day(DAY), region_path=path, family__key="emergency")
    return rows.order_by("id").first()


def _subjects(industry: str, count: int) -> Sequence[Any]:
    """Mines and ponds of the city that stand still first; of chemicals whole firms."""
    if industry in KINDS:
        rows = Facility.objects.unscoped(REASON).filter(
            kind__in=KINDS[industry], region_path__startswith=HOME
        )
        found = rows.exclude(state="closed").filter(enterprise__isnull=False, opened_on__lt=NEW_YEAR)
        found = found.order_by("-state", "id")
        return list(found.select_related("enterprise")[:count])
    young = Facility.objects.unscoped(REASON).filter(opened_on__gte=NEW_YEAR, enterprise__isnull=False)
    firms = Enterprise.objects.unscoped(REASON).filter(demo=True, industry=industry, status="operating")
    firms = firms.filter(opened_on__lt=NEW_YEAR).exclude(pk__in=young.values("enterprise_id"))
    home = list(firms.filter(region_path__startswith=HOME).order_by("employees", "id")[:count])
    return home


def _walk(case: Closure, days: Sequence[str], n: int) -> None:
    for move, name, text in zip(STEPS, FIELDS, days, strict=False):
        day = _day(text)
        values: dict[str, Any] = {name: day}
        if move == "announce":
            values["announcement"] = f"演示公告〔2023〕{n + 3} 号"
        if move == "accept":
            values |= {"acceptor": "联合验收组（演示）", "proof_number": f"演示销号〔2023〕{n + 1} 号"}
        with clock.standing_on(day):
            if move == "accept":
                files.attach(HOUSE, case, _photo(n), kind="验收销号", effective_on=day)
            moves.perform(HOUSE, case, move, values)
            case.refresh_from_db()


def _day(text: str) -> date:
    return date.fromisoformat(f"2023-{text}")


def _photo(n: int) -> SimpleUploadedFile:
    """A levelled yard under a sky: nothing real is shown."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (640, 400), (214, 226, 236))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 210, 640, 400), fill=(170 - n * 3 % 40, 158, 132))
    pen.polygon(
        ((0, 230), (180, 150 + n * 7 % 40), (360, 215), (640, 180), (640, 260), (0, 260)),
        fill=(120, 138, 108),
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("closed.png", out.getvalue(), "image/png")


# Papers looked at again -------------------------------------------------------------------------------
def _certificates() -> int:
    """Every eleventh certificate of the city was looked up; now and then one is not what it says."""
    rows = Certificate.objects.unscoped(REASON).filter(region_path__startswith=HOME, checked="not-yet")
    found = list(rows.order_by("id")[::11][:160])
    for n, one in enumerate(found):
        one.checked = "forged" if n % 53 == 17 else "not-found" if n % 53 == 40 else "genuine"
        one.checked_on = date(2023, 3, 1) + timedelta(days=n * 7 % 120)
        one.checked_by = "national" if n % 3 else "issuer"
    Certificate.objects.unscoped(REASON).bulk_update(found, ["checked", "checked_on", "checked_by"])
    return len(found)


def _draw() -> int:
    """One draw of the city in May over the licences of the year before; most were looked at, some wait."""
    row = LicenceDraw(demo=True)
    window = {"region_path": HOME, "issued_from": date(2022, 1, 1), "issued_until": date(2023, 4, 30)}
    if not rechecks.pool(HOUSE, LicenceDraw(**window)):
        return 0
    given = {**window, "share": Decimal(5), "seed": "20230508", "due_on": date(2023, 7, 31)}
    with clock.standing_on(date(2023, 5, 8)):
        write(HOUSE, row, given, "add")
    for one, values in _looked(row):
        with clock.standing_on(values["checked_on"]):
            write(HOUSE, one, values, "change")
    return row.drawn


def _looked(row: LicenceDraw) -> Iterator[tuple[LicenceCheck, dict[str, Any]]]:
    rows = LicenceCheck.objects.unscoped(REASON).filter(draw=row).select_related("licence__enterprise")
    for n, one in enumerate(rows.order_by("position")):
        if n % 4 == 3:
            continue
        bad = {5: "mending", 13: "to-withdraw"}.get(n % 17, "meets")
        found = {
            "meets": "",
            "mending": "安全管理人员未考核合格，限 30 日内整改（演示）",
            "to-withdraw": "主要设备已拆除，不再具备条件（演示）",
        }
        yield one, {
            "result": bad, "checked_on": date(2023, 5, 15) + timedelta(days=n % 45),
            "checker": "核查组（演示）",
            "finding": found[bad],
        }  # fmt: skip
