"""A whole review by script, with the few decisions that a person would take: for the demonstration and tests.

Everything goes through the acts that the pages call; nothing is written past them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from anlan.kernel import registry
from anlan.kernel.scope import Actor
from anlan.programmes.actions import reviewing
from anlan.programmes.actions.publish import publish
from anlan.programmes.models import DraftItem, Edition, Finding
from anlan.programmes.reads_review import drafts_of, findings_of
from anlan.programmes.rules import roles
from anlan.programmes.rules.measures_proposed import fits
from anlan.programmes.rules.publishing import lacks_period

# What an office would decide for each vague word, and on what ground.
RULINGS: Mapping[str, Mapping[str, Any]] = {
    "定期": {"decision": "cadence", "period": "quarter", "value": 1, "reason": "参照以往做法，每季度一次"},
    "适时": {"decision": "cadence", "period": "half_year", "value": 1, "reason": "结合半年工作安排"},
    "常态化": {"decision": "cadence", "period": "month", "value": 1, "reason": "常态化开展按每月计"},
}
CADENCE = RULINGS["定期"]
STANDING = {"decision": "standing", "reason": "持续性要求，随半年和年度报告说明"}
SETTLEMENTS = {
    "unbalanced_bracket": "核对原件，括号按一对处理",
    "probable_typo": "原文如此，按文意理解",
    "binds_nobody": "由安委办统筹，不另派单位",
    "open_list": "就这些，其他单位由安委办另行补列",
    "unresolved_unit": "已在责任单位中处理",
    "unresolved_group": "已在责任单位中处理",
    "issuer_mismatch": "核对无误",
}
OTHER = "已核对原文"
# A sentence without a number that the office has judged by a figure: how it is read, and by which measure.
READ: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "积极引导不具备安全条件的非煤矿山及尾矿库关闭退出或闭库销号": (
        {"kind": "limit", "value": 0, "unit": "处", "comparator": "<="}, "closures-overdue",
    ),
}  # fmt: skip
AWAY = {"unit": "单位台账中没有登记，另行函告", "group": "由安委办按行业另行明确"}


def review_and_publish(
    actor: Actor, edition: Edition, signed_by: str = "安委办主要负责人", issued_on: date | None = None
) -> Edition:
    """Settle everything in an edition under review and publish it; `issued_on` as in `publish`."""
    for draft in drafts_of(edition):
        _roles(actor, draft)
    for finding in findings_of(edition):
        _finding(actor, finding)
    for draft in drafts_of(edition):
        _measures(actor, draft)
    for draft in drafts_of(edition):
        for one in draft.body["obligations"]:
            if lacks_period(one):
                draft = reviewing.rule_on(actor, draft, draft.version, one["id"], {**CADENCE, "word": ""})
        reviewing.confirm(actor, draft, draft.version)
    return publish(actor, edition, signed_by, issued_on=issued_on)


def _roles(actor: Actor, draft: DraftItem) -> None:
    """Tick the suggested units; who is nowhere registered is told by letter."""
    row = draft
    for place, one in enumerate(roles.roles(draft.body)):
        if one["state"] != "open":
            continue
        units = [pick["unit"] for pick in one["candidates"]]
        if units:
            row = reviewing.choose_units(actor, row, row.version, place, units, "按建议确认")
        else:
            row = reviewing.change(actor, row, row.version, "waive", _waive(place, one["kind"], actor.label))


def _waive(place: int, kind: str, who: str) -> Any:
    return lambda body: roles.waive(body, place, AWAY[kind], who)


def _finding(actor: Actor, finding: Finding) -> None:
    finding.refresh_from_db(from_queryset=Finding.objects.unscoped("may be settled by an earlier ruling"))
    if finding.settled_by:
        return
    if finding.kind == "vague_word" and finding.draft_item_id is not None:
        rows = DraftItem.objects.visible_to(actor).select_related("edition__text")
        draft = rows.get(pk=finding.draft_item_id)
        for one in draft.body["obligations"]:
            if one["span"][0] <= finding.start and finding.end <= one["span"][1]:
                _rule(actor, draft, one, finding)
                return
    reviewing.settle(actor, finding, SETTLEMENTS.get(finding.kind, OTHER))


def _rule(actor: Actor, draft: DraftItem, one: Mapping[str, Any], finding: Finding) -> None:
    """What the document itself says goes before any ruling."""
    text = finding.edition.text
    word = text.text[finding.start : finding.end] if text else ""
    if one["ruling"] or one["period"] or one["by"] or one["kind"] not in ("standing", "cadence"):
        reviewing.settle(actor, finding, "本句已有频次、期限或裁定，从其规定")
        return
    decided = RULINGS.get(word, CADENCE if one["kind"] == "cadence" else STANDING)
    ruling = {**decided, "word": word}
    reviewing.rule_on(actor, draft, draft.version, one["id"], ruling)


def _measures(actor: Actor, draft: DraftItem) -> None:
    """Confirm the first proposed measure that counts in the obligation's unit. Where the obligation has no
    number, a figure of a ledger is put beside it and the unit declares; activities are then its proofs."""
    from anlan.programmes.rules.review import bind, edit

    measures = {one.key: one for one in registry.declared("MEASURES")}
    row = draft
    for one in draft.body["obligations"]:
        kind, unit = one["kind"], one["unit"] or ""
        reading, key = READ.get(_words(draft, one), ({}, ""))
        if key in measures:
            row = reviewing.change(actor, row, row.version, "edit", _edit(edit, one, reading, actor.label))
            act = _bind(bind, one, key, list(measures), actor.label)
            row = reviewing.change(actor, row, row.version, "bind", act)
            continue
        beside = kind in ("standing", "campaign", "build")
        if (not beside and kind not in ("cadence", "quota", "coverage")) or one["measure"]:
            continue
        fitting = [
            key
            for key in one["proposed"]
            if fits(kind, unit, measures[key].unit) and not (beside and key.startswith("activities-"))
        ]
        if fitting:
            act = _bind(bind, one, fitting[0], list(measures), actor.label)
            row = reviewing.change(actor, row, row.version, "bind", act)


def _words(draft: DraftItem, one: Mapping[str, Any]) -> str:
    text = draft.edition.text
    return text.text[one["span"][0] : one["span"][1]] if text else ""


def _edit(edit: Any, one: Mapping[str, Any], changes: Mapping[str, Any], who: str) -> Any:
    return lambda body: edit(body, one["id"], changes, who)


def _bind(bind: Any, one: Mapping[str, Any], key: str, known: list[str], who: str) -> Any:
    return lambda body: bind(body, one["id"], key, known, who)
