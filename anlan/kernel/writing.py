"""The one door through which rows are written.

`write` does, in one transaction: may the actor? → is the row still as they saw it? → put the values
in → validate → save → is it still theirs to see? → record → what follows (deadlines, notices).
Forms, imports, the API and jobs all come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from anlan.kernel import audit, registry
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import placed
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.wording import reworded

BY_MOVES = "状态只能一步步办理，不能直接填。请保持原状，保存后在页面上办理。"


class Refused(Exception):
    """The actor's post may not do this; the message is for the person."""


class Stale(Exception):
    """Somebody else saved the row in between; `theirs` are the values that stand there now."""

    def __init__(self, row: ScopedModel, theirs: Mapping[str, Any]) -> None:
        super().__init__(f"{row} 已被他人改过")
        self.row = row
        self.theirs = dict(theirs)


@dataclass(frozen=True)
class Written:
    """The row as saved and {field: [old, new]} of what changed."""

    row: Any
    differences: dict[str, list[Any]]


def write(
    actor: Actor,
    row: ScopedModel,
    change: Mapping[str, Any],
    act: str,
    *,
    permission: str | None = None,
    seen: int | None = None,
    note: str = "",
    batch: str = "",
) -> Written:
    """Save `change` on `row` as `actor`, and record it as `act`.

    `permission` defaults to `<ledger>.<act>`; `seen` is the version the person looked at. Raises
    Refused, Stale or ValidationError ({field: messages}); in each case nothing is saved.
    """
    model = type(row)
    ledger = registry.ledger_of(model)
    require(actor, permission or f"{model.scope.view.partition('.')[0]}.{act}")
    with transaction.atomic():
        before = _locked(actor, row, seen)
        for name, value in change.items():
            setattr(row, name, value)
        if ledger and ledger.prepare:
            ledger.prepare(actor, row)
        _require_visible_references(actor, row, change, before)
        _check(row)
        differences = audit.differences(before, row)
        if before is not None and not differences:
            return Written(row, {})
        _require_move(row, before, differences, act)
        row.version += 1
        row.save(force_insert=before is None)
        if not model.objects.visible_to(actor).filter(pk=row.pk).exists():
            raise ValidationError(
                "保存后这一行就不在您的职责范围内了，所以没有保存。请核对区划、单位或行业。"
            )
        audit.record(actor, act, row, differences, note=note, batch=batch)
        if before is not None:
            placed.follow(row, differences)
        if ledger and ledger.follow:
            ledger.follow(actor, row, differences)
    return Written(row, differences)


def remove(actor: Actor, row: ScopedModel, *, note: str = "", permission: str | None = None) -> None:
    """Take a row away; the record keeps all its values. Rows that others refer to stay."""
    model = type(row)
    require(actor, permission or f"{model.scope.view.partition('.')[0]}.remove")
    with transaction.atomic():
        before = _locked(actor, row, None)
        if before is None:
            raise Refused("这一行还没有保存过。")
        gone = {name: [values[0], None] for name, values in audit.differences(None, before, True).items()}
        try:
            with transaction.atomic():
                placed.let_go(before)
                before.delete()
        except models.ProtectedError as error:
            what = "、".join(sorted({str(one._meta.verbose_name) for one in error.protected_objects}))
            raise Refused(f"还有{what}用到它，不能删除。请先处理这些，或改为停用。") from error
        audit.record(actor, "remove", before, gone, note=note, subject_id=row.pk)


def require(actor: Actor, permission: str) -> None:
    """Raise Refused unless the chosen post holds `permission`."""
    if not actor.may(permission):
        seat = f"“{actor.seat.label}”" if actor.seat else "当前身份"
        raise Refused(f"{seat}没有办理这件事的权限。如有多个岗位，请在页首换岗位；否则请找安全管理员。")


def _check(row: ScopedModel) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise reworded(error) from None


def _locked(actor: Actor, row: ScopedModel, seen: int | None) -> Any:
    """The stored row under lock, or None for a new one; raises when it is gone or has moved on."""
    model = type(row)
    if row.pk is None:
        return None
    before = model.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=row.pk).first()
    if before is None:
        raise Refused("没有这一行，或者不在您的职责范围内。")
    if seen is not None and before.version != seen:
        raise Stale(row, {one.name: getattr(before, one.attname) for one in model._meta.concrete_fields})
    row.version = before.version
    return before


def _require_visible_references(
    actor: Actor, row: ScopedModel, change: Mapping[str, Any], before: Any
) -> None:
    """Nobody may point a row at something outside their own scope; what it points at already may stay."""
    wrong = {}
    for name in change:
        model_field = row._meta.get_field(name)
        target = getattr(model_field, "related_model", None)
        value = getattr(row, getattr(model_field, "attname", name), None)
        if before is not None and value == getattr(before, getattr(model_field, "attname", name), None):
            continue
        if value is None or not (isinstance(target, type) and issubclass(target, ScopedModel)):
            continue
        if not target.objects.visible_to(actor).filter(pk=value).exists():
            wrong[name] = "没有这一项，或者不在您的职责范围内。请从列表中选。"
    if wrong:
        raise ValidationError(wrong)


def state_fields(model: type[ScopedModel]) -> list[str]:
    """The columns of the model that only a workflow's moves may change."""
    return [flow.field for flow in registry.declared("WORKFLOWS") if flow.ledger == ledger_key(model)]


def _require_move(row: ScopedModel, before: Any, differences: Mapping[str, Any], act: str) -> None:
    """A state is changed by moves alone. New rows begin at the beginning; a sheet may bring old cases."""
    for flow in registry.declared("WORKFLOWS"):
        if flow.ledger != ledger_key(type(row)) or flow.field not in differences:
            continue
        moved = before is not None and act not in {move.key for move in flow.moves}
        if moved or (before is None and act != "import" and getattr(row, flow.field) != flow.start):
            raise ValidationError({flow.field: BY_MOVES})


def ledger_key(model: type[ScopedModel]) -> str:
    """The key under which acts on this model are recorded."""
    found: Ledger | None = registry.ledger_of(model)
    return found.key if found else model.scope.view.partition(".")[0]
