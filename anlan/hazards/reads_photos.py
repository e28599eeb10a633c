"""Which photographs look alike, and what else speaks against one: for a danger's page and its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.urls import reverse

from anlan.hazards.models import HiddenDanger, PhotoPrint
from anlan.hazards.rules import danger_photos as rules
from anlan.hazards.rules.danger_photos import AFTER, BEFORE
from anlan.kernel import clock, files, parameters, registry
from anlan.kernel.models import Attachment
from anlan.kernel.scope import Actor

MOST = 20
# Four arms, one an index: prints that are near share a band. The fifth is the same content, read or not.
ALIKE = """
WITH mine AS (
  SELECT a.id, a.file_id, a.kind, p.bits, p.band_1, p.band_2, p.band_3, p.band_4
    FROM kernel_attachment a LEFT JOIN hazards_photoprint p ON p.file_id = a.file_id
   WHERE a.ledger = 'dangers' AND a.subject_id = %(danger)s AND a.kind IN ('before', 'after')
), near AS (
  {arms}
  UNION SELECT id, file_id, 0 FROM mine
)
SELECT near.id, other.id, other.ledger, other.subject_id, other.kind, near.apart, near.file_id = mine.file_id
  FROM near JOIN kernel_attachment other ON other.file_id = near.file_id
  JOIN mine ON mine.id = near.id
 WHERE other.id <> near.id
   AND NOT (other.ledger = 'dangers' AND other.subject_id = %(danger)s AND other.kind = mine.kind)
 ORDER BY near.id, near.apart, other.id LIMIT 200
""".format(
    arms=" UNION ".join(
        "SELECT mine.id, o.file_id, bit_count((o.bits # mine.bits)::bit(64))::int AS apart FROM mine"
        f" JOIN hazards_photoprint o ON o.band_{n} = mine.band_{n} AND o.bits IS NOT NULL"
        " AND bit_count((o.bits # mine.bits)::bit(64)) <= %(most)s"
        for n in range(1, rules.BANDS + 1)
    )
)


@dataclass(frozen=True)
class Alike:
    """One photo of a danger and one elsewhere that looks like it; `earlier`: the other one hung first."""

    photo: int
    other: int
    ledger: str
    subject_id: int
    kind: str
    apart: int
    same: bool

    @property
    def earlier(self) -> bool:
        """Whether the other one was there before."""
        return self.other < self.photo


@dataclass
class Shot:
    """A photo as a page shows it; `hints` (words, address or "") speak against it, `notes` do not."""

    pk: int
    kind: str
    label: str
    taken_at: Any
    placed: bool
    by: str
    readable: bool
    compared: bool
    suspect: bool = False
    hints: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def fresh(self) -> bool:
        """Compared, and nothing like it hung anywhere before."""
        return self.compared and not self.suspect


def alike(danger: int) -> list[Alike]:
    """Photos elsewhere, and of the other side of the same danger, that look like one of this danger's.

    Over all rows, whoever sees them. One statement; photos of the same danger and side are no copies.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"danger": danger, "most": rules.NEAR})
        return [Alike(*row) for row in cursor.fetchall()]


def shots(actor: Actor, row: HiddenDanger) -> list[Shot]:
    """The photos of a danger that the caller has found visible, before and after, with what is to be said."""
    hung = list(files.attached(row).filter(kind__in=(BEFORE, AFTER)).order_by("id"))
    prints = {
        one.file_id: one for one in PhotoPrint.objects.filter(file_id__in=[one.file_id for one in hung])
    }
    found = alike(row.pk) if hung else []
    seen = _seen(actor, found)
    made = []
    for one in hung:
        known = prints.get(one.file_id)
        shot = Shot(
            one.pk, one.kind, "整改前" if one.kind == BEFORE else "整改后", one.taken_at,
            one.longitude is not None, one.uploaded_by,
            readable=known is None or known.why != PhotoPrint.Why.UNREAD,
            compared=known is not None and known.bits is not None,
        )  # fmt: skip
        _compare(shot, [two for two in found if two.photo == one.pk], row, seen)
        shot.hints += [(words, "") for words in _doubts(one, row)]
        if known is not None and known.why:
            shot.notes.append((f"{known.get_why_display()}，没有比对", ""))
        made.append(shot)
    return sorted(made, key=lambda one: one.kind == AFTER)


