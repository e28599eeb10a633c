"""Merging two records of one firm: everything that points at the one goes over to the other.

One documented bulk act beside `writing.write`: it locks both firms, moves the rows of every table of the
house that refers to a firm (also of domains that come later), and records each moved row, both firms and the
merging itself in the same transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F

from anlan.enterprises.actions import firms, following
from anlan.enterprises.models import Distinction, Enterprise, Merger
from anlan.kernel import audit, audit_many, clock, registry
from anlan.kernel.models import Attachment
from anlan.kernel.models.placed import Placed, place_of
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused, require

PERMISSION = "enterprises.merge"
LEDGER = "enterprises"
# What is on record about two firms keeps the firms it was about.
RECORDS = (Merger, Distinction)
FIELDS = (
    "code", "name", "short_name", "region_path", "address", "longitude", "latitude", "industry", "status",
    "size", "platform", "employees", "regulator", "parent", "legal_representative", "safety_manager",
    "phone", "opened_on", "closed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Pointer:
    """A column that holds a firm's number. `loose`: no foreign key, only the number."""

    model: type[models.Model]
    field: Any
    loose: bool = False

    @property
    def label(self) -> str:
        """What its rows are called."""
        return str(self.model._meta.verbose_name)

    def rows(self, firm_id: int) -> Any:
        """The rows that point at the firm."""
        return self.model._base_manager.filter(**{self.field.attname: firm_id})


def pointers() -> Iterator[Pointer]:
    """Every column of the house that points at a firm: foreign keys, hidden ones too, and bare numbers."""
    for relation in Enterprise._meta.get_fields(include_hidden=True):
        concrete: Any = getattr(relation, "field", None)
        incoming = relation.auto_created and not relation.concrete and getattr(concrete, "concrete", False)
        if incoming and not concrete.many_to_many and relation.related_model not in RECORDS:
            yield Pointer(relation.related_model, concrete)  # type: ignore[arg-type]
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.attname == "enterprise_id" and not field.is_relation:
                yield Pointer(model, field, loose=True)


def clashes(kept: Enterprise, gone: Enterprise) -> list[str]:
    """What cannot go over because the kept firm has the like already, in words; empty when all can."""
    found = []
    for pointer in pointers():
        for names, condition in _unique_sets(pointer):
            mine, theirs = pointer.rows(kept.pk), pointer.rows(gone.pk)
            if condition is not None:
                mine, theirs = mine.filter(condition), theirs.filter(condition)
            if not names:
                both = mine.exists() and theirs.exists()
                found += [f"两家各有一份{pointer.label}"] if both else []
                continue
            known = set(mine.values_list(*names))
            for row in theirs:
                value = tuple(getattr(row, pointer.model._meta.get_field(name).attname) for name in names)  # type: ignore[union-attr]
                if value in known and None not in value:
                    found.append(f"两家都有{pointer.label}“{row}”")
    return list(dict.fromkeys(found))


def _unique_sets(pointer: Pointer) -> Iterator[tuple[list[str], Any]]:
    """The other fields of each uniqueness that the column takes part in."""
    if pointer.field.unique:
        yield [], None
    for one in pointer.model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and pointer.field.name in one.fields:
            yield [name for name in one.fields if name != pointer.field.name], one.condition


def merge(
    actor: Actor, kept: Enterprise, gone: Enterprise, *, take: Collection[str] = (), reason: str
) -> Merger:
    """Let `gone` go into `kept`; `take` names fields (of `FIELDS`) whose value comes from `gone`.

    Afterwards `gone` is merged_into `kept` with its own history; nothing points at it. Raises Refused or
    ValidationError with what to do; then nothing has changed.
    """
    require(actor, PERMISSION)
    if not reason.strip():
        raise Refused("请写明合并理由，如“同一企业，旧档案按曾用名登记”。")
    with transaction.atomic():
        kept, gone = _locked(actor, kept.pk, gone.pk)
        if found := clashes(kept, gone):
            raise Refused("；".join(found[:5]) + "。请先改名或删除其中一个，再合并。")
        before = {"kept": _values(kept), "gone": _values(gone)}
        were = [following.Was.of(one) for one in (kept, gone)]
        taken = {name: getattr(gone, name) for name in FIELDS if name in take}
        if "code" in taken:
            taken["code_override_reason"] = gone.code_override_reason
        batch = f"merge-{secrets.token_hex(6)}"
        _close(actor, kept, gone, reason, batch)
        moved, ids = _move_all(actor, kept, gone, reason, batch)
        _take(actor, kept, gone, taken, reason, batch)
        following.follow(actor, kept, *were)
        firms.keep_nearest(kept.pk)
        record = Merger(
            kept=kept, gone=gone, region_path=kept.region_path, reason=reason.strip()[:200],
            by=actor.label[:120], at=clock.now(), before=before, moved=moved, rows=ids,
            taken=[Enterprise._meta.get_field(name).attname for name in taken],  # type: ignore[union-attr]
        )  # fmt: skip
        record.save()
        audit.record(actor, "add", record, audit.differences(None, record), batch=batch)
    return record


def _locked(actor: Actor, kept_id: int, gone_id: int) -> tuple[Enterprise, Enterprise]:
    rows = Enterprise.objects.visible_to(actor).select_for_update(of=("self",))
    found = {one.pk: one for one in rows.filter(pk__in={kept_id, gone_id}).order_by("pk")}
    if kept_id == gone_id:
        raise Refused("保留的和并入的是同一份档案。请选另一家。")
    if len(found) < 2:
        raise Refused("没有这家企业，或者不在您的职责范围内。两家都在职责范围内才能合并。")
    for one in found.values():
        if one.merged_into_id is not None:
            raise Refused(f"“{one}”已并入别的企业，不能再合并。")
    return found[kept_id], found[gone_id]


