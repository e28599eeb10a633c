"""Blocks, wording, sheet: pure rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.papers.rules import blocks, wording
from anlan.papers.rules.sheet import ADVANCE, PITCH, Sheet, enclosure_lines
from anlan.papers.rules.wording import Matter

TEXT = """根据要点，报告如下。
一、总体情况
应办[742](#2)项，按期办结[641](#3)项。
（三）落实制度。1至6月已开展[86](#8)次。
1.分级管控
（1）省级
表：各县区
| 县区 | 应办 |
| 信州区 | [12](#9) |

=== 附件1：清单 ===
| 序号 | 条目 |
| 1 | 第25条 |
"""


def test_levels_are_told_by_their_numbers() -> None:
    found = [(one["kind"], one.get("level")) for one in blocks.parse(TEXT)]
    assert found == [
        ("paragraph", None),
        ("heading", 1),
        ("paragraph", None),
        ("heading", 2),
        ("heading", 3),
        ("heading", 4),
        ("table", None),
        ("annex", None),
        ("table", None),
    ]


def test_a_second_level_runs_on_after_its_full_stop() -> None:
    heading = blocks.parse(TEXT)[3]
    assert blocks.plain(heading["runs"]) == "（三）落实制度。"
    assert heading["after"][1] == {"text": "86", "figure": 8}


def test_figures_keep_their_identity_and_order() -> None:
    assert blocks.figures(blocks.parse(TEXT)) == [2, 3, 8, 9]


def test_a_number_with_decimals_is_no_heading() -> None:
    assert blocks.parse("1.5万元已到位")[0]["kind"] == "paragraph"


def test_lines_and_blocks_say_the_same() -> None:
    found = blocks.parse(TEXT)
    assert blocks.parse(blocks.lines(found)) == found


@given(st.text(alphabet="一二（）()1.、|。=表附件：[]#\n 甲乙", max_size=120))
def test_whatever_is_typed_becomes_blocks_that_stay_the_same(text: str) -> None:
    try:
        found = blocks.parse(text)
    except blocks.BadBlock:
        return
    assert blocks.clean(found) == found
    assert blocks.figures(found) == blocks.figures(blocks.parse(blocks.lines(found)))


@pytest.mark.parametrize(
    "wrong",
    [[{"kind": "picture"}], [{"kind": "heading", "level": 5, "text": "五"}], "正文", [{"kind": "table"}]],
)
def test_a_body_that_cannot_be_drawn_says_where(wrong: object) -> None:
    with pytest.raises(blocks.BadBlock, match="正文"):
        blocks.clean(wrong)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        pytest.param(date(2023, 6, 5), "2023年6月5日", id="9704-7.3.5.4 no leading zero"),
        pytest.param(date(2023, 12, 31), "2023年12月31日", id="9704-7.3.5.4 two digits"),
    ],
)
def test_dates_in_words(day: date, words: str) -> None:
    assert wording.date_words(day) == words


def test_a_number_has_six_cornered_brackets_and_no_leading_zero() -> None:
    assert wording.document_number("饶安办提", 2023, 1) == "饶安办提〔2023〕1号"


@pytest.mark.parametrize(
    ("code", "right"), [("饶安办提", True), ("", False), ("饶安〔2023〕", False), ("饶安办1", False)]
)
def test_a_code_is_letters_only(code: str, right: bool) -> None:
    assert (wording.code_fault(code) == "") is right


@pytest.mark.parametrize(("n", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (63, "六十三")])
def test_ordinals(n: int, words: str) -> None:
    assert wording.ordinal(n) == words


def test_a_long_title_breaks_between_words() -> None:
    lines = wording.title_lines("关于上饶市2023年上半年安全生产工作要点完成情况的报告")
    assert lines == ["关于上饶市2023年上半年", "安全生产工作要点完成情况的报告"]


@given(st.text(alphabet="关于的安全生产工作2023年《》报告", min_size=1, max_size=120))
def test_a_title_loses_nothing_by_breaking(title: str) -> None:
    assert "".join(wording.title_lines(title)) == title


def matters(count: int) -> list[Matter]:
    return [Matter(f"第{n}条", "每季度研判1次", date(2023, 6, 10), 10) for n in range(1, count + 1)]


def reminded(count: int) -> wording.Reminder:
    return wording.reminder("《要点》", matters(count), today=date(2023, 6, 20), answer_by=date(2023, 6, 27))


def test_one_matter_is_told_in_sentences_with_its_dates() -> None:
    text = blocks.lines(reminded(1).blocks)
    assert "应于2023年6月10日前完成，现已逾期10日" in text
    assert "请于2023年6月27日前完成，并书面答复" in text
    assert text.endswith("特此提醒。")


def test_few_matters_are_listed_and_many_stand_in_an_enclosure() -> None:
    few, many = reminded(4), reminded(5)
    assert not few.enclosures and "4.第4条" in blocks.lines(few.blocks)
    assert many.enclosures == ["未完成任务清单（5项）"]
    assert len(blocks.parts(many.blocks)[1][0][1]["rows"]) == 5


def test_a_reminder_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        wording.reminder("《要点》", [], today=date(2023, 6, 20), answer_by=date(2023, 6, 27))


def test_a_single_enclosure_bears_no_number() -> None:
    assert enclosure_lines(["清单；"]) == [["", "清单"]]
    assert enclosure_lines(["甲", " ", "乙"]) == [["1.", "甲"], ["2.", "乙"]]


def test_the_grid_is_22_lines_of_28_characters() -> None:
    assert pytest.approx(225 / 25.4 * 72) == 22 * PITCH
    assert pytest.approx(156 / 25.4 * 72) == 28 * ADVANCE


def test_notes_number_the_figures_in_order() -> None:
    sheet = Sheet("甲", "题", blocks.parse(TEXT), notes={2: "应办：…", 8: "开展：…"})
    data = sheet.plain()
    assert data["notes"] == ["1. 应办：…", "2. 开展：…"]
    assert data["body"][2]["runs"][1]["note"] == 1
    assert "note" not in data["body"][2]["runs"][3]
