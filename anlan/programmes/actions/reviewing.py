"""The acts of a review on one item or one doubt: pure edits of `rules`, saved through the one door.

Every act takes the version the reviewer saw; who was slower gets `Clash`, which tells who changed what, and
nothing of theirs is lost or overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from anlan.kernel import audit, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, Stale, require, write
from anlan.org.models import Unit
from anlan.programmes.models import DraftItem, Edition, Finding
from anlan.programmes.rules import review, roles
from anlan.programmes.rules.changes import changes
from anlan.programmes.rules.review import Body, ReviewError

CLOSED = "这一版已经发布或撤下，不能再改。如有修改，请上传新版。"


class Clash(Refused):
    """Somebody else changed the item in between: `who`, `when` and `what` (lines in words)."""

    def __init__(self, draft: DraftItem, who: str, when: Any, what: list[str]) -> None:
        super().__init__(f"{who}刚改过第{draft.no}条，您的这一步没有保存。")
        self.draft, self.who, self.when, self.what = draft, who, when, what


def change(actor: Actor, draft: DraftItem, seen: int, act: str, edit: Callable[[Body], Body]) -> DraftItem:
    """Apply a pure edit to the item as the reviewer saw it. An edited item is to be confirmed anew.

    Raises ReviewError for what cannot be done, Clash when the item has moved on, Refused when it may not.
    """
    _require_open(draft.edition)
    if draft.version != seen:
        raise _clash(draft)
    new = edit(draft.body)
    try:
        values = {"body": new, "confirmed_by": "", "confirmed_at": None}
        return write(actor, draft, values, act, permission="drafts.change", seen=seen).row  # type: ignore[no-any-return]
    except Stale as stale:
        raise _clash(_current(draft)) from stale


def confirm(actor: Actor, draft: DraftItem, seen: int) -> DraftItem:
    """Take what is open as it stands and confirm the whole item; roles must be settled first."""
    _require_open(draft.edition)
    if draft.version != seen:
        raise _clash(draft)
    waiting = roles.open_roles(draft.body)
    if waiting:
        names = "、".join(one["name"] for one in waiting)
        raise ReviewError(f"“{names}”还没有落到单位。请先选定单位，或写明不派的理由，再确认本条。")
    values = {
        "body": review.accept_all(draft.body, actor.label),
        "confirmed_by": actor.label[:120],
        "confirmed_at": clock.now(),
    }
    try:
        return write(actor, draft, values, "confirm", permission="drafts.change", seen=seen).row  # type: ignore[no-any-return]
    except Stale as stale:
        raise _clash(_current(draft)) from stale


def _current(draft: DraftItem) -> DraftItem:
    rows = DraftItem.objects.unscoped("the item that the reviewer has before them")
    found: DraftItem = rows.select_related("edition").get(pk=draft.pk)
    return found


def _clash(draft: DraftItem) -> Clash:
    last = next(iter(audit.history(draft, 1)), None)
    what: list[str] = []
    if last is not None and "body" in last.differences:
        before, after = last.differences["body"]
        what = changes(before, after)
    if last is not None and last.act == "confirm":
        what = ["确认了本条", *what]
    return Clash(draft, last.actor if last else "另一位同事", last.at if last else None, what)


def _require_open(edition: Edition) -> None:
    if edition.state != Edition.State.REVIEWING:
        raise Refused(CLOSED)


def choose_units(
    actor: Actor, draft: DraftItem, seen: int, place: int, units: Collection[int], note: str = ""
) -> DraftItem:
    """The office's tick: which units a party stands for. Every unit must be one that the actor sees."""
    known = visible_units(actor, units)
    return change(
        actor, draft, seen, "units", lambda body: roles.choose(body, place, list(known), actor.label, note)
    )


def put_everywhere(actor: Actor, edition: Edition, name: str, unit: Unit) -> int:
    """Let `unit` answer wherever the edition names it `name` and nobody has settled it; gives how often."""
    _require_open(edition)
    done = 0
    with transaction.atomic():
        rows = DraftItem.objects.visible_to(actor).select_for_update(of=("self",)).filter(edition=edition)
        for draft in rows.select_related("edition__programme").order_by("position"):
            body, here = draft.body, 0
            for place, one in enumerate(roles.roles(draft.body)):
                if one["kind"] == "unit" and one["state"] == "open" and one["name"] == name:
                    body = roles.choose(body, place, [unit.pk], actor.label, "按单位台账")
                    here += 1
            if here:
                change(actor, draft, draft.version, "units", lambda _, new=body: new)  # type: ignore[misc]
                done += here
        _settle_named(actor, edition, name, f"已落到{unit.name}")
    return done


def _settle_named(actor: Actor, edition: Edition, name: str, words: str) -> None:
    """The doubts that say that `name` is in no register are settled with it."""
    rows = Finding.objects.visible_to(actor).filter(edition=edition, kind="unresolved_unit", settled_by="")
    # Its place is the whole bracket of units; the words name the one that is meant.
    for one in rows.filter(message__contains=f"“{name}”").select_related("edition__programme"):
        settle(actor, one, words)


