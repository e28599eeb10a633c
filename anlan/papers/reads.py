"""Questions about papers: their sheet, their receipts, who is addressed, where a figure comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.urls import reverse

from anlan.kernel import clock, due, files, registry
from anlan.kernel.calendar import ONE_DAY
from anlan.kernel.digest import sm3
from anlan.kernel.due import Light
from anlan.kernel.models import Figure
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.org.models.dated import on_day
from anlan.org.models.units import UnitKind
from anlan.org.reads import find
from anlan.papers.models import Paper, Receipt
from anlan.papers.rules import blocks
from anlan.papers.rules.sheet import Sheet

LETTERS = {Paper.Kind.REMINDER, Paper.Kind.ORDER}
ADDRESSEES = "offices of government are public; a paper may be sent to any of them"


def sheet_of(paper: Paper, *, notes: bool = False) -> Sheet:
    """The paper as it is drawn. notes: print where each figure comes from."""
    return Sheet(
        issuer=paper.issuer or paper.unit.name,
        title=paper.title,
        blocks=paper.body,
        number=paper.number or (f"{paper.code}〔{clock.today().year}〕　号" if paper.code else ""),
        recipients=paper.recipients_text or "、".join(short(one) for one in addressed(paper)),
        enclosures=paper.enclosures,
        signature=paper.signature or paper.unit.name,
        dated=paper.dated,
        contact=paper.contact,
        copy_to=paper.copy_to,
        imprint=paper.signature or paper.unit.name,
        letter=paper.kind in LETTERS,
        draft=paper.state in {Paper.State.DRAFT, Paper.State.SIGNING},
        notes=figure_notes(paper) if notes else {},
    )


def digest_of(paper: Paper) -> str:
    """SM3 over everything that a reader sees, the enclosed files by their digests."""
    data = sheet_of(paper).plain()
    data |= {"draft": False, "kind": paper.kind, "blocks": paper.body, "files": enclosed(paper)}
    return sm3(json.dumps(data, ensure_ascii=False, sort_keys=True).encode())


def enclosed(paper: Paper) -> list[str]:
    """The digests of the files that go with a paper, in the order of their names."""
    found = files.attached(paper).order_by("name", "id").values_list("file__digest", flat=True)
    return list(found) if paper.pk else []


def addressed(paper: Paper) -> list[Unit]:
    """The units a paper goes to, in its order."""
    rows = Unit.objects.unscoped(ADDRESSEES).select_related("region").in_bulk(paper.recipients)
    return [rows[pk] for pk in paper.recipients if pk in rows]


def short(unit: Unit) -> str:
    """How a paper addresses a unit."""
    return unit.short_name or unit.name


def search_addressees(text: str, limit: int = 30) -> list[Unit]:
    """Units to address, by name, alias, pinyin or initials."""
    rows = Unit.objects.unscoped(ADDRESSEES).filter(on_day(clock.today())).select_related("region")
    return find(rows, text, ("name", "short_name"), limit, (Length("region_path"), "region_path", "id"))


def near_addressees(actor: Actor, limit: int = 200) -> list[Unit]:
    """Units offered before anything is typed: committee offices below and above, one's own region."""
    paths = actor.seat.region_paths if actor.seat else ()
    rows = Unit.objects.unscoped(ADDRESSEES).filter(on_day(clock.today())).select_related("region")
    offices = Q(kind=UnitKind.COMMITTEE_OFFICE)
    near = Q(region_path__in=paths)
    for path in paths:
        near |= offices & (
            Q(region_path__gte=path, region_path__lt=path[:-1] + "0") | Q(region_path__in=above(path))
        )
    return list(rows.filter(near).order_by("region_path", "family__position", "id")[:limit]) if paths else []


def above(path: str) -> list[str]:
    """The paths above a path."""
    parts = path.split("/")[:-2]
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def last_code(unit_id: int | None, kind: str) -> str:
    """The issuer's code that this unit used last for this kind."""
    rows = Paper.objects.unscoped("the code that a unit's papers bear").filter(unit_id=unit_id, kind=kind)
    return rows.exclude(code="").order_by("-id").values_list("code", flat=True).first() or ""


# Receipts -------------------------------------------------------------------------------------------


def receipts_of(paper: Paper) -> QuerySet[Any]:
    """The receipts of a paper that the caller has found visible."""
    rows = Receipt.objects.unscoped("receipts of a paper that the caller has found visible")
    return rows.filter(paper=paper).select_related("unit__region").order_by("id")


