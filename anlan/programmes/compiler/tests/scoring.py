"""How far a compiled document is from a hand-made reading.

The rules (how clauses are matched, what counts as the same unit) are those of the project's scorer for
reference readings, score_compile.py, stated here again so that the tests stand alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

GROUPS = {
    "numeric": {"cadence", "quota", "limit", "delay", "target"},
    "coverage": {"coverage"},
    "named": {"regulation", "build", "campaign"},
}
FACTS = ("value", "comparator", "period", "by")
LEAST_OVERLAP = 0.5


def plain(text: str | None) -> str:
    """Text without white space, asterisks and differences of width."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text or ""))


def f1(found: int, extra: int, missed: int) -> float:
    """The F1 measure; 1.0 where there was nothing to find."""
    return 2 * found / (2 * found + extra + missed) if found + extra + missed else 1.0


def overlap(a: str, b: str) -> float:
    """The longest shared run over the mean length; at least 0.8 where one clause lies inside the other."""
    if not a or not b:
        return 0.0
    if a in b or b in a:
        return max(0.8 if min(len(a), len(b)) >= 6 else 0.0, 2 * min(len(a), len(b)) / (len(a) + len(b)))
    shared = SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    return 2 * shared / (len(a) + len(b))


def same_unit(a: str, b: str) -> bool:
    """Names are the same where one ends in the other (a place in front may be left out)."""
    return a == b or (len(a) > 2 and len(b) > 2 and (a.endswith(b) or b.endswith(a)))


def compare(gold: Iterable[str], found: Iterable[str]) -> tuple[int, int, int]:
    """How many names were found, are too many, were missed."""
    left = list(found)
    hits = missed = 0
    for name in gold:
        hit = next((other for other in left if same_unit(name, other)), None)
        if hit is None:
            missed += 1
        else:
            left.remove(hit)
            hits += 1
    return hits, len(left), missed


def parties(item: dict[str, Any] | None) -> dict[str, set[str]]:
    """The names of an item by lead, supporting and group."""
    out: dict[str, set[str]] = {"lead": set(), "supporting": set(), "group": set()}
    for role in ((item or {}).get("duty") or {}).get("roles", []):
        key = (
            "group"
            if role["kind"] == "group"
            else "lead"
            if role["role"] in ("lead", "joint")
            else "supporting"
        )
        out[key].add(plain(role["name"]))
    return out


def score(gold: dict[str, Any], out: dict[str, Any]) -> dict[str, float]:
    """Every measure between 0 and 1."""
    pairs = _pairs(gold["items"], out["items"])
    matched = sum(1 for _, item in pairs if item is not None)
    measures = {
        "head": _head(gold["document"], out["document"]),
        "sections": _sections(gold["sections"], out["sections"]),
        "items": f1(matched, len(out["items"]) - matched, len(gold["items"]) - matched),
        "targets": _targets(gold["targets"], out["targets"]),
    }
    return {**measures, **_units(pairs), **_obligations(pairs)}


def _head(gold: dict[str, Any], out: dict[str, Any]) -> float:
    keys = ("issuer", "number", "title", "year", "issued_on", "published_on", "disclosure", "copies")
    checks = [plain(str(out[key])) == plain(str(gold[key])) for key in keys if gold.get(key) is not None]
    checks.append({plain(x) for x in gold["recipients"]} == {plain(x) for x in out["recipients"]})
    checks.append({x["due"] for x in gold["report_deadlines"]} == {x["due"] for x in out["report_deadlines"]})
    return sum(checks) / len(checks)


def _sections(gold: list[dict[str, Any]], out: list[dict[str, Any]]) -> float:
    wanted = [plain(s["title"]) for s in gold]
    found = [plain(s["title"]) for s in out if s["level"] == 1]
    return sum(title in found for title in wanted) / max(len(wanted), len(found), 1)


def _targets(gold: list[dict[str, Any]], out: list[dict[str, Any]]) -> float:
    def hit(target: dict[str, Any]) -> bool:
        return any(
            overlap(plain(target["text"]), plain(x["quote"])) >= LEAST_OVERLAP
            and x["value"] == target["value"]
            for x in out
        )

    return sum(map(hit, gold)) / max(len(gold), 1)


def _pairs(
    gold: list[dict[str, Any]], out: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    free = list(out)
    pairs: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for item in gold:
        key = plain(item["title"])[:12]
        hit = next((x for x in free if overlap(plain(x["title"])[:12], key) > 0.6), None)
        if hit is not None:
            free.remove(hit)
        pairs.append((item, hit))
    return pairs


def _units(pairs: list[tuple[dict[str, Any], dict[str, Any] | None]]) -> dict[str, float]:
    counts = {"unit": [0, 0, 0], "lead": [0, 0, 0], "group": [0, 0, 0]}
    for gold, item in pairs:
        found = parties(item)
        lead = {plain(name) for name in gold["lead"]}
        others = {plain(name) for name in gold["cooperate"]}
        led = (
            lead
            if gold["mode"].startswith("joint") and found["lead"] and found["lead"] <= lead
            else found["lead"]
        )
        for name, wanted, got in (
            ("unit", lead | others, found["lead"] | found["supporting"]),
            ("lead", lead, led),
            ("group", {plain(name) for name in gold["groups"]}, found["group"]),
        ):
            counts[name] = [a + b for a, b in zip(counts[name], compare(wanted, got), strict=True)]
    return {name: f1(*count) for name, count in counts.items()}


def _obligations(pairs: list[tuple[dict[str, Any], dict[str, Any] | None]]) -> dict[str, float]:
    counts = {name: [0, 0, 0] for name in GROUPS}
    facts = [0, 0]
    standing = [0, 0]
    for gold, item in pairs:
        found = [dict(o, plain=plain(o["quote"])) for o in (item or {}).get("obligations", [])]
        for name, kinds in GROUPS.items():
            counts[name] = [
                a + b for a, b in zip(counts[name], _kinds(gold, found, kinds, facts), strict=True)
            ]
        for wanted in (o for o in gold["obligations"] if o["kind"] == "standing"):
            standing[1] += 1
            standing[0] += any(overlap(plain(wanted["quote"]), x["plain"]) >= LEAST_OVERLAP for x in found)
    measures = {name: f1(*count) for name, count in counts.items()}
    return {
        **measures,
        "values": facts[0] / max(facts[1], 1),
        "standing_recall": standing[0] / max(standing[1], 1),
    }


def _kinds(
    gold: dict[str, Any], found: list[dict[str, Any]], kinds: set[str], facts: list[int]
) -> tuple[int, int, int]:
    free = [o for o in found if o["kind"] in kinds]
    hits = missed = 0
    for wanted in (o for o in gold["obligations"] if o["kind"] in kinds):
        same = [x for x in free if x["kind"] == wanted["kind"] or wanted["kind"] in x["also"]]
        best = max(same, key=lambda x: overlap(plain(wanted["quote"]), x["plain"]), default=None)
        if best is None or overlap(plain(wanted["quote"]), best["plain"]) < LEAST_OVERLAP:
            missed += 1
            continue
        free.remove(best)
        hits += 1
        if "value" in wanted and wanted["kind"] in GROUPS["numeric"]:
            stated = [fact for fact in FACTS if wanted.get(fact) is not None]
            facts[0] += sum(best[fact] == wanted[fact] for fact in stated)
            facts[1] += len(stated)
    return hits, len(free), missed
