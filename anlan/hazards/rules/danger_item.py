"""Which item of the key points a danger serves: proposed by its industry and by the item's measures.

Pure. A proposal is no judgement: an officer confirms, changes or clears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# In which words documents speak of an industry, where the industry's own name does not occur in them.
WORDS: Mapping[str, tuple[str, ...]] = {
    "coal-mine": ("煤矿", "矿山"),
    "noncoal-mine": ("非煤矿山", "矿山"),
    "hazchem": ("危险化学品", "危化品", "危化"),
    "chem-park": ("化工园区",),
    "civil-explosives": ("民用爆炸", "民爆"),
    "metallurgy": ("冶金", "钢铁", "工贸"),
    "nonferrous": ("铝加工", "有色", "工贸"),
    "commerce": ("商贸", "餐饮"),
    "dust-explosion": ("粉尘",),
    "confined-space": ("有限空间", "硫化氢"),
    "construction-housing": ("房屋市政", "建筑施工"),
    "road-transport": ("道路交通", "道路运输", "公路安全", "客运", "货运"),
    "railway-transport": ("铁路",),
    "water-transport": ("水上交通", "水路运输", "渡运"),
    "fishing-vessel": ("渔船", "渔业"),
    "urban-gas": ("燃气",),
    "oil-gas-pipeline": ("油气管道", "油气长输管道", "管道"),
    "fire": ("消防", "火灾"),
    "self-built-house": ("自建房",),
    "tourism": ("旅游", "玻璃栈道"),
    "new-energy": ("锂电", "氢能", "新能源"),
    "alcohol-fuel": ("醇基燃料",),
    "agri-machinery": ("农业机械", "农机"),
    "education": ("校园", "学校", "校车"),
    "laboratory": ("实验室",),
    "e-bike": ("电动自行车",),
    "ice-snow-venue": ("冰雪",),
    "mass-event": ("大型群众性活动", "大型活动"),
}
OURS, MAJOR = "dangers-", "dangers-major"
IN_TITLE, MOST_IN_TEXT = 6, 3


@dataclass(frozen=True)
class Candidate:
    """An item: its key, title, text, and the keys of the measures that its obligations are bound to."""

    key: int
    title: str
    text: str
    measures: tuple[str, ...] = ()


def words_of(slug: str, name: str) -> tuple[str, ...]:
    """The words by which a document speaks of an industry: the table's, else the parts of its name."""
    return WORDS.get(slug) or tuple(part for part in re.split(r"[（）、，。等]", name) if len(part) > 1)


def propose(
    items: Iterable[Candidate], own: Sequence[str], above: Sequence[str] = (), *, major: bool = False
) -> int | None:
    """The key of the item that a danger of this industry most likely serves, or None.

    own: the industry's words; above: those of the industry over it. Whatever names the industry stands
    before what only counts dangers; of several the one that names it in its title, then the one whose
    figure counts what this danger is (a major one by measures of major ones), then the earlier one.
    """
    ranked = [
        (speaks(one, own), speaks(one, above), counts(one, major), -place, one.key)
        for place, one in enumerate(items)
    ]
    told = [one for one in ranked if one[0] or one[1] or one[2]]
    return max(told)[-1] if told else None


def speaks(item: Candidate, words: Sequence[str]) -> int:
    """How much an item speaks of these words: in the title most, in the text up to three times."""
    in_title = any(word in item.title for word in words)
    in_text = sum(item.text.count(word) for word in words)
    return IN_TITLE * in_title + min(in_text, MOST_IN_TEXT)


def counts(item: Candidate, major: bool) -> int:
    """Whether the item is judged by figures that count such a danger: 2 by those of major ones alone, 1 by
    those of all, 0 by none. An ordinary danger moves no figure of major ones."""
    ours = [key.startswith(MAJOR) for key in item.measures if key.startswith(OURS)]
    return 2 if major and any(ours) else 1 if not all(ours) else 0
