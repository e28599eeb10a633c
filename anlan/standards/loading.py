"""Packs become rows: read and checked as a whole, each pack saved whole or not at all.

The one bulk act that writes these tables: every pack is one transaction with one entry in the record. A pack
whose content changed under the same version is refused, one that says the same leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from anlan.kernel import audit, clock, writing
from anlan.kernel.scope import Actor, system_actor
from anlan.org.models import Industry, Region
from anlan.org.models.dated import on_day
from anlan.org.models.regions import Level
from anlan.standards.models import BY_SECTION, Pack, PackEdition, Standard
from anlan.standards.rules import pack as data
from anlan.standards.rules.attributes import as_json
from anlan.standards.rules.editions import decide
from anlan.standards.rules.pack_reading import Files, Reading, files_below, read_files

ACTOR = system_actor("行业包载入")
WHY = "packs hold for everybody"


class PackRefused(Exception):
    """A pack was not loaded; the message says why and what to do. Nothing of it was saved."""


@dataclass
class Loaded:
    """What one run did: (pack, added, ended, kept) for each changed pack; {pack: why} for refused ones."""

    changed: list[tuple[str, int, int, int]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def read(root: Path | None = None, brought: Mapping[str, Files] | None = None) -> Reading:
    """The packs below `root` (default: those of the installation) and those that were brought by page.

    `brought` {folder: files} is read beside them, in place of what was brought under the same name. Those of
    the installation come first, so that a name used twice is told of the other.
    """
    first = files_below(root) if root else house()
    others = {key: files for key, files in {**local_packs(), **(brought or {})}.items() if key not in first}
    return read_files({**first, **others}, known_slugs(), known_regions())


def house() -> dict[str, Files]:
    """{folder: files} of the packs of the installation."""
    return files_below(Path(settings.ANLAN_PACKS))


def local_packs() -> dict[str, Files]:
    """{folder: files} of the packs that were brought by page."""
    rows = Pack.objects.unscoped(WHY).exclude(files={}).order_by("key").values_list("key", "files")
    return {key: {name: str(text).encode() for name, text in files.items()} for key, files in rows}


def known_slugs() -> set[str]:
    """The industries of the house."""
    return set(Industry.objects.unscoped(WHY).values_list("slug", flat=True))


def known_regions() -> dict[str, str]:
    """{code: path} of the provinces, cities and counties, as of today."""
    rows = Region.objects.unscoped(WHY).exclude(level=Level.TOWN).filter(on_day(clock.today()))
    return dict(rows.values_list("code", "path"))


def load(reading: Reading, today: date | None = None, keep: Collection[str] = ()) -> Loaded:
    """Bring what was read into the tables as of `today`; packs that are gone are ended, but for `keep`."""
    today = today or clock.today()
    done = Loaded()
    places = known_regions() if any(pack.region for pack in reading.packs) else {}
    for pack in reading.packs:
        try:
            with transaction.atomic():
                _head(pack, places.get(pack.region, ""))
                _standards(pack)
        except PackRefused as refused:
            done.refused[pack.key] = str(refused)
    _successors(reading.packs)
    for pack in reading.packs:
        if pack.key in done.refused:
            continue
        with transaction.atomic():
            counted = _contents(pack, today, ACTOR)
            if counted:
                done.changed.append(counted)
    _end_missing({*keep, *(pack.key for pack in reading.packs)}, today)
    return done


def bring(actor: Actor, pack: data.Pack, files: Files) -> tuple[str, int, int, int]:
    """Load one pack that an administrator brought, and keep its files: every later start reads them again.

    Gives (key, added, ended, kept). Raises Refused or PackRefused; then nothing is saved.
    """
    writing.require(actor, "packs.add")
    today = clock.today()
    with transaction.atomic():
        _head(pack, known_regions().get(pack.region, ""))
        _standards(pack)
        _successors([pack])
        counted = _contents(pack, today, actor)
        if counted is None:
            raise PackRefused(f"行业包 {pack.key} 没有载入：内容和版本都与已载入的相同。")
        texts = {name: content.decode("utf-8-sig") for name, content in files.items()}
        rows = Pack.objects.unscoped(WHY).filter(key=pack.key)
        rows.update(files=texts, brought_by=actor.label[:120])
    return counted


def withdraw(actor: Actor, pk: int, reason: str) -> None:
    """Take a pack that was brought by page off again: its rows end today, what cites them keeps them."""
    writing.require(actor, "packs.add")
    today = clock.today()
    with transaction.atomic():
        rows = Pack.objects.visible_to(actor).select_for_update().exclude(files={})
        owner = rows.filter(pk=pk, ended_on=None).first()
        if owner is None:
            raise writing.Refused("这不是上传的行业包，或者已经撤下。随附的行业包随安装目录更新。")
        laws = Standard.objects.unscoped(WHY).filter(pack=owner, withdrawn_on=None)
        laws.update(withdrawn_on=today)
        _close(actor, owner, today, f"撤下：{reason}", "withdraw")


def set_up(demo: bool, say: Callable[[str], None]) -> None:
    """At every start: what is new is loaded; what is wrong is said and the packs of yesterday go on.

    A fault in a pack that was brought by page (a name that the installation now uses itself) holds up that
    pack alone.
    """
    reading, keep = read(), set[str]()
    if not reading.sound:
        for fault in reading.faults[:10]:
            say(f"行业包有误，沿用已载入的：{fault}")
        keep = {fault.file.partition("/")[0] for fault in reading.faults}
        if not keep <= set(local_packs()):
            return
        reading = Reading([pack for pack in reading.packs if pack.key not in keep])
    done = load(reading, keep=keep)
    for told in done.refused.values():
        say(told)
    if done.changed:
        added = sum(one[1] for one in done.changed)
        ended = sum(one[2] for one in done.changed)
        say(f"行业包：{len(done.changed)} 个，新增 {added} 条，终止 {ended} 条")


# One pack ------------------------------------------------------------------------------------------
def _head(pack: data.Pack, place: str) -> None:
    """Make the pack's row on its first day; refuse what may not be loaded."""
    row = Pack.objects.unscoped(WHY).select_for_update().filter(key=pack.key).first()
    if row is None:
        Pack(
            key=pack.key, label=pack.label, edition=0, digest="", loaded_at=clock.now(), version=1,
            region_path=place,
        ).save()  # fmt: skip
        return
    if row.region_path != place:
        raise PackRefused(f"行业包 {pack.key} 没有载入：适用地区不能改。请换一个 key，另作一个包。")
    if row.digest == pack.digest() and row.edition == pack.version:
        return
    if pack.version < row.edition:
        raise PackRefused(
            f"行业包 {pack.key} 没有载入：文件是第 {pack.version} 版，系统里已是第 {row.edition} 版。"
            "请换上新的文件。"
        )
    if pack.version == row.edition and row.digest:
        raise PackRefused(
            f"行业包 {pack.key} 没有载入：内容改了，版本仍是 {pack.version}。"
            f"请把 {pack.file} 的 version 改为 {pack.version + 1}。"
        )


