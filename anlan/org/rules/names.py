"""Names of places and offices: short forms, spelling for the search, the letter that stands for a place."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

# Place names whose reading differs from the usual one of the character.
READINGS = {
    "都昌": [["dū"], ["chāng"]],
    "宁都": [["níng"], ["dū"]],
    "于都": [["yú"], ["dū"]],
    "铅山": [["yán"], ["shān"]],
}
SUFFIXES = (
    "街道办事处",
    "街道",
    "地区",
    "自治州",
    "自治县",
    "自治旗",
    "林区",
    "特区",
    "省",
    "市",
    "县",
    "区",
    "旗",
    "盟",
    "镇",
    "乡",
)
ETHNIC = re.compile(
    r"(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    r"纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|"
    r"德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族$"
)
BEFORE_PLACE = ("中共", "共青团", "团", "国网")
LEVEL_LETTERS = {"province": "省", "city": "市", "county": "县"}


def short_name(name: str, level: str = "") -> str:
    """The name without its kind of division and without the ethnic part.

    It stays whole where fewer than two characters would remain (赣县, 范镇), and for a zone (赣江新区).
    """
    if level == "zone":
        return name
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            stem = name[: -len(suffix)]
            bare = ETHNIC.sub("", stem)
            stem = bare if len(bare) >= 2 else stem
            return stem if len(stem) >= 2 else name
    return name


def spell(name: str) -> tuple[str, str]:
    """Full pinyin and initials of `name`, lower case and unbroken: ("shangraoshi", "srs")."""
    syllables = _reader()(name)
    full = "".join(syllables)
    initials = "".join(part if part.isascii() and part.isdigit() else part[:1] for part in syllables)
    return full.lower(), initials.lower()


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], list[str]]:
    """The reader of characters, loaded when a name is first spelt: its tables take 55 MiB."""
    from pypinyin import Style, lazy_pinyin, load_phrases_dict

    load_phrases_dict(READINGS)
    return partial(lazy_pinyin, style=Style.NORMAL, errors=_kept)  # type: ignore[arg-type]


def _kept(text: str) -> list[str]:
    """Characters without a reading: letters and digits stay, marks and rare characters fall away."""
    return [mark for mark in text if mark.isascii() and mark.isalnum()]


def bigrams(*texts: str) -> list[str]:
    """All pairs of neighbouring characters in `texts`, each once, sorted: what an inside search asks for."""
    found: set[str] = set()
    for text in texts:
        found.update(text[i : i + 2] for i in range(len(text) - 1))
    return sorted(found)


def placed_name(form: str, level: str, place: str) -> str | None:
    """An office's name in a place: 市应急管理局 + city 上饶市 → 上饶市应急管理局.

    None where no letter stands for the place, so that the form names one body only (国家矿山安全监察局
    江西局). The letter is the first character, or follows one of `BEFORE_PLACE` (中共省委).
    """
    letter = LEVEL_LETTERS.get(level)
    if not form or letter is None:
        return None
    for before in ("", *BEFORE_PLACE):
        if form.startswith(before + letter):
            return f"{before}{place}{form[len(before) + 1 :]}"
    return None


def normal(text: str) -> str:
    """The spelling under which names are compared: full-width brackets, no blanks, curly quotes."""
    for old, new in (("(", "（"), (")", "）"), (" ", ""), ("\u3000", ""), ("\n", ""), ('"', "“")):
        text = text.replace(old, new)
    return text
