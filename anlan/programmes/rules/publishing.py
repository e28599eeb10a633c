"""What stands between a reviewed edition and its publication, and the form that its digest is taken over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from anlan.programmes.rules.review import Body, in_force
from anlan.programmes.rules.roles import open_roles, roles

SCHEMA = "anlan.reviewed/1"
_LISTED = 8
_NOISE = re.compile(r"[\s　*]+")


def reasons(items: Iterable[tuple[str, Body, bool]], unsettled: int) -> list[str]:
    """Why it cannot be published, each with what to do. `items` are (no, body, confirmed)."""
    rows = list(items)
    found = []
    if not rows:
        found.append("没有分解出条目。请上传正文完整的文件。")
    if unsettled:
        found.append(f"还有 {unsettled} 处疑点没有处理。请在审读页右下逐条处理。")
    unresolved = [no for no, body, _ in rows if open_roles(body)]
    if unresolved:
        found.append(f"第{_list(unresolved)}条还有责任单位没有落到具体单位。请选定单位，或写明不派的理由。")
    waiting = [no for no, body, _ in rows if any(one["state"] == "open" for one in body["obligations"])]
    if waiting:
        found.append(f"第{_list(waiting)}条还有任务没有确认。")
    endless = [no for no, body, _ in rows if any(lacks_period(one) for one in published(body))]
    if endless:
        found.append(f"第{_list(endless)}条有频次类任务没有周期。请作裁定，或改为常态类。")
    unconfirmed = [no for no, _, confirmed in rows if not confirmed]
    if unconfirmed:
        found.append(f"第{_list(unconfirmed)}条还没有确认本条。")
    return found


def _list(numbers: Sequence[str]) -> str:
    shown = "、".join(numbers[:_LISTED])
    return f"{shown} 等 {len(numbers)} " if len(numbers) > _LISTED else shown


def plain(words: str) -> str:
    """Words without line breaks, blanks and stray marks: what is compared between editions."""
    return _NOISE.sub("", words)


def canonical(
    head: Mapping[str, Any],
    targets: Iterable[Mapping[str, Any]],
    items: Iterable[tuple[str, str, Body]],
    sentences: Iterable[str],
) -> bytes:
    """The reviewed form as bytes, the same for the same content whatever the places of its words.

    items: (no, title, body) in order; sentences: the words of the whole text piece by piece. JSON with sorted
    keys in UTF-8; publication digests it with SM3.
    """
    form = {
        "schema": SCHEMA,
        "head": {name: head.get(name) for name in ("issuer", "number", "title", "year", "issued_on")},
        "report_deadlines": list(head.get("report_deadlines") or ()),
        "targets": [{k: v for k, v in one.items() if k not in ("span", "quote")} for one in targets],
        "text": [words for words in map(plain, sentences) if words],
        "items": [_item(no, title, body) for no, title, body in items],
    }
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _item(no: str, title: str, body: Body) -> dict[str, Any]:
    return {
        "no": no,
        "title": plain(title),
        "roles": [[one["role"], one["name"], sorted(one["units"]), one["state"]] for one in roles(body)],
        "obligations": [
            {**in_force(one), "quote": plain(one["quote"]), "scope": one["scope"], "measure": one["measure"],
             "named": one["named"], "ruling": _ruling(one["ruling"])}
            for one in published(body)
        ],
    }  # fmt: skip


def _ruling(ruling: Mapping[str, Any] | None) -> list[Any] | None:
    return [ruling[name] for name in ("word", "decision", "period", "value", "by")] if ruling else None


def lacks_period(one: Mapping[str, Any]) -> bool:
    """A cadence whose period neither the document nor a ruling says."""
    return one["kind"] == "cadence" and in_force(one)["period"] is None and one["state"] != "dismissed"


def published(body: Body) -> list[Body]:
    """The obligations that bind somebody."""
    return [one for one in body["obligations"] if one["state"] == "accepted"]
