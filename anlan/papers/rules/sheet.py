"""One paper as it stands on the sheet, and the measures of GB/T 9704-2012 that all drawings share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from anlan.papers.rules.blocks import Block, parts
from anlan.papers.rules.wording import date_words, title_lines

# Sheet and type area, mm (5.1, 5.2.1): A4, 天头 37, 订口 28, 版心 156 × 225.
WIDTH, HEIGHT = 210, 297
TOP, BOTTOM, INNER, OUTER = 37, 35, 28, 26
AREA_WIDTH, AREA_HEIGHT = 156, 225
# 22 lines of 28 characters in 3号 (5.2.3); sizes in points.
LINES, CHARACTERS = 22, 28
SIZE_1, SIZE_2, SIZE_3, SIZE_4 = 26.0, 22.0, 16.0, 14.0
RED: Final = "C4161C"
MM: Final = 72 / 25.4
PITCH: Final = AREA_HEIGHT * MM / LINES
ADVANCE: Final = AREA_WIDTH * MM / CHARACTERS

# What the standard names first, then what common systems have instead. The last is drawn in any case.
FONTS: Final[Mapping[str, Sequence[str]]] = {
    "title": (
        "方正小标宋简体",
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "小标宋体",
        "SimSun",
        "Songti SC",
        "STSong",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
    ),
    "body": (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "仿宋",
        "FangSong",
        "STFangsong",
        "方正仿宋_GBK",
        "方正仿宋简体",
        "SimSun",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
    ),
    "black": (
        "黑体",
        "SimHei",
        "方正黑体_GBK",
        "STHeiti",
        "Heiti SC",
        "Microsoft YaHei",
        "Source Han Sans SC",
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "WenQuanYi Zen Hei",
    ),
    "script": (
        "楷体_GB2312",
        "KaiTi_GB2312",
        "楷体",
        "KaiTi",
        "STKaiti",
        "Kaiti SC",
        "方正楷体_GBK",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
    ),
    "plain": (
        "宋体",
        "SimSun",
        "Songti SC",
        "STSong",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
    ),
}
SCRIPT_FACES: Final = FONTS["script"][:7]


@dataclass(frozen=True)
class Sheet:
    """All that is drawn. Empty parts are left out.

    issuer: the red head. letter: 函, whose number stands at the right below the line, others' in the
    middle above it (7.2.5, 10.1). notes: {figure: where the number comes from}, printed when wanted.
    draft: a paper not yet signed, which every page says.
    """

    issuer: str
    title: str
    blocks: Sequence[Block]
    number: str = ""
    recipients: str = ""
    enclosures: Sequence[str] = ()
    signature: str = ""
    dated: date | None = None
    contact: str = ""
    copy_to: str = ""
    imprint: str = ""
    letter: bool = False
    draft: bool = False
    notes: Mapping[int, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The issuer's name, with 文件 where it is none of a letter."""
        return self.issuer

    def plain(self) -> dict[str, Any]:
        """The sheet as data for a template: texts, lists and truth values only."""
        body, annexes = parts(self.blocks)
        numbers = {one: n for n, one in enumerate(self.notes, 1)}
        return {
            "issuer": self.head,
            "number": self.number,
            "title": title_lines(self.title),
            "name": self.title.replace("\n", ""),
            "recipients": f"{self.recipients.rstrip('：:')}：" if self.recipients else "",
            "body": _noted(body, numbers),
            "enclosures": enclosure_lines(self.enclosures),
            "signature": self.signature,
            "dated": date_words(self.dated) if self.dated else "",
            "contact": f"（{self.contact.strip('（）()')}）" if self.contact else "",
            "annexes": [
                {
                    "mark": f"附件{n}" if len(annexes) > 1 else "附件",
                    "title": title_lines("".join(run["text"] for run in one[0]["runs"])),
                    "blocks": _noted(one[1:], numbers),
                }
                for n, one in enumerate(annexes, 1)
            ],
            "copy_to": f"抄送：{self.copy_to.rstrip('。')}。" if self.copy_to else "",
            "imprint": self.imprint,
            "printed": f"{date_words(self.dated)}印发" if self.dated else "",
            "letter": self.letter,
            "draft": self.draft,
            "notes": [f"{n}. {self.notes[one]}" for one, n in numbers.items()],
        }


def enclosure_lines(enclosures: Sequence[str]) -> list[list[str]]:
    """[number, name] of each enclosure; a single one bears no number (7.3.4)."""
    names = [one.strip().rstrip("。；，") for one in enclosures if one.strip()]
    if len(names) == 1:
        return [["", names[0]]]
    return [[f"{n}.", one] for n, one in enumerate(names, 1)]


def _noted(blocks: Sequence[Block], numbers: Mapping[int, int]) -> list[Block]:
    """The blocks with a note's number on each figure that has one."""
    if not numbers:
        return list(blocks)

    def runs(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**one, "note": numbers[one["figure"]]} if one.get("figure") in numbers else dict(one)
            for one in found
        ]

    noted = []
    for block in blocks:
        fresh = dict(block)
        for name in ("runs", "after", "head", "items", "rows"):
            if name in fresh:
                match name:
                    case "runs" | "after":
                        fresh[name] = runs(fresh[name])
                    case "rows":
                        fresh[name] = [[runs(cell) for cell in row] for row in fresh[name]]
                    case _:
                        fresh[name] = [runs(cell) for cell in fresh[name]]
        noted.append(fresh)
    return noted