def chasing(actor: Actor, *, state: str = "", late: bool = False) -> QuerySet[Any]:
    """Receipts of sent papers of the actor's side that are unsigned (waiting) or unanswered (signed).

    late: only those past their answer day. The longest due first, those without a day last.
    """
    mine = Paper.objects.visible_to(actor).filter(state=Paper.State.SENT)
    rows = Receipt.objects.unscoped("receipts of papers that the actor sees as issuer").filter(paper__in=mine)
    open_ones = Q(state=Receipt.State.WAITING) | Q(state=Receipt.State.SIGNED, answer_by__isnull=False)
    rows = rows.filter(open_ones)
    if state:
        rows = rows.filter(state=state)
    if late:
        rows = rows.filter(answer_by__lt=clock.today())
    return rows.select_related("paper", "unit__region").order_by("answer_by", "id")


def light(receipt: Receipt, now: datetime) -> Light:
    """Where a receipt stands, as a light and a fact."""
    if receipt.state == Receipt.State.WITHDRAWN:
        return Light("o", "已撤回")
    if receipt.state == Receipt.State.ANSWERED and receipt.answered_at:
        late = _days_late(receipt, due.local_day(receipt.answered_at))
        return Light("r", f"逾期 {late} 天答复") if late > 0 else Light("g", "已答复")
    word = "未签收" if receipt.state == Receipt.State.WAITING else "未答复"
    if receipt.answer_by is None:
        return Light("o", word) if receipt.state == Receipt.State.WAITING else Light("g", "已签收")
    late = _days_late(receipt, due.local_day(now))
    if late > 0:
        return Light("r", f"{word}，逾期 {late} 天")
    left = f"剩 {-late} 天" if late else "今天到期"
    return Light("y" if late >= -3 else "o", f"{word}，{left}")


def _days_late(receipt: Receipt, day: date) -> int:
    return (day - receipt.answer_by).days if receipt.answer_by else 0


# Matters ---------------------------------------------------------------------------------------------


def matters_shown(actor: Actor, matters: Iterable[Any]) -> list[dict[str, Any]]:
    """What a paper speaks of, each with the address of its row where the reader sees that row.

    A matter names its row by `ledger` (the ledger's key) and `row`: so a letter may be about anything that
    stands in a ledger, and papers need not know it.
    """
    told = [dict(one) for one in matters if isinstance(one, dict)]
    wanted: dict[str, set[int]] = {}
    for one in told:
        if one.get("ledger") and one.get("row"):
            wanted.setdefault(str(one["ledger"]), set()).add(int(one["row"]))
    seen = {key: _visible(actor, key, rows) for key, rows in wanted.items()}
    for one in told:
        key, pk = str(one.get("ledger", "")), int(one.get("row") or 0)
        one["url"] = reverse("ledger-row", args=[key, pk]) if pk in seen.get(key, ()) else ""
    return told


def _visible(actor: Actor, key: str, rows: set[int]) -> set[int]:
    try:
        found = registry.ledger(key).rows(actor).filter(pk__in=rows)
    except KeyError:
        return set()
    return set(found.values_list("pk", flat=True))


# Figures --------------------------------------------------------------------------------------------


def figures_in(paper: Paper) -> dict[int, Figure]:
    """{id: figure} of those that the body prints and that were frozen."""
    ids = blocks.figures(paper.body)
    rows: QuerySet[Any] = Figure.objects.unscoped("figures of a paper that the caller has found visible")
    return rows.in_bulk(ids) if ids else {}


def figure_notes(paper: Paper) -> dict[int, str]:
    """{figure: its source in one line}, in the order of printing."""
    found = figures_in(paper)
    return {pk: _note(found[pk]) for pk in blocks.figures(paper.body) if pk in found}


def _note(one: Figure) -> str:
    from anlan.kernel.measure import measure_of

    try:
        basis = measure_of(one.measure).basis
    except Exception:  # a measure that a later version no longer has: the frozen words remain
        basis = ""
    last = one.end - ONE_DAY
    told = f"{one.label}：{one.start.isoformat()}至{last.isoformat()}，{basis or '口径见系统'}"
    return f"{told}，{one.row_count}行，{due.local_day(one.frozen_at).isoformat()}固化。"


def names(units: Iterable[Unit]) -> Sequence[str]:
    """The short names of units."""
    return [short(one) for one in units]
