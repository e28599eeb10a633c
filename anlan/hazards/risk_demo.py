"""Risk points, plans, installations and guarantors of the invented province, as people keep them: some
gradings stay open, some reviews are late, some weeks are missed. All of it is marked as demonstration."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from anlan.enterprises.models import Enterprise
from anlan.hazards.actions import installation as acts
from anlan.hazards.actions import risk as grading
from anlan.hazards.demo.loading import bulk
from anlan.hazards.models import (
    Guarantor,
    GuarantorDuty,
    MajorHazardInstallation,
    RiskPoint,
    ShiftLeader,
    SitePlan,
)
from anlan.hazards.rules import risk
from anlan.hazards.rules.gb18218 import Held
from anlan.kernel import audit, clock, moves
from anlan.kernel.clock import SHANGHAI
from anlan.kernel.scope import system_actor
from anlan.kernel.writing import write
from anlan.org.cast import ENTERPRISE

DAY, HOME = date(2023, 7, 5), "360000/361100/"
HOUSE, ASKER = system_actor("演示数据"), system_actor("演示数据（企业申请）")
REASON = "the demonstration fills itself"
FIRMS, UNITS, SINCE = 400, 9, date(2023, 5, 8)
BUILDINGS = (
    (70, 70, 330, 310), (390, 80, 580, 300), (740, 70, 1120, 300), (80, 470, 420, 690), (740, 470, 1120, 690),
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TANKS: tuple[tuple[str, str, tuple[Held, ...], int], ...] = (
    ("液氨储罐区", "tanks", (Held("液氨", Decimal(60), 1), Held("液氯", Decimal(50), 12)), 120),
    ("甲醇罐区", "tanks", (Held("甲醇", Decimal(2400), 65, ("W5.3",)),), 46),
    ("液化石油气储罐区", "tanks", (Held("液化石油气", Decimal(400), 52, ("W2",)),), 64),
    ("一车间", "production", (Held("甲苯", Decimal(620), 64, ("W5.3",)),), 0),
    (
        "危化品仓库", "store",
        (Held("过氧化钠", Decimal(24), 77, ("W9.1",)), Held("丙酮", Decimal(90), 59, ("W5.3",))), 12,
    ),
)  # fmt: skip


def prepare(demo: bool, say: Callable[[str], object]) -> None:
    """The step of the set-up: only for a demonstration, and only once."""
    everyone = Enterprise.objects.unscoped(REASON).filter(demo=True)
    if not demo or RiskPoint.objects.unscoped(REASON).exists() or not everyone.exists():
        return
    home = everyone.filter(region_path__startswith=HOME).order_by("id")
    chosen = list(home[:FIRMS]) + list(everyone.exclude(region_path__startswith=HOME).order_by("id")[:FIRMS])
    with transaction.atomic(), clock.standing_on(DAY):
        count = bulk(RiskPoint, _rows([one for one in chosen if one.pk != ENTERPRISE]))
        audit.record(
            HOUSE, "demo", None, ledger="risks", subject="风险点的演示数据", note=f"{count} 个风险点"
        )
        own = everyone.filter(pk=ENTERPRISE).first()
        if own is not None:
            _own_firm(own)
        plants = list(home.filter(industry="hazchem")[:UNITS])
        units = _installations(plants)
        _ponds(list(home.filter(industry="noncoal-mine")[:4]))
        _duties()
        bulk(ShiftLeader, _shifts(list(home.filter(industry__in=("noncoal-mine", "coal-mine"))[:8])))
    say(f"演示数据：{count:,} 个风险点，{units} 处重大危险源及其包保履职")


def templates() -> list[dict[str, str]]:
    """The points that the demonstration hands out."""
    text = files("anlan.hazards").joinpath("data", "demo-risk-points.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _of_industry(industry: str) -> list[dict[str, str]]:
    found = templates()
    own = [one for one in found if one["industry"] == industry]
    return own + [one for one in found if not one["industry"]][: max(2, 5 - len(own))]


def chance(*what: object) -> int:
    """0..99, the same for the same question."""
    return crc32("/".join(map(str, what)).encode()) % 100


def _person(*what: object) -> str:
    return SURNAMES[crc32(f"{what}".encode()) % len(SURNAMES)] + "某"


def _rows(firms: Sequence[Enterprise]) -> Iterator[dict[str, Any]]:
    kinds: dict[str, list[dict[str, str]]] = {}
    for firm in firms:
        for one in kinds.setdefault(firm.industry, _of_industry(firm.industry)):
            if chance(firm.pk, one["name"], "has") < 20:
                continue
            yield _row(firm, one)


def _row(firm: Enterprise, one: dict[str, str]) -> dict[str, Any]:
    point = RiskPoint(enterprise=firm, **_words(one))
    if chance(firm.pk, one["name"], "graded") >= 6:
        _grade(point, one)
        _vary(point, chance(firm.pk, one["name"], "kept"))
    point.derive()
    point.reviewed_on = DAY - timedelta(days=20 + 4 * chance(firm.pk, one["name"], "day"))
    point.registered_on = point.reviewed_on - timedelta(days=30)
    point.review_due_on = risk.review_due(point.reviewed_on, 12)
    point.responsible = _person(firm.pk, one["name"])
    if point.is_graded:
        point.responsible_level = risk.LEVELS[point.colours[1]]
    found = {
        f.attname: getattr(point, f.attname) for f in RiskPoint._meta.concrete_fields if f.attname != "id"
    }
    return {**found, "demo": True, "version": 1}


def _words(one: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in one.items() if name not in ("industry", "inherent", "residual")}


def _grade(point: RiskPoint, one: dict[str, str]) -> None:
    for side in ("inherent", "residual"):
        for name, value in zip("lec", one[side].split(";"), strict=True):
            setattr(point, f"{side}_{name}", Decimal(value))


def _vary(point: RiskPoint, told: int) -> None:
    """Measures that are not kept leave the risk as it was; good ones take it one step further down."""
    if told < 5:
        for name in "lec":
            setattr(point, f"residual_{name}", getattr(point, f"inherent_{name}"))
    elif told < 14:
        point.residual_l = point.inherent_l
    elif told > 75 and point.residual_l == 1:
        point.residual_l = Decimal("0.5")


def _own_firm(firm: Enterprise) -> None:
    """The firm of the demonstration's own user: points through the doors, a request to lower, a plan."""
    points = []
    for n, one in enumerate(_of_industry(firm.industry)):
        point = RiskPoint()
        _grade(point, one)
        values = {name: getattr(point, name) for name in grading.GRADING if name not in ("method", "variant")}
        more = {"enterprise": firm, "reviewed_on": DAY - timedelta(days=300 + 20 * n), **_words(one)}
        more |= {"responsible": _person(n), "phone": f"1380000{n:04d}"}
        points.append(grading.save(HOUSE, RiskPoint(demo=True), {**more, **values}, "add")[0])
    highest = max(points, key=lambda one: one.residual_score or 0)
    lower = {"residual_l": Decimal("0.5")}
    grading.save(ASKER, highest, lower, "change", reason="已加装联锁装置并通过验收（演示）")
    values = {"enterprise": firm, "name": "厂区安全风险四色分布图"}
    plan: SitePlan = grading.new_plan(HOUSE, values, _drawing())
    spots = ((160, 240), (420, 200), (700, 260), (240, 700), (560, 680), (840, 620), (860, 200))
    for point, spot in zip(points, spots, strict=False):
        point.refresh_from_db()
        grading.place(HOUSE, plan, point, spot)


