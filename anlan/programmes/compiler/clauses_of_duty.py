"""Where duty clauses stand in an entry: in brackets, on lines with a label, or as a last sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.programmes.compiler.duty import LABEL, DutyReader, ParsedDuty

_BETWEEN = re.compile(r"^[\s，；。、]*$")
_LABEL_START = re.compile(r"(?:^|(?<=[。；\n！]))(?=" + LABEL.pattern.replace("?P<label>", "?:") + ")")
_SENTENCE = re.compile(r"[^。！\n]+[。！]?")
_LONGEST_CLAUSE = 700
_LONGEST_SENTENCE = 160
_SURE_STARTS = ("各", "有关", "相关", "省", "市", "县", "区", "旗", "州")


@dataclass(frozen=True, slots=True)
class FoundDuty:
    """A duty clause at `[start, end)` of a text."""

    start: int
    end: int
    parsed: ParsedDuty


def find_duties(text: str, reader: DutyReader) -> list[FoundDuty]:
    """Every duty clause of an entry, in order; clauses that follow each other directly are read as one."""
    found = _bracketed(text, reader)
    found += [f for f in _labelled(text, reader) if not _inside(f, found)]
    if not found:
        found = _last_sentence(text, reader)
    found.sort(key=lambda f: f.start)
    return _merged(text, found, reader)


def top_brackets(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of （） as ranges, brackets included."""
    out: list[tuple[int, int]] = []
    opened: list[int] = []
    for found in re.finditer(r"[（）]", text):
        if found.group() == "（":
            opened.append(found.start())
        elif opened:
            start = opened.pop()
            if not opened:
                out.append((start, found.end()))
    return out or _loose(text, opened)


def _loose(text: str, opened: list[int]) -> list[tuple[int, int]]:
    """A last bracket that lost its end runs to the end of the text."""
    return [(opened[0], len(text))] if opened and len(text) - opened[0] < _LONGEST_CLAUSE else []


def _inside(part: FoundDuty, wholes: list[FoundDuty]) -> bool:
    return any(whole.start <= part.start and part.end <= whole.end for whole in wholes)


def _bracketed(text: str, reader: DutyReader) -> list[FoundDuty]:
    out: list[FoundDuty] = []
    for start, end in top_brackets(text):
        if not 4 <= end - start <= _LONGEST_CLAUSE:
            continue
        parsed = reader.read(text[start + 1 : end].removesuffix("）"))
        if _is_duty(text, start, end, parsed):
            out.append(FoundDuty(start, end, parsed))
    return out


def _is_duty(text: str, start: int, end: int, parsed: ParsedDuty) -> bool:
    if not parsed.roles:
        return bool(parsed.blanket) or (parsed.explicit and parsed.due is not None)
    if parsed.explicit:
        return len(parsed.rest) <= len(parsed.roles)
    if parsed.rest or not any(role.resolved or role.kind == "group" for role in parsed.roles):
        return False
    closes = not text[end:].strip(" 。；\n") or text[end : end + 1] in "。；\n"
    stands_alone = start == 0 or text[start - 1] in "。；！\n"
    certain = len(parsed.roles) > 1 or any(role.kind == "unit" for role in parsed.roles)
    return closes and certain and (stands_alone or not text[end:].strip(" 。；\n"))


def _labelled(text: str, reader: DutyReader) -> list[FoundDuty]:
    out: list[FoundDuty] = []
    for found in _LABEL_START.finditer(text):
        if out and found.start() < out[-1].end:
            continue
        end = text.find("\n", found.start())
        end = len(text) if end < 0 else end
        parsed = reader.read(text[found.start() : end])
        out.append(FoundDuty(found.start(), end, parsed))
    return out


def _last_sentence(text: str, reader: DutyReader) -> list[FoundDuty]:
    """`由市应急局牵头，市公安局等部门配合。` without brackets; only where nothing else is in the sentence."""
    sentences = list(_SENTENCE.finditer(text))
    if not sentences or len(sentences) == 1:
        return []
    last = sentences[-1]
    if last.end() - last.start() > _LONGEST_SENTENCE:
        return []
    parsed = reader.read(last.group().strip("。！"))
    sure = (
        parsed.explicit
        and not parsed.rest
        and bool(parsed.roles)
        and all(role.resolved or role.name.startswith(_SURE_STARTS) for role in parsed.roles)
    )
    return [FoundDuty(last.start(), last.end(), parsed)] if sure else []


def _merged(text: str, found: list[FoundDuty], reader: DutyReader) -> list[FoundDuty]:
    """Clauses with nothing but marks between them, read as one."""
    runs: list[list[FoundDuty]] = []
    for one in found:
        last = runs[-1][-1] if runs else None
        if (
            last
            and _BETWEEN.match(text[last.end : one.start])
            and one.end - runs[-1][0].start < _LONGEST_CLAUSE
        ):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [run[0] if len(run) == 1 else _as_one(text, run, reader) for run in runs]


def _as_one(text: str, run: list[FoundDuty], reader: DutyReader) -> FoundDuty:
    start, end = run[0].start, run[-1].end
    clause = re.sub(r"）\s*（", "；", text[start:end]).strip("\n")
    if clause.startswith("（"):
        clause = clause.removeprefix("（").removesuffix("）")
    clause = clause.replace("\n", "；")
    return FoundDuty(start, end, reader.read(clause))
