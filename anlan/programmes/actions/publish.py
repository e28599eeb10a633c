"""Publishing a reviewed edition: from then on its content is fixed, and the live rows say what it says.

Items, roles, obligations, targets and the classes of sentences are written here and nowhere else, in bulk,
in one transaction, recorded as one act on the edition. What stands unchanged from the edition before keeps
its rows, moved to the new places; what is gone or changed ends with the new edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from anlan.kernel import audit, clock, numbering
from anlan.kernel.digest import sm3
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.programmes.models import (
    DraftItem,
    Edition,
    Item,
    ItemRole,
    Obligation,
    Programme,
    Sentence,
    Target,
)
from anlan.programmes.reads_review import drafts_of, what_hinders
from anlan.programmes.rules.editions_diff import pieces
from anlan.programmes.rules.publishing import canonical, published
from anlan.programmes.rules.review import in_force, ruling_words
from anlan.programmes.rules.roles import roles
from anlan.programmes.rules.succession import Old, pair_items, pair_obligations

_REASON = "the live rows of a programme that the actor publishes"
CHANGED = "这一版已经发布，内容和发布时不同，不能再发布。请把修改后的文件作为新版上传。"


class NotReady(Refused):
    """Not everything is settled; `reasons` says what, each in words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("还不能发布：" + "".join(reasons))
        self.reasons = list(reasons)


def publish(
    actor: Actor, edition: Edition, signed_by: str, *, code: str = "", issued_on: date | None = None
) -> Edition:
    """Publish an edition that is wholly settled, signed off by `signed_by`; the edition before it ends.

    The document's own number is kept; where it has none and `code` is given (饶安), the next number of the
    office is taken. `issued_on` is the day of a document that writes none. Raises NotReady with the reasons;
    Refused when the content is that of the edition in force, when this one is out already, or when nobody
    has signed. Nothing is half done.
    """
    require(actor, "editions.publish")
    with transaction.atomic():
        edition = _locked(actor, edition)
        programme = edition.programme
        drafts = drafts_of(edition)
        digest = digest_of(edition, drafts)
        before = (
            Edition.objects.visible_to(actor)
            .filter(programme=programme, state=Edition.State.PUBLISHED)
            .first()
        )
        _require_fit(edition, digest, before)
        if not signed_by.strip():
            raise Refused("请写明签发人。")
        _take_over(actor, programme, edition, code, issued_on)
        _live_rows(actor, edition, drafts)
        if before is not None:
            write(actor, before, {"state": Edition.State.SUPERSEDED}, "supersede")
        change = {
            "state": Edition.State.PUBLISHED,
            "digest": digest,
            "signed_by": signed_by.strip()[:120],
            "published_at": clock.now(),
        }
        write(actor, edition, change, "publish", note=f"签发人 {signed_by.strip()}")
        _dispatch(actor, programme)
    return edition


def _locked(actor: Actor, edition: Edition) -> Edition:
    rows = Edition.objects.visible_to(actor).select_for_update(of=("self",))
    found: Edition | None = (
        rows.filter(pk=edition.pk).select_related("programme__issuer__region", "text").first()
    )
    if found is None:
        raise Refused("没有这一版，或者不在您的职责范围内。")
    return found


def digest_of(edition: Edition, drafts: Iterable[DraftItem]) -> str:
    """SM3 of the reviewed form (see `rules.publishing.canonical`), 64 hexadecimal digits."""
    spans = Sentence.objects.filter(edition=edition).order_by("start").values_list("start", "end")
    words = [one.words for one in pieces(edition.text.text if edition.text else "", spans)]
    head = edition.compiled.get("document", {})
    items = [(one.no, one.title, one.body) for one in drafts]
    return sm3(canonical(head, edition.compiled.get("targets", ()), items, words))


def _require_fit(edition: Edition, digest: str, before: Edition | None) -> None:
    if edition.state == Edition.State.UNREADABLE:
        raise Refused(f"这份文件没有读出来，不能发布。{edition.message}")
    if edition.state != Edition.State.REVIEWING:
        raise Refused("这一版已经发布。" if digest == edition.digest else CHANGED)
    reasons = what_hinders(edition)
    if reasons:
        raise NotReady(reasons)
    if before is not None and before.digest == digest:
        raise Refused(
            f"这一版和已发布的第 {before.no} 版内容相同，不必再发布。如要撤下，请在版本页选“撤下这一版”。"
        )


def _take_over(
    actor: Actor, programme: Programme, edition: Edition, code: str, issued_on: date | None
) -> None:
    """The programme takes over what the published edition says of itself."""
    head = edition.compiled.get("document", {})
    number = head.get("number") or programme.number
    if not number and code.strip():
        form = numbering.document_number(code.strip())
        number = numbering.take(actor, "programme", form, unit_id=programme.issuer_id, row=programme).text
    change: dict[str, Any] = {
        "state": Programme.State.RUNNING,
        "number": (number or "")[:60],
        "issued_on": programme.issued_on or issued_on,
        "report_days": list(head.get("report_deadlines") or programme.report_days),
    }
    write(actor, programme, change, "publish")


# Live rows ----------------------------------------------------------------------------------------------


