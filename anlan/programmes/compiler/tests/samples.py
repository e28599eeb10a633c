"""The two published documents, their hand-made readings, and invented documents in other layouts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anlan.programmes.compiler.document import CompiledDocument

HERE = Path(__file__).parent
# The documents ship with the demonstration; there is one copy of them.
DOCUMENTS = HERE.parent.parent / "demo"
SEEDS = {"jiangxi2022": "jiangxi-2022.txt", "shangrao2023": "shangrao-2023.txt"}
LAYOUTS = sorted((HERE / "layouts").glob("[0-9]*"))


def seed(name: str) -> str:
    """The text of a published document."""
    return (DOCUMENTS / SEEDS[name]).read_text(encoding="utf-8")


def gold(name: str) -> dict[str, Any]:
    """Its hand-made reading."""
    loaded: dict[str, Any] = json.loads((HERE / "data" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def outline_of(document: CompiledDocument) -> dict[str, Any]:
    """What must not depend on how a document is laid out, as plain lists; white space aside."""
    head = document.document
    return {
        "title": head.title,
        "issuer": head.issuer,
        "number": head.number,
        "dates": [head.issued_on, head.published_on],
        "recipients": list(head.recipients),
        "report_deadlines": [d.due for d in head.report_deadlines],
        "sections": [_plain(s.title) for s in document.sections if s.level == 1],
        "targets": [[_plain(t.quote), t.comparator, t.value, t.unit] for t in document.targets],
        "items": [
            {
                "title": _plain(item.title),
                "roles": [[r.role, r.name, r.kind] for r in item.duty.roles] if item.duty else None,
                "obligations": [
                    [o.kind, _plain(o.quote), o.value, o.unit, o.comparator, o.period, o.by]
                    for o in item.obligations
                ],
            }
            for item in document.items
        ],
    }


def _plain(text: str) -> str:
    return "".join(text.split())