def _values(firm: Enterprise) -> dict[str, Any]:
    return {one.attname: audit.plain(getattr(firm, one.attname)) for one in firm._meta.concrete_fields}


def _close(actor: Actor, kept: Enterprise, gone: Enterprise, reason: str, batch: str) -> None:
    """The losing record: no duties, nothing more to be written; its own values stay."""
    stored = {one.name: getattr(gone, one.attname) for one in gone._meta.concrete_fields}
    gone.merged_into, gone.status = kept, Enterprise.Status.MERGED
    gone.version += 1
    gone.save(update_fields=["merged_into", "status", "version"])
    changed = {"merged_into_id": [None, kept.pk], "status": [stored["status"], gone.status]}
    audit.record(actor, "merge-into", gone, changed, note=f"并入“{kept}”。{reason}", batch=batch)


def _take(
    actor: Actor, kept: Enterprise, gone: Enterprise, taken: Mapping[str, Any], reason: str, batch: str
) -> None:
    """The kept record with the values that were chosen from the other one."""
    stored = _values(kept)
    for name, value in taken.items():
        setattr(kept, name, value)
    kept.full_clean()
    kept.version += 1
    kept.save()
    now, silent = _values(kept), {"version", *Enterprise.derived}
    changed = {
        name: [old, now[name]] for name, old in stored.items() if old != now[name] and name not in silent
    }
    audit.record(actor, "merge", kept, changed, note=f"并入“{gone}”的档案。{reason}", batch=batch)


def _move_all(
    actor: Actor, kept: Enterprise, gone: Enterprise, reason: str, batch: str
) -> tuple[dict[str, int], list[Any]]:
    moved: dict[str, int] = {}
    ids: list[Any] = []
    for pointer in pointers():
        rows = pointer.rows(gone.pk)
        if pointer.model is Enterprise:
            rows = rows.exclude(pk=kept.pk) if pointer.field.name == "parent" else rows.exclude(pk=gone.pk)
        found = _move(actor, pointer, rows, kept, gone, reason, batch)
        ids += [[pointer.model._meta.label_lower, pointer.field.attname, found]] if found else []
        if found and not issubclass(pointer.model, Placed):
            moved[pointer.label] = moved.get(pointer.label, 0) + len(found)
    _own_parent(kept, gone)
    return moved, ids + _move_hanging(kept, gone)


def _own_parent(kept: Enterprise, gone: Enterprise) -> None:
    """A firm that was the other's subsidiary is not its own parent afterwards."""
    if kept.parent_id == gone.pk:
        kept.parent = None
        kept.save(update_fields=["parent"])


def _move(
    actor: Actor, pointer: Pointer, rows: Any, kept: Enterprise, gone: Enterprise, reason: str, batch: str
) -> list[int]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows = pointer.model._base_manager.filter(pk__in=ids)
    ledger = registry.ledger_of(pointer.model)
    change = {pointer.field.attname: [gone.pk, kept.pk]}
    if ledger is not None and not issubclass(pointer.model, Placed):
        region = pointer.model.scope.region  # type: ignore[attr-defined]
        acts = [
            ("merge", one.pk, ledger.subject(one), str(getattr(one, region or "", "") or ""), change)
            for one in rows
        ]
        if acts:
            audit_many.record_many(actor, ledger, acts, note=f"“{gone}”并入“{kept}”。{reason}", batch=batch)
    values: dict[str, Any] = {pointer.field.attname: kept.pk}
    if issubclass(pointer.model, ScopedModel) and pointer.model.version is not None:
        values["version"] = F("version") + 1
    rows.update(**values)
    return ids


def _move_hanging(kept: Enterprise, gone: Enterprise) -> list[Any]:
    """Deadlines, attachments, slips and the like that hang on the firm itself; which they were."""
    moved: list[Any] = []
    place = place_of(kept)
    copies = {name: place[name] for name in ("region_path", "industry", "enterprise_id")}
    there = Attachment.objects.unscoped("the same file hangs on a firm once").filter(
        ledger=LEDGER, subject_id=kept.pk
    )
    twice = list(there.values_list("file_id", flat=True))
    for model in Placed.__subclasses__():
        rows: Any = model._base_manager.filter(ledger=LEDGER, subject_id=gone.pk)
        if model is Attachment:
            rows = rows.exclude(file_id__in=twice)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        model._base_manager.filter(pk__in=ids).update(subject_id=kept.pk, **copies)
        moved += [[model._meta.label_lower, "", ids]] if ids else []
    return moved


def tell_apart(actor: Actor, one: Enterprise, other: Enterprise) -> None:
    """Put on record that two firms that look alike are two."""
    require(actor, PERMISSION)
    first, second = sorted((one, other), key=lambda firm: firm.pk)
    with transaction.atomic():
        _, fresh = Distinction.objects.unscoped("a pair is told apart once").get_or_create(
            first=first,
            second=second,
            defaults={"region_path": first.region_path, "by": actor.label[:120], "at": clock.now()},
        )
        if fresh:
            note = f"与“{second}”是不同企业"
            audit.record(actor, "tell-apart", first, {}, note=note)
            audit.record(actor, "tell-apart", second, {}, note=f"与“{first}”是不同企业")