def remember_name(actor: Actor, edition: Edition, name: str, unit_id: int) -> tuple[Unit, int]:
    """Keep `name` as another name of a registered unit, and let the unit answer for it in the edition.

    Gives the unit and how often. Raises ReviewError when the unit is not within the actor's sight or another
    unit of its region bears the name, Refused without the permission to change units.
    """
    require(actor, "units.change")
    visible_units(actor, [unit_id])
    unit: Unit = Unit.objects.visible_to(actor).get(pk=unit_id)
    others = Unit.objects.visible_to(actor).filter(region_id=unit.region_id).exclude(pk=unit_id)
    twin = others.filter(Q(name=name) | Q(short_name=name) | Q(aliases__contains=[name])).first()
    if twin is not None:
        raise ReviewError(f"{twin.name}已经叫“{name}”。请先在单位台账里核对两个单位的名称。")
    with transaction.atomic():
        if name not in {unit.name, unit.short_name, *unit.aliases}:
            unit = write(actor, unit, {"aliases": [*unit.aliases, name]}, "change").row
        return unit, put_everywhere(actor, edition, name, unit)


def visible_units(actor: Actor, units: Collection[int]) -> dict[int, str]:
    """{id: name} of the units; raises ReviewError where one is not within the actor's sight."""
    rows = Unit.objects.visible_to(actor).filter(pk__in=list(units))
    known = {one.pk: one.name for one in rows}
    if len(known) != len(set(units)):
        raise ReviewError("有单位不存在，或者不在您的职责范围内。请从列表中选。")
    return known


# Doubts -------------------------------------------------------------------------------------------------


def settle(actor: Actor, finding: Finding, words: str) -> Finding:
    """Say in words how a doubt was settled. Raises ReviewError without words, Refused when it is settled."""
    if not words.strip():
        raise ReviewError("请写明怎样处理，例如“原文如此”“已改派”。")
    _require_open(finding.edition)
    require(actor, "findings.change")
    with transaction.atomic():
        rows = Finding.objects.visible_to(actor).select_for_update(of=("self",))
        stored = rows.select_related("edition__programme").filter(pk=finding.pk).first()
        if stored is None:
            raise Refused("没有这处疑点，或者不在您的职责范围内。")
        if stored.settled_by:
            raise Refused(f"{stored.settled_by}已经处理过：{stored.settlement}。")
        values = {
            "settled_by": actor.label[:120],
            "settled_at": clock.now(),
            "settlement": words.strip()[:300],
        }
        return write(actor, stored, values, "settle", permission="findings.change").row  # type: ignore[no-any-return]


def unsettle(actor: Actor, finding: Finding) -> Finding:
    """Take a settlement back."""
    _require_open(finding.edition)
    values = {"settled_by": "", "settled_at": None, "settlement": ""}
    return write(actor, finding, values, "unsettle", permission="findings.change").row  # type: ignore[no-any-return]


def rule_on(actor: Actor, draft: DraftItem, seen: int, number: str, ruling: dict[str, Any]) -> DraftItem:
    """Record a ruling on an obligation; the doubts about vague words in it are settled by it."""
    with transaction.atomic():
        day = clock.today().isoformat()
        row = change(
            actor, draft, seen, "rule", lambda body: review.rule(body, number, ruling, actor.label, day)
        )
        one = review.obligation(row.body, number)
        said = review.ruling_words(one["ruling"])
        for finding in open_vague(row, one["span"]):
            settle(actor, finding, said)
    return row


def open_vague(draft: DraftItem, span: list[int]) -> list[Finding]:
    """The open doubts about vague words within a span of an item."""
    rows = Finding.objects.unscoped("doubts of an item that the caller has found visible")
    found = rows.filter(
        draft_item=draft, kind="vague_word", settled_by="", start__gte=span[0], end__lte=span[1]
    )
    return list(found.select_related("edition__programme"))


def withdraw(actor: Actor, edition: Edition, why: str) -> None:
    """Take away an edition that was never published, with its programme if that has no other.

    The record keeps who, when and why. Raises Refused for one that was published.
    """
    require(actor, "editions.remove")
    if not why.strip():
        raise Refused("撤下要写明理由。")
    with transaction.atomic():
        rows = Edition.objects.visible_to(actor).select_for_update(of=("self",))
        stored = rows.select_related("programme").filter(pk=edition.pk).first()
        if stored is None:
            raise Refused("没有这一版，或者不在您的职责范围内。")
        if stored.state not in (Edition.State.REVIEWING, Edition.State.UNREADABLE):
            raise Refused("发布过的版本不能撤下。如有修改，请上传新版。")
        _remove(actor, stored, why)


def _remove(actor: Actor, edition: Edition, why: str) -> None:
    from anlan.kernel.writing import remove

    programme, text = edition.programme, edition.text
    facts = {"no": [edition.no, None], "text": [text.digest if text else None, None]}
    audit.record(actor, "withdraw", edition, facts, note=why.strip())
    remove(actor, edition, note=why.strip())
    if text is not None:
        text.delete()
    others = Edition.objects.unscoped("whether the programme has another edition")
    if not others.filter(programme=programme).exists():
        remove(actor, programme, note=why.strip())


def as_validation(error: Exception) -> str:
    """What a person reads of a refused edit."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