def _live_rows(actor: Actor, edition: Edition, drafts: Sequence[DraftItem]) -> None:
    live = list(
        Item.objects.unscoped(_REASON).filter(programme=edition.programme, ended=None).order_by("position")
    )
    duties = _live_obligations(live)
    text = edition.text.text if edition.text else ""
    pairs = pair_items(
        [Old(one.pk, one.title, [row.quote for row in duties[one.pk]]) for one in live],
        [(draft.title, [one["quote"] for one in published(draft.body)]) for draft in drafts],
    )
    known = {one.pk: one for one in live}
    kept = set()
    for draft, old in zip(drafts, pairs, strict=True):
        item = _item(edition, draft, known[old] if old is not None else None, text)
        kept.add(item.pk)
        _roles(item, draft)
        _obligations(edition, item, draft, duties.get(item.pk, []))
    for gone in live:
        if gone.pk not in kept:
            _end(edition, [gone], duties[gone.pk])
    _targets(edition)
    _classes(edition, drafts)
    gone_on = len(kept & set(known))
    changed = {
        "kept": [None, gone_on],
        "new": [None, len(drafts) - gone_on],
        "ended": [None, len(live) - gone_on],
    }
    audit.record(actor, "live", edition, changed)


def _live_obligations(items: Sequence[Item]) -> dict[int, list[Obligation]]:
    found: dict[int, list[Obligation]] = {one.pk: [] for one in items}
    rows = Obligation.objects.unscoped(_REASON).filter(item__in=items, ended=None).order_by("position")
    for row in rows:
        found[row.item_id].append(row)
    return found


def _item(edition: Edition, draft: DraftItem, old: Item | None, text: str) -> Item:
    item = old or Item(programme=edition.programme, edition=edition)
    start, end = draft.body["span"]
    item.section = draft.body["section_title"][:300]
    item.position = draft.position
    item.no, item.title = draft.no, draft.title
    item.text, item.start, item.end = text[start:end], start, end
    item.open_list = bool(draft.body["duty"] and draft.body["duty"]["open_list"])
    item.version += 1
    item.save()
    return item


def _roles(item: Item, draft: DraftItem) -> None:
    """The parties as they stand now; nothing refers to their rows."""
    ItemRole.objects.filter(item=item).delete()
    ItemRole.objects.bulk_create(
        ItemRole(
            item=item,
            role=one["role"],
            name=one["name"][:120],
            group=one["group"][:60],
            unit_ids=one["units"],
            position=place,
        )
        for place, one in enumerate(roles(draft.body))
    )


def _obligations(edition: Edition, item: Item, draft: DraftItem, live: Sequence[Obligation]) -> None:
    wanted = published(draft.body)
    pairs = pair_obligations([(row.pk, row.quote) for row in live], [one["quote"] for one in wanted])
    known = {row.pk: row for row in live}
    _end(edition, [], [row for row in live if row.pk not in pairs])
    taken = {known[pk].ref for pk in pairs if pk is not None}
    for place, (one, old) in enumerate(zip(wanted, pairs, strict=True), 1):
        row = known[old] if old is not None else Obligation(item=item, ref=_ref(draft.no, place, taken))
        for name, value in _values(one).items():
            setattr(row, name, value)
        row.position = place
        row.version += 1
        row.save()


def _ref(no: str, place: int, taken: set[str]) -> str:
    """The next free number in the item: 3-2 is the second obligation of item 3."""
    stem = no[:12]
    while f"{stem}-{place}" in taken:
        place += 1
    found = f"{stem}-{place}"
    taken.add(found)
    return found


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    force = in_force(one)
    ruling = one["ruling"]
    return {
        "kind": force["kind"],
        "quote": one["quote"],
        "start": one["span"][0],
        "end": one["span"][1],
        "value": Decimal(str(force["value"])) if force["value"] is not None else None,
        "unit": (force["unit"] or "")[:20],
        "comparator": force["comparator"] or "",
        "period": force["period"] or "",
        "by": date.fromisoformat(force["by"]) if force["by"] else None,
        "subject": (one["scope"] or "")[:300],
        "named": one["named"],
        "measure": one["measure"],
        "ruling": {**ruling, "words": ruling_words(ruling)} if ruling else {},
    }


def _end(edition: Edition, items: Iterable[Item], obligations: Iterable[Obligation]) -> None:
    reason = "what the new edition no longer says"
    gone = [one.pk for one in items]
    Item.objects.unscoped(reason).filter(pk__in=gone).update(ended=edition)
    Obligation.objects.unscoped(reason).filter(pk__in=[row.pk for row in obligations]).update(ended=edition)


def _targets(edition: Edition) -> None:
    """The goals as this edition states them; nothing refers to their rows, so they are made anew. What a
    goal of the same words is measured by stays."""
    before = Target.objects.filter(programme=edition.programme)
    measures = dict(before.exclude(measure="").values_list("quote", "measure"))
    before.delete()
    Target.objects.bulk_create(
        Target(
            programme=edition.programme,
            quote=one["quote"],
            start=one["span"][0],
            end=one["span"][1],
            indicator=one["indicator"][:120],
            subject=(one["scope"] or "")[:200],
            comparator=one["comparator"] or "",
            value=Decimal(str(one["value"])) if one["value"] is not None else None,
            unit=(one["unit"] or "")[:20],
            measure=measures.get(one["quote"], ""),
        )
        for one in edition.compiled.get("targets", ())
    )


def _classes(edition: Edition, drafts: Iterable[DraftItem]) -> None:
    """A sentence whose obligations were all found to bind nobody is guiding; one that got some binds."""
    spans = [one["span"] for draft in drafts for one in published(draft.body)]
    rows = Sentence.objects.filter(edition=edition, label__in=("obligation", "guiding", "fact"))
    changed = []
    for row in rows.exclude(item_no=""):
        binds = any(start < row.end and row.start < end for start, end in spans)
        label = "obligation" if binds else "guiding" if row.label == "obligation" else row.label
        if label != row.label:
            row.label = label
            changed.append(row)
    Sentence.objects.bulk_update(changed, ["label"])


def _dispatch(actor: Actor, programme: Programme) -> None:
    """Send the duties out, in the same transaction: what is published has its addressees."""
    from anlan.programmes.actions.run import dispatch

    dispatch(actor, programme)