def _drawing() -> SimpleUploadedFile:
    """A schematic plant: yard, roads, buildings. No letters, so that no font is needed."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1200, 760), (247, 248, 246))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 1180, 740), outline=(90, 98, 110), width=5)
    pen.rectangle((20, 360, 1180, 420), fill=(226, 229, 232))
    pen.rectangle((620, 20, 690, 740), fill=(226, 229, 232))
    for box in BUILDINGS:
        pen.rectangle(box, outline=(90, 98, 110), fill=(255, 255, 255), width=3)
    for x in (480, 560):
        pen.ellipse((x - 34, 530, x + 34, 598), outline=(90, 98, 110), fill=(255, 255, 255), width=3)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("plan.png", out.getvalue(), "image/png")


def _installations(firms: Sequence[Enterprise]) -> int:
    count = 0
    for n, firm in enumerate(firms):
        for name, kind, holdings, residents in (TANKS[n % len(TANKS)], *(TANKS[4:5] if n % 3 == 0 else ())):
            unit = MajorHazardInstallation(demo=True)
            values = {"enterprise": firm, "name": name, "kind": kind, "place": "厂区", "online": n % 4 != 3}
            values["assessed_on"] = DAY - timedelta(days=160 + 110 * n)
            if MajorHazardInstallation.objects.unscoped(REASON).filter(enterprise=firm, name=name).exists():
                continue
            with clock.standing_on(SINCE - timedelta(days=30)):
                write(HOUSE, unit, values, "add")
                acts.reckon(HOUSE, unit, holdings, residents, "首次辨识")
            if unit.is_major and n % 5:
                told = {
                    "filed_on": SINCE - timedelta(days=20),
                    "filing_number": f"演示备〔2023〕{n + 1:03d}号",
                }
                moves.perform(HOUSE, unit, "file", told)
            if unit.is_major:
                _appoint(unit, firm, n)
            count += 1
    return count


def _appoint(unit: MajorHazardInstallation, firm: Enterprise, n: int) -> None:
    titles = {"principal": "总经理", "technical": "总工程师", "operation": "车间主任"}
    for role, title in titles.items():
        who = Guarantor(demo=True)
        values = {"enterprise": firm, "installation": unit, "role": role, "name": _person(n, role),
                  "title": title, "phone": f"1390000{n:02d}{len(role):02d}", "since": SINCE}  # fmt: skip
        write(HOUSE, who, values, "add")


def _ponds(firms: Sequence[Enterprise]) -> None:
    """An official who answers for each tailings pond."""
    for n, firm in enumerate(firms):
        values = {
            "enterprise": firm, "subject_kind": "tailings-pond", "pond": f"{n + 1}号尾矿库",
            "role": "official", "name": _person(firm.pk, "pond"), "title": "副县长", "since": SINCE,
        }  # fmt: skip
        write(HOUSE, Guarantor(demo=True), values, "add")


def _shifts(firms: Sequence[Enterprise]) -> Iterator[dict[str, Any]]:
    """Two shifts a day of the last three weeks; now and then nobody wrote one down."""
    for firm in firms:
        for back in range(21):
            for shift, hour in (("morning", 8), ("noon", 16)):
                day = DAY - timedelta(days=back)
                if chance(firm.pk, day, shift) < 8:
                    continue
                went_in = datetime.combine(day, time(hour), SHANGHAI)
                yield {
                    "enterprise_id": firm.pk, "region_path": firm.region_path, "industry": firm.industry,
                    "mine": f"{firm.short_name or firm.name[:8]}矿区", "on_day": day, "shift": shift,
                    "leader": _person(firm.pk, day.weekday()), 
                    "title": ("矿长", "总工程师", "生产副矿长")[back % 3],
                    "went_in_at": went_in, "came_out_at": went_in + timedelta(hours=8, minutes=back),
                    "seen": "按路线检查，未见异常", "demo": True, "version": 1,
                }  # fmt: skip


def _duties() -> None:
    """Week by week from the appointment on: most are done, some late, some missed."""
    day = SINCE
    while day <= DAY:
        acts.plan_duties(day)
        for duty in GuarantorDuty.objects.unscoped(REASON).filter(state="open").order_by("id"):
            told = chance(duty.guarantor_id, duty.starts_on)
            done_on = day + timedelta(days=told % 3)
            if told < 80 and done_on <= DAY and duty.starts_on <= done_on:
                values = {"done_on": done_on, "finding": "按清单排查，现场已处置", "dangers_found": told % 4}
                moves.perform(HOUSE, duty, "record", values)
        day += timedelta(days=7)
    acts.plan_duties(DAY)
