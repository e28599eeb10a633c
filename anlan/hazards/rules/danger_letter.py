"""The words of a supervision order (督办单) about hidden dangers, and its schedule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anlan.papers.rules.wording import Block, date_words

SCHEDULE = "督办隐患清单"
OPENING = "截至"
TITLE = ("关于督促整改", "事故隐患的督办单")
HEAD = ("序号", "编号", "隐患内容", "企业", "整改期限", "逾期（日）")


@dataclass(frozen=True)
class Line:
    """One danger of the schedule: its number, what is wrong, where, how bad, by when, how it stands."""

    number: str
    content: str
    firm: str
    major: bool
    due: date | None
    late: int
    standing: str


@dataclass(frozen=True)
class Letter:
    """Title, body with the schedule as an enclosure on a page of its own, and the enclosures' names."""

    title: str
    blocks: list[Block]
    enclosures: list[str]


def order(lines: Sequence[Line], *, today: date, answer_by: date) -> Letter:
    """The order to the office that answers for these dangers. ValueError without any."""
    if not lines:
        raise ValueError("an order speaks of at least one danger")
    body = [
        opening(lines, today),
        _paragraph(
            "请你单位依照职责，督促有关单位落实整改责任、措施、资金、时限和预案，逐条整改、逐条验收销号；"
            "整改期间督促其采取防范措施，确保安全。"
        ),
        _paragraph(
            f"请于{date_words(answer_by)}前书面答复整改进展；不能按期完成的，逐条说明原因、期间防范措施和完成时限。"
        ),
    ]
    annex = schedule_name(len(lines))
    return Letter(title_of(lines), [*body, *schedule(lines)], [annex])


def title_of(lines: Sequence[Line]) -> str:
    """关于督促整改某酒店事故隐患的督办单, of several 关于督促整改3条事故隐患的督办单."""
    what = lines[0].firm if len(lines) == 1 and lines[0].firm else f"{len(lines)}条"
    return f"{TITLE[0]}{what}{TITLE[1]}"


def retitled(title: str, lines: Sequence[Line]) -> str:
    """The title for other lines; one that a clerk has worded anew stays."""
    ours = title.startswith(TITLE[0]) and title.endswith(TITLE[1])
    return title_of(lines) if ours else title


def opening(lines: Sequence[Line], today: date) -> Block:
    """How many there are, how many of them are major or late."""
    major, late = sum(one.major for one in lines), [one.late for one in lines if one.late > 0]
    parts = [f"其中重大{major}条"] if major else []
    if late:
        parts.append(f"逾期{len(late)}条，最长逾期{max(late)}日")
    told = f"，{'，'.join(parts)}" if parts else ""
    return _paragraph(
        f"{OPENING}{date_words(today)}，由你单位督促整改的{len(lines)}条事故隐患尚未销号{told}。具体情况见附件。"
    )


def schedule_name(count: int) -> str:
    """督办隐患清单（3条）."""
    return f"{SCHEDULE}（{count}条）"


def schedule(lines: Sequence[Line]) -> list[Block]:
    """The enclosure: its head and its table."""
    rows = [
        [
            str(n), one.number, f"{one.content}（重大）" if one.major else one.content, one.firm or "—",
            one.due.isoformat() if one.due else "未定", str(max(one.late, 0)),
        ]
        for n, one in enumerate(lines, 1)
    ]  # fmt: skip
    return [
        {"kind": "annex", "runs": [{"text": schedule_name(len(lines))}]},
        {
            "kind": "table", "title": "",
            "head": [[{"text": word}] for word in HEAD],
            "rows": [[[{"text": cell}] if cell else [] for cell in row] for row in rows],
        },
    ]  # fmt: skip


def with_schedule(blocks: Sequence[Block], lines: Sequence[Line], today: date) -> list[Block]:
    """The body of a draft with its schedule made anew; the clerk's own sentences stay.

    The opening sentence, which counts, is made anew as well; without a schedule in the body one is added.
    """
    found: list[Block] = []
    skip = False
    for block in blocks:
        if block["kind"] == "annex":
            skip = _text(block).startswith(SCHEDULE)
        if not skip:
            fresh = not found and block["kind"] == "paragraph" and _text(block).startswith(OPENING)
            found.append(opening(lines, today) if fresh else block)
    return [*found, *schedule(lines)]


def _text(block: Block) -> str:
    return "".join(str(run.get("text", "")) for run in block.get("runs", ()))


def _paragraph(text: str) -> dict[str, Any]:
    return {"kind": "paragraph", "runs": [{"text": text}]}
