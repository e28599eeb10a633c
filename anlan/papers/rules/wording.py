"""The words of official papers: dates, numbers, titles, and the text of a reminder letter.

Forms follow GB/T 9704-2012: dates in Arabic digits without leading zeros (7.3.5.4), the year of a
number in six-cornered brackets, the sequence without leading zero and without 第 (7.2.5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

Block = dict[str, Any]
CODE: Final = re.compile(r"^[\u4e00-\u9fffA-Za-z]{1,20}$")
DIGITS: Final = "零一二三四五六七八九"
# A line of a title neither begins with these nor is parted inside a word made of digits.
NEVER_FIRST: Final = "的、，。；：）》〉”’年月日号条项个次度等"
NEVER_LAST: Final = "《〈（“‘第〔"
TITLE_LINE: Final = 19
# Words that a title is not broken within.
WHOLE: Final = [
    "安全生产",
    "工作要点",
    "完成情况",
    "落实情况",
    "专项整治",
    "重大隐患",
    "典型执法案例",
    "执法案例",
    "应急管理",
    "防灾减灾",
    "半年度",
    "上半年",
    "下半年",
    "办公室",
    "委员会",
    "风险隐患",
    "排查整治",
    "挂牌督办",
    "隐患排查",
    "事故隐患",
    "警示教育",
    "提醒函",
    "督办单",
    "更正说明",
    "任务清单",
    "重点任务",
    "重点工作",
    "工作",
    "情况",
    "关于",
    "报告",
    "通知",
    "进一步",
    "加强",
    "开展",
    "做好",
    "实施",
    "方案",
    "意见",
    "未完成",
    "逾期",
    "任务",
]


def date_words(day: date) -> str:
    """2023年6月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def ordinal(n: int) -> str:
    """一 … 九十九, for the numbers of headings; ValueError outside [1, 99]."""
    if not 1 <= n <= 99:
        raise ValueError("headings are numbered from 1 to 99")
    tens, ones = divmod(n, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


def document_number(code: str, year: int, n: int) -> str:
    """饶安办提〔2023〕17号."""
    return f"{code}〔{year}〕{n}号"


def code_fault(code: str) -> str:
    """What is wrong with an issuer's code (机关代字), empty if nothing."""
    if not code:
        return "还没有填发文机关代字（如“饶安办提”）"
    return "" if CODE.match(code) else "发文机关代字只用汉字或字母，不含年份、括号和序号"


def title_lines(title: str, longest: int = TITLE_LINE) -> list[str]:
    """The lines of a title: as few as needed, of nearly the same length, words kept whole (7.3.1).

    A title that carries line breaks keeps them.
    """
    if "\n" in title:
        return [line.strip() for line in title.split("\n") if line.strip()]
    count = -(-len(title) // longest)
    found, rest = [], title
    while count > 1:
        at = _break_at(rest, len(rest) / count, longest)
        found.append(rest[:at])
        rest, count = rest[at:], count - 1
    return [*found, rest]


def _break_at(text: str, ideal: float, longest: int) -> int:
    low, high = max(2, int(ideal) - 5), min(len(text) - 2, longest, int(ideal) + 5)
    places = range(low, high + 1)
    return min(places, key=lambda at: (_unfit(text, at) + abs(at - ideal), at)) if places else int(ideal)


def _unfit(text: str, at: int) -> float:
    before, after = text[at - 1], text[at]
    cost = 0.0
    if after in NEVER_FIRST or before in NEVER_LAST:
        cost += 20
    if before.isascii() and after.isascii():
        cost += 20
    if text.count("《", 0, at) > text.count("》", 0, at):
        cost += 2
    for word in WHOLE:
        begin = text.find(word, max(0, at - len(word) + 1), at + len(word) - 1)
        if 0 <= begin < at < begin + len(word):
            cost += 6
    if before in "的、，》）":
        cost -= 3
    return cost


# Reminder -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matter:
    """What a unit owes: the item and its requirement as the document has it, the day it was due, how
    many days ago, and where it stands (“本期应报1个，已报0个”)."""

    item: str
    requirement: str
    due: date
    overdue: int
    standing: str = ""


@dataclass(frozen=True)
class Reminder:
    """A reminder letter's words: title, body, and the notes of its enclosures."""

    title: str
    blocks: list[Block]
    enclosures: list[str]


def reminder(
    source: str,
    matters: Sequence[Matter],
    *,
    today: date,
    answer_by: date,
    addressee: str = "你单位",
    sender: str = "我办",
    title: str = "",
) -> Reminder:
    """The letter for one unit's overdue matters.

    source: the document with its number, 《…》（…号）; addressee and sender: how the letter speaks of
    both. One matter is told in a sentence, several in a list; from five on as a table in an enclosure.
    ValueError without matters.
    """
    if not matters:
        raise ValueError("a reminder speaks of at least one matter")
    body: list[Block] = []
    enclosures: list[str] = []
    as_of = date_words(today)
    if len(matters) == 1:
        one = matters[0]
        body.append(_paragraph(f"{source}{one.item}要求，{_sentence(one.requirement)}"))
        body.append(_paragraph(f"截至{as_of}，{addressee}{_standing(one)}。"))
    else:
        body.append(_paragraph(f"{source}印发以来，{addressee}有{len(matters)}项任务到期未完成。"))
        if len(matters) < 5:
            body.append(_paragraph(f"截至{as_of}，具体情况如下："))
            body += [
                _paragraph(f"{n}.{one.item}：{_sentence(one.requirement)}{_standing(one)}。")
                for n, one in enumerate(matters, 1)
            ]
        else:
            enclosures.append(f"未完成任务清单（{len(matters)}项）")
            body.append(_paragraph(f"截至{as_of}，具体情况见附件。"))
    body.append(
        _paragraph(
            f"请于{date_words(answer_by)}前完成，并书面答复完成情况；确有困难的，说明原因和完成时限。"
            f"逾期仍未完成又不说明的，{sender}将按规定督办，有关情况记入年度考核过程。"
        )
    )
    body.append(_paragraph("特此提醒。"))
    if enclosures:
        body += _annex(matters, enclosures[0])
    return Reminder(title or _reminder_title(matters), body, enclosures)


def _reminder_title(matters: Sequence[Matter]) -> str:
    if len(matters) == 1:
        return f"关于{matters[0].item}任务逾期的提醒函"
    return "关于重点任务逾期未完成的提醒函"


def _standing(one: Matter) -> str:
    told = f"{one.standing.rstrip('。')}，" if one.standing else ""
    late = f"现已逾期{one.overdue}日" if one.overdue > 0 else "即将到期"
    return f"{told}该项任务应于{date_words(one.due)}前完成，{late}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith(("。", "；", "！")) else f"{text}。"


def _annex(matters: Sequence[Matter], title: str) -> list[Block]:
    head = ["序号", "条目", "要求", "期限", "逾期（日）", "情况"]
    rows = [
        [str(n), one.item, one.requirement, one.due.isoformat(), str(max(one.overdue, 0)), one.standing]
        for n, one in enumerate(matters, 1)
    ]
    return [
        {"kind": "annex", "runs": [{"text": title}]},
        {
            "kind": "table",
            "title": "",
            "head": [_cell(one) for one in head],
            "rows": [[_cell(one) for one in row] for row in rows],
        },
    ]


def _cell(text: str) -> list[dict[str, Any]]:
    return [{"text": text}] if text else []


def _paragraph(text: str) -> Block:
    return {"kind": "paragraph", "runs": [{"text": text}]}