def _standards(pack: data.Pack) -> None:
    """Laws and standards, known by their key and corrected in place."""
    owner = Pack.objects.unscoped(WHY).get(key=pack.key)
    if owner.digest == pack.digest():
        return
    rows = Standard.objects.unscoped(WHY).filter(withdrawn_on=None).exclude(pack=None)
    stored = {row.key: row for row in rows}
    for position, entry in enumerate(pack.standards):
        row = stored.get(entry.key) or Standard(key=entry.key)
        if row.pk and row.digest == entry.digest() and row.pack_id == owner.pk:
            continue
        row.pack, row.digest, row.position = owner, entry.digest(), position
        row.title, row.number, row.issuer = entry.title, entry.number, entry.issuer
        row.kind, row.note, row.region_path = entry.kind, entry.note, owner.region_path
        row.valid_from, row.valid_to = entry.start, entry.end
        row.confidence, row.source = entry.confidence, entry.source
        row.version += 1
        row.save()
    said = {entry.key for entry in pack.standards}
    gone = [row.pk for row in stored.values() if row.pack_id == owner.pk and row.key not in said]
    Standard.objects.unscoped(WHY).filter(pk__in=gone).update(withdrawn_on=clock.today())


def _successors(packs: Iterable[data.Pack]) -> None:
    """Which standard took whose place, once all are there."""
    ids = _standard_ids()
    wanted = {one.key: ids.get(one.replaced_by) for pack in packs for one in pack.standards if one.key in ids}
    for row in Standard.objects.unscoped(WHY).filter(pk__in=[ids[key] for key in wanted]):
        if row.replaced_by_id != wanted[row.key]:
            row.replaced_by_id = wanted[row.key]
            row.save(update_fields=["replaced_by"])


def _standard_ids() -> dict[str, int]:
    rows = Standard.objects.unscoped(WHY).filter(withdrawn_on=None).exclude(pack=None)
    return dict(rows.values_list("key", "pk"))


