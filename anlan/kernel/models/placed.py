"""Rows that hang on a row of some ledger, and are seen by whoever may see that row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from anlan.kernel.scope import EVERYBODY, NOBODY, Actor, PathField, Scope, ScopedModel, Seat

COLUMNS = {
    "region": "region_path",
    "unit": "unit_id",
    "industry": "industry",
    "enterprise": "enterprise_id",
    "person": "person_id",
}


class HangingScope(Scope):
    """Asks each ledger's own scope, on the copies of its columns that `Placed` keeps.

    One condition for all ledgers: ledgers whose scope has the same shape share a part of it.
    """

    def condition(self, actor: Actor) -> Q:
        """Rows of the ledgers that a seat may view, as far as the seat sees them."""
        if actor.system:
            return EVERYBODY
        whole = NOBODY
        for seat in actor.seats:
            whole |= self._shared(seat)
        return whole

    def _shared(self, seat: Seat) -> Q:
        from anlan.kernel import registry

        shapes: dict[Scope, list[str]] = {}
        for ledger in registry.ledgers():
            scope = ledger.model.scope
            if seat.may(scope.view):
                columns = {key: column for key, column in COLUMNS.items() if getattr(scope, key)}
                shape = Scope(view="", open_to_staff=scope.open_to_staff, **columns)  # type: ignore[arg-type]
                shapes.setdefault(shape, []).append(ledger.key)
        whole = NOBODY
        for shape, keys in shapes.items():
            place = EVERYBODY if shape.open_to_staff else shape._for_seat(seat)
            whole |= Q(ledger__in=keys) & place
        return whole


class Placed(ScopedModel):
    """Base: which row of which ledger, and the copies of the columns that decide who sees it."""

    ledger = models.CharField("台账", max_length=60)
    subject_id = models.BigIntegerField("对象编号")
    region_path = PathField("区划", default="", blank=True)
    unit_id = models.BigIntegerField("单位", null=True, blank=True)
    industry = models.CharField("行业", max_length=60, default="", blank=True)
    enterprise_id = models.BigIntegerField("企业", null=True, blank=True)
    person_id = models.BigIntegerField("人员", null=True, blank=True)

    class Meta:
        abstract = True


def follow(row: ScopedModel, differences: Collection[str]) -> None:
    """Bring the copies up to date when a row was saved with another place: of what hangs on it, and of tables
    that name their relation to it in `lies_with`. Units and persons may have been named for the hanging row
    itself and stay."""
    scope = type(row).scope
    deciding = {part for key in COLUMNS for part in (getattr(scope, key) or "").split("__")[:1]}
    if not deciding & {name.removesuffix("_id") for name in differences} | deciding & set(differences):
        return
    place = place_of(row)
    copies = {name: place[name] for name in ("region_path", "industry", "enterprise_id")}
    for model in Placed.__subclasses__():
        found = model.objects.unscoped("what hangs on a row follows it")
        found.filter(ledger=place["ledger"], subject_id=row.pk).update(**copies)
    for one in row._meta.related_objects:
        other: Any = one.related_model
        if getattr(other, "lies_with", "") == one.field.name:
            found = other.objects.unscoped("what lies with a row follows it")
            found.filter(**{one.field.name: row}).update(**copies)


def follow_many(model: type[ScopedModel], ids: Collection[int]) -> None:
    """As `follow`, for rows of one table that one statement has placed anew."""
    from anlan.kernel.writing import ledger_key

    kept = {"region_path": model.scope.region, "industry": model.scope.industry}
    above = model._base_manager.filter(pk=OuterRef("subject_id"))
    copies = {name: Subquery(above.values(own)[:1]) for name, own in kept.items() if own}
    for one in Placed.__subclasses__():
        found = one.objects.unscoped("what hangs on rows follows them")
        found.filter(ledger=ledger_key(model), subject_id__in=ids).update(**copies)


def let_go(row: ScopedModel) -> None:
    """Before a row is removed: its open deadlines are cancelled, its attachments taken off."""
    from anlan.kernel import clock
    from anlan.kernel.models import Attachment, Deadline

    place = place_of(row)
    here = {"ledger": place["ledger"], "subject_id": row.pk}
    terms = Deadline.objects.unscoped("the row goes").filter(**here, ended_at=None)
    terms.update(state=Deadline.State.CANCELLED, ended_at=clock.now())
    Attachment.objects.unscoped("the row goes").filter(**here).delete()


def place_of(row: ScopedModel) -> dict[str, Any]:
    """{ledger, subject_id, and the copies} of a stored row."""
    from anlan.kernel.writing import ledger_key

    scope = type(row).scope
    found: dict[str, Any] = {"ledger": ledger_key(type(row)), "subject_id": row.pk}
    for key, column in COLUMNS.items():
        value: Any = row
        for part in (getattr(scope, key) or "").split("__"):
            value = getattr(value, part, None) if part and value is not None else None
        found[column] = value if value is not None else "" if column in ("region_path", "industry") else None
    return found
