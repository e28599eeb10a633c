"""Confirmations of the invented province: most work is confirmed, some sheets wait, some were dropped."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from anlan.hazards.actions import work as acts
from anlan.hazards.demo.loading import bulk
from anlan.hazards.models import RiskPoint, WorkConfirmation
from anlan.hazards.risk_demo import DAY, HOUSE, REASON, SURNAMES, chance
from anlan.hazards.rules import work
from anlan.hazards.rules.risk import Colour
from anlan.kernel import audit, clock, moves
from anlan.kernel.clock import SHANGHAI
from anlan.org.cast import ENTERPRISE

JOBS, DAYS, FIRM = 260, 12, "演示企业"
HIGH = ("red", "orange")
Points = list[RiskPoint]


def prepare(demo: bool, say: Callable[[str], object]) -> None:
    """The step of the set-up: only for a demonstration, and only once."""
    points = RiskPoint.objects.unscoped(REASON).filter(demo=True).exclude(job="")
    everyone = WorkConfirmation.objects.unscoped(REASON)
    if not demo or everyone.exists() or not points.exists():
        return
    with transaction.atomic(), clock.standing_on(DAY):
        rows = points.select_related("enterprise").order_by("enterprise_id", "job", "id")
        jobs = [list(group) for _, group in groupby(rows, key=lambda one: (one.enterprise_id, one.job))]
        own = [one for one in jobs if one[0].enterprise_id == ENTERPRISE]
        others = [one for one in jobs if one[0].enterprise_id != ENTERPRISE and _is_high(one)][:JOBS]
        given = [one for job in others for one in _sheets(job)]
        count = bulk(WorkConfirmation, [row for row, _ in given])
        _join(count, [points for _, points in given])
        note = f"{count} 张作业确认单"
        audit.record(
            HOUSE, "demo", None, ledger="work-confirmations", subject="作业确认的演示数据", note=note
        )
        _own(own)
    say(f"演示数据：{count + len(own[:3]):,} 张安全作业确认单")


def _is_high(job: Points) -> bool:
    return any(one.residual_colour in HIGH for one in job)


def _sheets(job: Points) -> Iterator[tuple[dict[str, Any], Points]]:
    """The sheets of the last days of one job; on some days nobody made one."""
    first, checks = job[0], work.checks_of(job)
    for back in range(DAYS, -1, -1):
        told = chance(first.enterprise_id, first.job, back, "sheet")
        if told < 72:
            continue
        day = DAY - timedelta(days=back)
        at = datetime.combine(day, time(7, 20 + told % 35), SHANGHAI)
        state = "confirmed" if told < 96 else "void" if told == 99 else "open"
        done = state == "confirmed"
        roles = (work.WORKER, work.WORKER, work.GUARDIAN)
        people = [_person(job, n, role, at if done else None) for n, role in enumerate(roles)]
        row = WorkConfirmation(
            enterprise=first.enterprise, job=first.job, activity=first.activity, place=first.place or "车间",
            on_day=day, guardian=people[2]["name"], workers="、".join(one["name"] for one in people[:2]),
            colour=_highest(job), people=people, state=state, made_at=at, made_by=FIRM, demo=True,
            confirmed_at=at + timedelta(minutes=12) if done else None, confirmed_by=FIRM if done else "",
        )  # fmt: skip
        row.checks = [
            {"kind": one.kind, "text": one.text, "ticked": done or n != 1} for n, one in enumerate(checks)
        ]
        row.open_checks = "；".join(work.unticked(row.checks))
        row.derive()
        names = [one.attname for one in WorkConfirmation._meta.concrete_fields if one.attname != "id"]
        yield {**{name: getattr(row, name) for name in names}, "version": 1}, job


def _highest(job: Points) -> str:
    colours = {one.residual_colour for one in job}
    return next((one.value for one in Colour if one.value in colours), "")


def _person(job: Points, n: int, role: str, at: datetime | None) -> dict[str, Any]:
    told = chance(job[0].enterprise_id, job[0].job, n)
    found = acts.waiting(role, f"{SURNAMES[(told + 7 * n) % len(SURNAMES)]}某")
    if at is None:
        return found
    return {**found, "signed_at": (at + timedelta(minutes=2 * n)).isoformat(), "way": work.TYPED, "by": FIRM}


def _join(count: int, points: list[Points]) -> None:
    """Which risk points each sheet was made from; the sheets have just been written in this order."""
    ids = WorkConfirmation.objects.unscoped(REASON).order_by("-id").values_list("id", flat=True)[:count]
    through = WorkConfirmation.points.through
    pairs = zip(reversed(list(ids)), points, strict=True)
    through.objects.bulk_create(
        [through(workconfirmation_id=pk, riskpoint_id=one.pk) for pk, job in pairs for one in job],
        batch_size=2000,
    )


def _own(jobs: list[Points]) -> None:
    """The firm of the demonstration's own user: confirmed yesterday, confirmed today, one waiting."""
    for n, job in enumerate(jobs[:3]):
        with clock.standing_on(DAY - timedelta(days=1 if n == 0 else 0)):
            values = {"place": job[0].place or "厂区", "activity": job[0].activity, "on_day": clock.today(),
                      "shift": "day", "workers": "王某、李某", "guardian": "赵某"}  # fmt: skip
            row = acts.begin(HOUSE, ENTERPRISE, job[0].job, values)
            all_of = set(range(len(row.checks)))
            acts.tick(HOUSE, row, all_of - {1} if n == 2 else all_of)
            if n == 2:
                continue
            for who in range(3):
                acts.sign(HOUSE, row, who, drawn=_scrawl(10 * n + who))
            moves.perform(HOUSE, row, "confirm")


def _scrawl(seed: int) -> SimpleUploadedFile:
    """Something that looks written, and is nobody's name."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    at = (60, 120)
    for step in range(14):
        to = (at[0] + 18 + chance(seed, step, "x") // 4, 40 + chance(seed, step, "y") * 8 // 5)
        pen.line([at, to], fill=(22, 32, 44, 255), width=6, joint="curve")
        at = to
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("signature.png", out.getvalue(), "image/png")