def _contents(pack: data.Pack, today: date, actor: Actor) -> tuple[str, int, int, int] | None:
    """The other sections; None where the pack says what it said."""
    owner = Pack.objects.unscoped(WHY).select_for_update().get(key=pack.key)
    digest = pack.digest()
    if owner.digest == digest and owner.edition == pack.version and owner.ended_on is None:
        return None
    standards = _standard_ids()
    added, ended, kept = len(pack.standards), 0, 0
    for section, model in BY_SECTION.items():
        if section == "standards":
            continue
        steps = decide(
            model.objects.unscoped(WHY).filter(pack=owner, withdrawn_on=None),
            getattr(pack, section), today, first=owner.edition == 0,
        )  # fmt: skip
        places = {id(entry): place for place, entry in enumerate(getattr(pack, section))}
        _retire(model, steps, today)
        model.objects.bulk_create(
            [_row(model, owner, one, places[id(one.entry)], standards) for one in steps.add]
        )
        added += len(steps.add)
        ended += len(steps.end) + len(steps.withdraw)
        kept += steps.kept
    owner.label, owner.edition, owner.digest = pack.label, pack.version, digest
    owner.industries, owner.general, owner.note = list(pack.industries), pack.general, pack.note
    owner.loaded_at, owner.ended_on = clock.now(), None
    owner.version += 1
    owner.save()
    told = {"digest": digest, "loaded_at": owner.loaded_at, "added": added, "ended": ended, "kept": kept}
    PackEdition.objects.update_or_create(pack=owner, edition=pack.version, defaults=told)
    note = f"{pack.label} 第 {pack.version} 版：新增 {added}，终止 {ended}，未变 {kept}"
    audit.record(actor, "load", owner, note=note)
    return pack.key, added, ended, kept


def _retire(model: Any, steps: Any, today: date) -> None:
    by_day: dict[date, list[int]] = {}
    for row, day in steps.end:
        by_day.setdefault(day, []).append(row.pk)
    for day, ids in by_day.items():
        # A row that has not begun yet never will: it is withdrawn, for no range may be empty.
        rows = model.objects.unscoped(WHY).filter(pk__in=ids)
        rows.filter(valid_from__gte=day).update(withdrawn_on=today)
        rows.exclude(valid_from__gte=day).update(valid_to=day)
    ids = [row.pk for row in steps.withdraw]
    model.objects.unscoped(WHY).filter(pk__in=ids).update(withdrawn_on=today)


def _row(model: Any, owner: Pack, one: Any, place: int, standards: dict[str, int]) -> Any:
    """The row of one entry."""
    entry = one.entry
    row = model(
        pack=owner, key=entry.key, digest=entry.digest(), position=place, version=1,
        valid_from=one.start, valid_to=one.end, region_path=owner.region_path,
    )  # fmt: skip
    for name in ("label", "industry", "unit", "note", "general", "group", "issuer", "months", "renew_days"):
        if hasattr(entry, name):
            setattr(row, name, getattr(entry, name))
    if hasattr(entry, "kinds"):
        row.kinds = list(entry.kinds)
    if hasattr(entry, "standard"):
        row.standard_id = standards.get(entry.standard)
        row.article, row.confidence, row.source = entry.article, entry.confidence, entry.source
    match entry:
        case data.KindEntry():
            row.attributes = [as_json(item) for item in entry.attributes]
        case data.CheckEntry():
            row.text, row.phrase, row.criterion_key = entry.item, entry.wrong, entry.criterion
        case data.CriterionEntry():
            row.text, row.words = entry.text, "、".join(entry.words)
        case data.SensorEntry():
            row.thresholds = [
                {"name": item.name, "op": item.op, "value": str(item.value), "note": item.note}
                for item in entry.thresholds
            ]
    return row


def _end_missing(keys: set[str], today: date) -> None:
    """A folder that is gone: everything of its pack ends today."""
    for owner in Pack.objects.unscoped(WHY).filter(ended_on=None).exclude(key__in=keys):
        with transaction.atomic():
            _close(ACTOR, owner, today, f"{owner.label}：目录已移除，内容自 {today} 起终止")


def _close(actor: Actor, owner: Pack, today: date, note: str, act: str = "load") -> None:
    """Everything of a pack ends today; in the caller's transaction, with one entry in the record."""
    for section, model in BY_SECTION.items():
        if section != "standards":
            rows = model.objects.unscoped(WHY).filter(pack=owner, withdrawn_on=None)
            _retire(model, decide(rows, (), today, False), today)
    owner.ended_on, owner.digest, owner.files = today, "", {}
    owner.version += 1
    owner.save()
    audit.record(actor, act, owner, note=note)


__all__ = ["Loaded", "PackRefused", "bring", "house", "load", "local_packs", "read", "set_up", "withdraw"]
