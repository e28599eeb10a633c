"""Lists of names: `省应急厅、省住房和城乡建设厅及各市、县（区）政府`.

The marks that separate names also stand inside names: a cut counts only where the left side is a whole name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.gazetteer import Gazetteer

_UNIT_END = re.compile(vocabulary.one_of("units.ends") + r"(?:（[^（）]*）)?$")
_GROUP_END = re.compile(vocabulary.one_of("units.group_ends") + r"(?:（[^（）]*）)?$")
_GROUP_START = re.compile("^" + vocabulary.one_of("units.group_starts"))
_GENERIC = re.compile(
    r"^(?:开发区|园区|功能区|产业园区?|工业园区?|镇街|街镇|街道|乡镇|镇|村|社区)(?:管委会|人民政府|政府)?$|^街道办事处$|^乡镇|^镇街|有关|相关|各级|各地|成员单位|“\d+\+\d+”|负有|主管部门|监管部门|^(?:省|市|县|区|旗)直|（[市县区、]+）"
)
_AND = re.compile(r"以及|和|及|与|暨")
_SEPARATORS = "、，,；;\n "
_WHICH = r"(?:[省市县区旗州](?:级|直)?|负有[^、，]{2,16}的?|承担[^、，]{2,16}的?)?(?:各)?(?:有关|相关)?"
_BODIES = r"(?:部门和单位|单位和部门|部门（单位）|成员单位|部门|单位)"
_ETC = re.compile(rf"等(?P<rest>{_WHICH}{_BODIES}|\d*个?(?:部门|单位))?$")
_ETC_INSIDE = re.compile(rf"等(?={_WHICH}{_BODIES})")
_NAMED_GROUP = re.compile(r"有关|相关|各|成员|负有|承担|级|直")
_OPENER = re.compile(r"^(?:由|请|并由|并|以及|和|及|与|商)")
_LEVELS_HEAD = re.compile(r"^各[市县区州旗镇乡地](?:、[市县区州])?$")
_LEVELS_TAIL = re.compile(
    r"^(?:市|县|区|州|旗|镇|乡|街道|镇街|乡镇)(?:（[^（）]*）)?(?:党委)?(?:(?:人民)?政府.*|管委会)?$"
)
_COMMITTEES = re.compile(r"党委$|^各.*[市县区州旗]委$")
_GOVERNMENT = ("政府", "人民政府")
_LEVEL_ONLY = re.compile(r"^(?:各)?[省市县区州旗乡镇]$")


@dataclass(frozen=True, slots=True)
class Name:
    """One party as written; `kind` is unit or group."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Names:
    """A list of parties; `open_list` where it ends in 等; `rest` are words that look like no party."""

    names: tuple[Name, ...]
    open_list: bool
    rest: tuple[str, ...]


def read_names(text: str, gazetteer: Gazetteer) -> Names:
    """The parties of a list, in order."""
    text = _OPENER.sub("", text.strip(_SEPARATORS + "。：:"))
    text, tail, open_list = _etcetera(text)
    words = [part for word in _split(text) for part in _split_and(word, gazetteer)]
    names: list[Name] = []
    rest: list[str] = []
    for word in _merge(words, gazetteer):
        open_list = open_list or word.endswith("等")
        name = classify(word.removesuffix("等"), gazetteer)
        if name is None:
            rest.append(word)
        else:
            names.append(name)
    if tail:
        names.append(Name(tail, "group"))
    return Names(tuple(names), open_list, tuple(rest))


def classify(word: str, gazetteer: Gazetteer) -> Name | None:
    """A party as unit or group, or None where the word names no party."""
    if len(word) < 2 or len(word) > 45:
        return None
    if gazetteer.group(word) or _is_group(word):
        return Name(word, "group")
    if gazetteer.unit(word) or _UNIT_END.search(word) or gazetteer.bare(word):
        return Name(word, "unit")
    if _GROUP_END.search(word):
        return Name(word, "group")
    return None