def verdict(found: Sequence[Shot]) -> tuple[str, str]:
    """(css, words) over all photos: the line in the section's head."""
    if not found:
        return "", ""
    if suspect := sum(one.suspect for one in found):
        return "red", f"{suspect} 张疑似重复使用，请核对"
    rest = sum(not one.compared for one in found)
    if rest == len(found):
        return "mute", "没有能比对的照片"
    dated = "原图含时间、位置，" if all(one.taken_at and one.placed for one in found) else ""
    return "mute", f"{dated}已比对无重复" + (f"，{rest} 张没能比对" if rest else "")


def _seen(actor: Actor, found: Iterable[Alike]) -> set[int]:
    others = {one.other for one in found}
    return set(Attachment.objects.visible_to(actor).filter(pk__in=others).values_list("pk", flat=True))


def _compare(shot: Shot, found: Sequence[Alike], row: HiddenDanger, seen: set[int]) -> None:
    """Words for each likeness: a link where the reader may see the other, a plain sentence where not."""
    told: set[tuple[str, int]] = set()
    hidden = 0
    for one in found[:MOST]:
        own = one.ledger == "dangers" and one.subject_id == row.pk
        if (one.ledger, one.subject_id) in told:
            continue
        told.add((one.ledger, one.subject_id))
        far = "是同一张" if one.same else f"近似（相差 {one.apart}/{rules.BITS}）"
        shot.suspect = shot.suspect or one.earlier
        if own and not one.earlier:
            continue
        if own:
            side = "整改前" if one.kind == BEFORE else "整改后"
            line = (f"与本条{side}的照片{far}", "")
        elif one.other in seen:
            name, url = _named(one)
            line = (f"与 {name} 的照片{far}" if one.earlier else f"{name} 后来用了{_later(one)}", url)
        else:
            hidden += one.earlier
            continue
        (shot.hints if one.earlier else shot.notes).append(line)
    if hidden:
        shot.hints.append((f"与您职责范围以外的 {hidden} 处照片近似或相同", ""))


def _later(one: Alike) -> str:
    return "同一张照片" if one.same else f"近似的照片（相差 {one.apart}/{rules.BITS}）"


def _named(one: Alike) -> tuple[str, str]:
    url = reverse("ledger-row", args=[one.ledger, one.subject_id])
    if one.ledger == "dangers":
        return HiddenDanger(pk=one.subject_id).number, url
    return registry.ledger(one.ledger).label, url


def _doubts(one: Attachment, row: HiddenDanger) -> list[str]:
    """Older than the danger, or taken elsewhere, as far as time and place are known."""
    found = []
    taken = one.taken_at.astimezone(clock.SHANGHAI).date() if one.taken_at else None
    if days := rules.days_before(taken, row.found_on, int(parameters.value("dangers.photo_days"))):
        found.append(f"拍摄于发现前 {days} 天")
    if one.longitude is not None and one.latitude is not None:
        most = int(parameters.value("dangers.photo_metres"))
        for name, place in places_of(row).items():
            metres = rules.too_far((one.longitude, one.latitude), place, most)
            if metres is not None:
                found.append(f"拍摄位置距{name} {_distance(metres)}")
                break
    return found


def places_of(row: HiddenDanger) -> Mapping[str, tuple[float, float]]:
    """{name: (longitude, latitude)} of where a photo of the danger should have been taken."""
    site = row.site
    told: list[tuple[str, Any]] = [("隐患登记的位置", row), ("厂区", site)]
    if site is None or site.longitude is None:
        told.append(("企业登记的位置", row.enterprise))
    return {
        name: (float(one.longitude), float(one.latitude))
        for name, one in told
        if one is not None and one.longitude is not None and one.latitude is not None
    }


def _distance(metres: float) -> str:
    return f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{round(metres, -1):.0f} 米"
