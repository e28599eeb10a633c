"""Lists of addressees: `各市、县（区）人民政府，赣江新区管委会，省安委会各成员单位`."""

from __future__ import annotations

import re

from anlan.programmes.compiler import vocabulary

_END = re.compile(
    vocabulary.one_of("units.ends")
    + "$|(?:成员|有关|相关|直属|驻.)单位$|部门$|[县市区镇乡]企业$|企业$|村$|社区$|学校$"
)
_ZONE = re.compile(
    r"(?:开发区|风景名胜区|试验区|新区|示范区|度假区|园区|高新区|经开区|县（市、区）|[县市区])$"
)
_COMMON = ("开发区", "试验区", "新区", "示范区", "园区")
_SHARED = re.compile(
    r"(?:管委会|管理委员会|安委办|安委会办公室|安委会|消安委|安全生产委员会|办公室|人民政府)$"
)


def split_recipients(text: str) -> tuple[str, ...]:
    """The addressees in order; a word that several share at the end (管委会) is given to each."""
    out: list[str] = []
    for group in re.split(r"[，；。]", text.strip("：:，。 \n")):
        out += _members(group.strip())
    return tuple(name for name in out if name)


def _members(group: str) -> list[str]:
    parts = _split(group)
    if len(parts) < 2:
        return [group]
    if parts[-1].endswith("成员单位") and all(_committee(part, parts[-1][0]) for part in parts[:-1]):
        return [group]
    shared = _SHARED.search(parts[-1])
    if shared and any(
        part.startswith("各") and not part.endswith("）") and _ZONE.search(part) for part in parts[:-1]
    ):
        return [group]
    own = [part for part in parts[:-1] if not _END.search(part) or _ZONE.search(part)]
    if (
        shared
        and len(own) == len(parts) - 1
        and all(_ZONE.search(part) and _proper(part, group) for part in own)
    ):
        return [part + shared.group() for part in parts[:-1]] + [parts[-1]]
    if all(_END.search(part) and len(part) > 2 and part != "人民政府" for part in parts):
        return parts
    return [group]


def _committee(part: str, letter: str) -> bool:
    """A committee beside another of its place: 区安委会、区消安委各成员单位."""
    return part[0] == letter and bool(re.search("(?:安委会|消安委|委员会)$", part))


def _proper(part: str, group: str) -> bool:
    """各开发区 is no proper name; 各县（市、区） may head a list of zones where it is complete."""
    if part.endswith("）"):
        return True
    return not part.startswith("各") and part not in _COMMON


def _split(group: str) -> list[str]:
    parts: list[str] = []
    depth, start = 0, 0
    for at, mark in enumerate(group):
        depth += (mark == "（") - (mark == "）")
        if mark == "、" and depth == 0:
            parts.append(group[start:at])
            start = at + 1
    parts.append(group[start:])
    return [part for part in parts if part]
