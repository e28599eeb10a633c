"""A paper as PDF: typst sets the sheet that `rules.sheet` describes, with the fonts this machine has."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from anlan.papers.rules import sheet as measures
from anlan.papers.rules.sheet import Sheet

TEMPLATE = Path(__file__).parent / "paper.typ"


def pdf(sheet: Sheet, at: datetime | None = None) -> bytes:
    """The sheet as PDF; the same sheet at the same moment gives the same bytes. Nothing is downloaded.

    at: the aware moment that the file names as its date.
    """
    data = sheet.plain() | {"fonts": faces(), "leaning": script_is_missing()} | _measures()
    inputs = {"sheet": json.dumps(data, ensure_ascii=False)}
    at = at.replace(microsecond=0) if at else None
    made: bytes = _compiler().compile(sys_inputs=inputs, format="pdf", timestamp=at)  # type: ignore[assignment]
    return made


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it keeps the fonts it has found."""
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))


@cache
def families() -> frozenset[str]:
    """The font families of this machine."""
    return frozenset(typst.Fonts(include_system_fonts=True, include_embedded_fonts=True).families())


@cache
def faces() -> dict[str, list[str]]:
    """{use: families in order of preference that are here}; never empty, so that a text is always drawn."""
    here = {one.lower(): one for one in families()}
    chinese = [one for one in families() if "CJK" in one or one.endswith((" SC", " TC"))]
    return {
        use: [here[one.lower()] for one in names if one.lower() in here]
        or sorted(chinese)[:1]
        or ["Libertinus Serif"]
        for use, names in measures.FONTS.items()
    }


@cache
def script_is_missing() -> bool:
    """Whether there is no 楷体: level-2 headings are then set bold, to stay apart from the body."""
    here = {one.lower() for one in families()}
    return not any(one.lower() in here for one in measures.SCRIPT_FACES)


def _measures() -> dict[str, float]:
    return {
        "pitch": measures.PITCH,
        "advance": measures.ADVANCE,
        "size1": measures.SIZE_1,
        "size2": measures.SIZE_2,
        "size3": measures.SIZE_3,
        "size4": measures.SIZE_4,
    }
