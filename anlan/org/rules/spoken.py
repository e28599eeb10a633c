"""What industries are called in real registers, beside their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words of everyday registers; each means one industry of `org`.
EVERYDAY = {
    "化工": "hazchem",
    "危化": "hazchem",
    "危化品": "hazchem",
    "危险化学品生产": "hazchem",
    "危险化学品经营": "hazchem",
    "烟花": "fireworks",
    "鞭炮": "fireworks",
    "民爆": "civil-explosives",
    "非煤": "noncoal-mine",
    "金属非金属矿山": "noncoal-mine",
    "尾矿": "tailings",
    "钢铁": "metallurgy",
    "燃气": "urban-gas",
    "建筑": "construction",
    "房建": "construction-housing",
    "道路运输": "road-transport",
    "道路交通": "road-transport",
    "消防": "fire",
    "粉尘": "dust-explosion",
    "有限空间": "confined-space",
    "渔船": "fishing-vessel",
    "自建房": "self-built-house",
}
_BRACKETS = re.compile(r"^([^（]+)（(.+)）$")


def spoken(industries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(slug, word) for every way of naming one of `industries` (slug, name); the names themselves first.

    非煤矿山（含稀土） is also 非煤矿山. A word that would mean two of them is left out.
    """
    pairs = list(industries)
    names = {name for _, name in pairs}
    slugs = {slug for slug, _ in pairs}
    short = [(slug, match[1]) for slug, name in pairs if (match := _BRACKETS.match(name))]
    further = [*short, *((slug, word) for word, slug in EVERYDAY.items() if slug in slugs)]
    words = [word for _, word in further]
    return pairs + [(slug, word) for slug, word in further if word not in names and words.count(word) == 1]
