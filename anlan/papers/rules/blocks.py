"""The body of a paper as blocks, and as the lines that a clerk types.

A block is one of
  {"kind": "heading", "level": 1–4, "runs": [...], "after": [...]}   `after`: text that runs on in the line
  {"kind": "paragraph", "runs": [...]}
  {"kind": "list", "items": [[run, …], …]}                            drawn as 1. 2. 3.
  {"kind": "table", "title": "", "head": [...], "rows": [[...], …]}   a cell is a list of runs
  {"kind": "annex", "runs": [...]}                                    begins an enclosure on a new page
and a run is {"text": "…"}, {"text": "…", "bold": true}, or a figure {"figure": id, "text": "61"}.
Levels are told by their numbers, as GB/T 9704-2012, 7.3.3 sets them: 一、 （一） 1. （1）.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

Run = dict[str, Any]
Block = dict[str, Any]

KINDS: Final = ("heading", "paragraph", "list", "table", "annex")
NUMERALS: Final = "一二三四五六七八九十百"
LEVELS: Final = (
    (1, re.compile(rf"^[{NUMERALS}]+、")),
    (2, re.compile(rf"^[（(][{NUMERALS}]+[）)]")),
    (3, re.compile(r"^\d{1,3}[.．](?!\d)")),
    (4, re.compile(r"^[（(]\d{1,3}[）)]")),
)
FIGURE: Final = re.compile(r"\[([^\[\]\n]{1,40})\]\(#(\d{1,18})\)")
TABLE_TITLE: Final = re.compile(r"^表[:：]\s*(.+)$")
ANNEX: Final = re.compile(r"^={3,}\s*附件\s*\d*\s*[:：]?\s*(.*?)\s*=*$")
LONGEST: Final = 200_000


class BadBlock(ValueError):
    """A body that cannot be drawn; the message says which part and what to do."""


# Checking -------------------------------------------------------------------------------------------


def clean(blocks: object) -> list[Block]:
    """Blocks in their full form: shorthands ("text" for "runs", plain cells) are spelled out.

    Raises BadBlock with the place of the first part that is wrong.
    """
    if not isinstance(blocks, Sequence) or isinstance(blocks, str | bytes):
        raise BadBlock("正文应是段落的列表。")
    return [_clean(block, place) for place, block in enumerate(blocks, 1)]


def _clean(block: object, place: int) -> Block:
    if not isinstance(block, Mapping) or block.get("kind") not in KINDS:
        raise BadBlock(f"正文第 {place} 段不是标题、段落、列表、表格或附件。")
    match block["kind"]:
        case "heading":
            level = block.get("level", 1)
            if level not in (1, 2, 3, 4):
                raise BadBlock(f"正文第 {place} 段：标题只有一至四级。")
            found = {"kind": "heading", "level": level, "runs": _runs(block, place)}
            after = clean_runs(block.get("after", []), place)
            return {**found, "after": after} if after else found
        case "list":
            return {"kind": "list", "items": [clean_runs(one, place) for one in block.get("items", [])]}
        case "table":
            head = [clean_runs(one, place) for one in block.get("head", [])]
            rows = [[clean_runs(cell, place) for cell in row] for row in block.get("rows", [])]
            wide = max((len(row) for row in (head, *rows)), default=0)
            if not wide:
                raise BadBlock(f"正文第 {place} 段：表格没有内容。")
            filled = [[*row, *([] for _ in range(wide - len(row)))] for row in rows]
            head = [*head, *([] for _ in range(wide - len(head)))] if head else []
            return {"kind": "table", "title": str(block.get("title", "")), "head": head, "rows": filled}
        case kind:
            return {"kind": kind, "runs": _runs(block, place)}


def _runs(block: Mapping[str, Any], place: int) -> list[Run]:
    return clean_runs(block.get("runs", block.get("text", "")), place)


def clean_runs(runs: object, place: int = 0) -> list[Run]:
    """Runs in their full form; a text is one run."""
    if isinstance(runs, str):
        return [{"text": runs}] if runs else []
    if isinstance(runs, Mapping):
        runs = [runs]
    if not isinstance(runs, Sequence):
        raise BadBlock(f"正文第 {place} 段的文字读不出来。")
    found: list[Run] = []
    for run in runs:
        if isinstance(run, str):
            run = {"text": run}
        if not isinstance(run, Mapping) or not isinstance(run.get("text"), str):
            raise BadBlock(f"正文第 {place} 段的文字读不出来。")
        kept: Run = {"text": run["text"]}
        if run.get("bold"):
            kept["bold"] = True
        if run.get("figure") is not None:
            kept["figure"] = int(run["figure"])
        if kept["text"]:
            found.append(kept)
    return found


# Lines ----------------------------------------------------------------------------------------------


def parse(text: str) -> list[Block]:
    """The blocks of what a clerk typed: one line a paragraph, levels by their numbers, | parts cells.

    A level-2 heading ends at its first full stop; what follows runs on. A line “表：…” names the table
    below it, “=== 附件1：… ===” begins an enclosure. [61](#12) is the figure 12, printed as 61. Raises
    BadBlock for a text above 200,000 characters.
    """
    if len(text) > LONGEST:
        raise BadBlock("正文超过 20 万字。请拆成几件公文，或改作附件。")
    blocks: list[Block] = []
    title = ""
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = raw.strip(" \t\u3000")
        if not line:
            title = ""
        elif named := TABLE_TITLE.match(line):
            title = named[1]
        elif line.startswith("|"):
            _into_table(blocks, line, title)
            title = ""
        elif annex := ANNEX.match(line):
            blocks.append({"kind": "annex", "runs": runs_of(annex[1])})
        else:
            blocks.append(_line(line))
    return clean(blocks)


def _into_table(blocks: list[Block], line: str, title: str) -> None:
    cells = [runs_of(cell.strip()) for cell in line.strip("|").split("|")]
    last = blocks[-1] if blocks and blocks[-1]["kind"] == "table" and not title else None
    if last is None:
        blocks.append({"kind": "table", "title": title, "head": cells, "rows": []})
    elif not all(re.fullmatch(r":?-{2,}:?", plain(cell)) for cell in cells):
        last["rows"].append(cells)


def _line(line: str) -> Block:
    for level, pattern in LEVELS:
        if not pattern.match(line):
            continue
        if level == 1 and len(line) <= 60:
            return {"kind": "heading", "level": 1, "runs": runs_of(line)}
        if level == 2:
            head, stop, rest = line.partition("。")
            if len(head) <= 50 and rest:
                return {"kind": "heading", "level": 2, "runs": runs_of(head + stop), "after": runs_of(rest)}
            if len(line) <= 60:
                return {"kind": "heading", "level": 2, "runs": runs_of(line)}
        if level > 2 and len(line) <= 60:
            return {"kind": "heading", "level": level, "runs": runs_of(line)}
    return {"kind": "paragraph", "runs": runs_of(line)}


def runs_of(text: str) -> list[Run]:
    """The runs of one line: figures by [61](#12)."""
    found: list[Run] = []
    at = 0
    for hit in FIGURE.finditer(text):
        if hit.start() > at:
            found.append({"text": text[at : hit.start()]})
        found.append({"text": hit[1], "figure": int(hit[2])})
        at = hit.end()
    if at < len(text):
        found.append({"text": text[at:]})
    return found


def lines(blocks: Iterable[Block]) -> str:
    """What a clerk edits: `parse` of it gives the same blocks again, bold apart."""
    return "\n".join(_as_lines(blocks))


def _as_lines(blocks: Iterable[Block]) -> Iterator[str]:
    number = 0
    for block in blocks:
        match block["kind"]:
            case "table":
                if block.get("title"):
                    yield f"表：{block['title']}"
                rows = [block["head"], *block["rows"]] if block["head"] else block["rows"]
                yield from (f"| {' | '.join(_marked(cell) for cell in row)} |" for row in rows)
                yield ""
            case "list":
                yield from (f"{n}. {_marked(item)}" for n, item in enumerate(block["items"], 1))
            case "annex":
                number += 1
                yield f"=== 附件{number}：{_marked(block['runs'])} ==="
            case _:
                yield _marked(block["runs"]) + _marked(block.get("after", []))


def _marked(runs: Iterable[Run]) -> str:
    return "".join(f"[{one['text']}](#{one['figure']})" if "figure" in one else one["text"] for one in runs)


# Reading --------------------------------------------------------------------------------------------


def plain(runs: Iterable[Run]) -> str:
    """The words of runs."""
    return "".join(run["text"] for run in runs)


def all_runs(blocks: Iterable[Block]) -> Iterator[Run]:
    """Every run of a body in order of reading."""
    for block in blocks:
        yield from block.get("runs", ())
        yield from block.get("after", ())
        for item in block.get("items", ()):
            yield from item
        for row in (block.get("head", ()), *block.get("rows", ())):
            for cell in row:
                yield from cell


def figures(blocks: Iterable[Block]) -> list[int]:
    """The figures that a body prints, each once, in order."""
    return list(dict.fromkeys(run["figure"] for run in all_runs(blocks) if "figure" in run))


def parts(blocks: Sequence[Block]) -> tuple[list[Block], list[list[Block]]]:
    """(the body, the enclosures): each enclosure begins with its annex block."""
    body: list[Block] = []
    annexes: list[list[Block]] = []
    for block in blocks:
        if block["kind"] == "annex":
            annexes.append([block])
        elif annexes:
            annexes[-1].append(block)
        else:
            body.append(block)
    return body, annexes
