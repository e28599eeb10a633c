"""Traditional characters to simplified ones, one for one, so that offsets stay."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import opencc

_ALWAYS = "於後麽"
_HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def simplified() -> dict[int, str]:
    """A `str.translate` table of OpenCC's character dictionary (Apache-2.0).

    A character of GB 2312 is left alone (乾, 徵 or 藉 are right in simplified text as well), but for a few
    that official prose never writes.
    """
    path = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    found: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        first = new.split(" ")[0]
        if len(old) == 1 and len(first) == 1 and _HAN.match(old) and (old in _ALWAYS or not _in_gb2312(old)):
            found[ord(old)] = first
    return found


def spelling(source: str) -> dict[int, str]:
    """For a source in traditional characters: its own spelling of each character, to quote names as written.

    A character that the source writes in both ways keeps the simplified one.
    """
    table = simplified()
    written = {table[code]: chr(code) for code in {ord(c) for c in set(source)} if code in table}
    return {ord(new): old for new, old in written.items() if new not in source}


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