def _is_group(word: str) -> bool:
    if word.endswith("的"):
        return False
    if word.startswith("各") or _GENERIC.search(word):
        return True
    return bool((_GROUP_START.match(word) or "各" in word) and _GROUP_END.search(word))


def _etcetera(text: str) -> tuple[str, str, bool]:
    """Cut `等有关部门` off: the list, the group that is left (有关部门), and whether the list is open."""
    found = _ETC.search(text)
    if not found or found.start() == 0:
        return text, "", False
    rest = found["rest"] or ""
    group = rest if _NAMED_GROUP.search(rest) else ""
    return text[: found.start()], group, True


def _split(text: str) -> list[str]:
    """Cut at 、，；outside brackets and quotation marks."""
    words: list[str] = []
    depth, start = 0, 0
    for at, mark in enumerate(text):
        if mark in "（“《":
            depth += 1
        elif mark in "）”》":
            depth = max(0, depth - 1)
        elif depth == 0 and mark in _SEPARATORS:
            words.append(text[start:at])
            start = at + 1
    words.append(text[start:])
    return [word for word in words if word]


def _merge(words: list[str], gazetteer: Gazetteer) -> list[str]:
    """Put names together again that hold a 、 themselves: 各市、县（区）政府."""
    out: list[str] = []
    held: list[str] = []
    for word in words:
        if word in _GOVERNMENT and out and _COMMITTEES.search(out[-1]):
            out[-1] = f"{out[-1]}、{word}"
            continue
        if out and _LEVELS_HEAD.match(out[-1]) and _LEVELS_TAIL.match(word):
            out[-1] = f"{out[-1]}、{word}"
            continue
        held.append(word)
        whole = "、".join(held)
        if len(held) > 1 and (gazetteer.group(whole) or gazetteer.unit(whole)):
            out.append(whole)
            held = []
        elif not _unfinished(word, gazetteer):
            out.append(whole if len(held) > 1 else word)
            held = []
    return out + held


def _unfinished(word: str, gazetteer: Gazetteer) -> bool:
    """A word that cannot stand alone in a list: 各市, 省, 中央."""
    if gazetteer.unit(word) or gazetteer.bare(word) or gazetteer.group(word):
        return False
    return bool(_LEVEL_ONLY.match(word)) or word in ("中央", "各级党委", "各省辖市")


def _split_and(word: str, gazetteer: Gazetteer) -> list[str]:
    """Cut at 和、及、与 where both sides are whole names: not in 发展和改革委员会."""
    if gazetteer.group(word) or gazetteer.unit(word) or word.endswith(("党委和政府", "党委和人民政府")):
        return [word]
    for found in _AND.finditer(word):
        left, right = word[: found.start()], word[found.end() :]
        if not left or not right:
            return [part for part in (left, right) if part]
        if _depth(word, found.start()) == 0 and _whole(left, gazetteer) and _whole_right(right, gazetteer):
            return [*_split_etc(left), *_split_and(right, gazetteer)]
    return _split_etc(word)


def _split_etc(word: str) -> list[str]:
    """`市商务局等有关部门` inside a longer list: the unit, then the group."""
    found = _ETC_INSIDE.search(word)
    if not found or found.start() == 0:
        return [word]
    rest = word[found.end() :]
    return [word[: found.start()], *([rest] if _NAMED_GROUP.match(rest) else [])]


def _whole(left: str, gazetteer: Gazetteer) -> bool:
    return bool(gazetteer.group(left) or _UNIT_END.search(left) or _GROUP_END.search(left))


def _whole_right(right: str, gazetteer: Gazetteer) -> bool:
    following = _AND.search(right)
    head = right[: following.start()] if following else right
    return bool(_LEVEL_ONLY.match(right)) or _whole(right, gazetteer) or _whole(head, gazetteer)


def _depth(text: str, at: int) -> int:
    return text.count("（", 0, at) - text.count("）", 0, at) + text.count("“", 0, at) - text.count("”", 0, at)
