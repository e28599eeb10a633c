"""Photographs of the demonstration's dangers, some of them as people cheat: an old one, one from elsewhere,
the same one for several dangers, the same one before and after. Drawn, like their dangers marked as such."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from anlan.hazards.actions import danger_photos
from anlan.hazards.demo import DAY, HOME
from anlan.hazards.demo.scenes import draw
from anlan.hazards.models import HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.hazards.rules.danger_photos import AFTER, BEFORE
from anlan.kernel import audit, clock, files
from anlan.kernel.models import Attachment
from anlan.kernel.models.placed import place_of
from anlan.kernel.scope import system_actor
from anlan.org.cast import ENTERPRISE

HOUSE = system_actor("演示数据")
REASON = "the demonstration shows photographs"
WUYUAN = f"{HOME}361130/"
Say = Callable[[str], object]


def prepare(demo: bool, say: Say) -> None:
    """The step of the set-up: only for a demonstration, and only once."""
    rows = HiddenDanger.objects.unscoped(REASON).filter(demo=True)
    hung = Attachment.objects.unscoped(REASON).filter(ledger="dangers", uploaded_by=HOUSE.label)
    if not demo or hung.exists() or not rows.exists():
        return
    with transaction.atomic(), clock.standing_on(DAY):
        camera = Camera()
        for row in _shown():
            camera.take(row)
        _cheats(camera)
        audit.record(
            HOUSE, "demo", None, ledger="dangers", subject="照片的演示数据", note=f"{camera.count} 张照片"
        )
    say(f"演示数据：{camera.count} 张照片，其中几张是重复、旧的或别处拍的")


def _shown() -> list[HiddenDanger]:
    """Dangers that a visitor opens first: on top of the lists of the city, of the county, of the own firm."""
    everyone = HiddenDanger.objects.unscoped(REASON).filter(demo=True, state__in=OPEN_STATES)
    parts = (
        everyone.filter(region_path__startswith=HOME, level="major").order_by("attention_on", "id")[:10],
        everyone.filter(region_path__startswith=HOME).order_by("attention_on", "id")[:14],
        everyone.filter(region_path__startswith=WUYUAN).order_by("attention_on", "id")[:10],
        everyone.filter(enterprise_id=ENTERPRISE).order_by("attention_on", "id")[:6],
    )
    return list({row.pk: row for part in parts for row in part}.values())


def _cheats(camera: Camera) -> None:
    """Closed dangers of the county's and the city's hasty firms, with photos that prove nothing."""
    closed = HiddenDanger.objects.unscoped(REASON).filter(
        demo=True, state="closed", region_path__startswith=HOME, longitude__isnull=False
    )
    newest = list(closed.order_by("-closed_on", "-id")[:400])
    firm, rows = _busiest([row for row in newest if row.days_open == 0])
    if len(rows) >= 3:
        first = camera.take(rows[0])
        for row in rows[1:4]:
            camera.take(row, mended=first[AFTER])
    rest = [row for row in newest if row.enterprise_id != firm][:4]
    for row, trick in zip(rest, ("same", "old", "far", "honest"), strict=False):
        camera.take(row, trick=trick)


def _busiest(rows: Sequence[HiddenDanger]) -> tuple[int | None, list[HiddenDanger]]:
    by_firm: dict[int | None, list[HiddenDanger]] = {}
    for row in rows:
        by_firm.setdefault(row.enterprise_id, []).append(row)
    most = max(by_firm, key=lambda one: (len(by_firm[one]), -(one or 0)), default=None)
    return most, sorted(by_firm.get(most, []), key=lambda row: row.pk)


class Camera:
    """Takes pictures of dangers and hangs them; `count` tells how many."""

    def __init__(self) -> None:
        self.count = 0

    def take(
        self, row: HiddenDanger, *, mended: Image.Image | None = None, trick: str = ""
    ) -> dict[str, Image.Image]:
        """One picture before and, where it was put right, one after; gives {side: picture}.

        mended: an older picture used again for afterwards. trick: same (the one before, once more), old
        (taken long before), far (taken elsewhere).
        """
        chance = random.Random(row.pk)
        made = {BEFORE: draw(row.category, row.industry, row.pk * 2)}
        first = row.found_on - timedelta(days=43 if trick == "old" else 0)
        self._hang(row, BEFORE, made[BEFORE], first, chance, away=0.13 if trick == "far" else 0.0)
        if row.rectified_on:
            if mended is None:
                again = trick == "same"
                mended = made[BEFORE] if again else draw(row.category, row.industry, row.pk * 2 + 1, True)
            made[AFTER] = mended
            self._hang(row, AFTER, mended, row.rectified_on, chance)
        sides = (BEFORE, AFTER)
        number = files.attached(row).filter(kind__in=sides).count()
        HiddenDanger.objects.unscoped(REASON).filter(pk=row.pk).update(photos=number)
        danger_photos.mark(row.pk)
        return made

    def _hang(
        self, row: HiddenDanger, kind: str, image: Image.Image, day: date, chance: random.Random,
        away: float = 0.0,
    ) -> None:  # fmt: skip
        # Saved again each time, as a messenger does: never the same bytes.
        out, size = io.BytesIO(), (chance.randrange(820, 960), 0)
        image.resize((size[0], size[0] * 3 // 4)).save(out, "JPEG", quality=chance.randrange(60, 80))
        hour = (8 if kind == BEFORE else 13) + chance.randrange(4)
        moment = datetime.combine(day, time(hour, chance.randrange(60)), clock.SHANGHAI)
        place: tuple[float, float] | tuple[None, None] = (None, None)
        if row.longitude is not None and row.latitude is not None and (away or chance.random() < 0.8):
            jitter = chance.uniform(-0.0003, 0.0003)
            place = (float(row.longitude) + jitter + away, float(row.latitude) + jitter)
        name = f"{row.number}-{kind}.jpg"
        stored = files.receive(SimpleUploadedFile(name, out.getvalue()))
        # Past the door: one entry of the record tells of all, so that no danger's course begins with a photo.
        Attachment.objects.unscoped(REASON).create(
            **place_of(row), file=stored, name=name, kind=kind, effective_on=day, taken_at=moment,
            longitude=place[0], latitude=place[1], uploaded_at=moment, uploaded_by=HOUSE.label,
        )  # fmt: skip
        danger_photos.fingerprint(stored)
        self.count += 1
