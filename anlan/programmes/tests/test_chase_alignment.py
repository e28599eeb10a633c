"""Two real documents against each other: which sentence of the province stands in which of the city."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from anlan.programmes.compiler import compile as compile_text
from anlan.programmes.rules import alignment
from anlan.programmes.rules.alignment import Clause, Pair, align, grams, parts

HERE = Path(__file__).parent
SEEDS = HERE.parent / "demo"
# (item and words above, item and words below): a person sees at once that these belong together.
OBVIOUS = [
    ("9", "尾矿库实施闭库销号", "12", "尾矿库关闭退出或闭库销号"),
    ("14", "化工园区整治提升", "14", "精细化工“四个清零”"),
    ("14", "重点县专家指导服务", "14", "重点县专家指导服务"),
    ("14", "风险监测预警系统运用", "27", "风险监测预警系统能力建设"),
    ("16", "大型商业综合体", "15", "大型商业综合体"),
    ("19", "下店上宅", "19", "下店上宅"),
    ("19", "对批发企业重点检查", "19", "严查批发企业"),
    ("19", "许可后的抽查复核", "19", "许可后的抽查复核"),
    ("24", "每季度向省安委会办公室报送", "25", "典型执法案例"),
    ("18", "集中整治特种设备", "20", "集中整治特种设备"),
    ("11", "安装燃气泄漏报警装置", "17", "可燃气体报警装置"),
    ("12", "铁路沿线", "13", "铁路沿线"),
    ("13", "重大基础设施工程", "16", "重大基础设施工程"),
    ("17", "粉尘涉爆", "18", "粉尘涉爆"),
    ("17", "有限空间", "18", "有限空间"),
    ("3", "职责清单", "5", "职责清单"),
    ("6", "一线从业人员", "24", "一线从业人员"),
    ("6", "五个一", "7", "五个一"),
    ("7", "警示教育片", "8", "警示教育片"),
    ("23", "三位一体", "25", "三位一体"),
    ("23", "互联网+执法", "25", "互联网+执法"),
    ("29", "工业互联网+安全生产", "27", "工业互联网+安全生产"),
    ("30", "第一课", "30", "第一课"),
    ("31", "鼓励企业职工", "29", "鼓励企业职工"),
    ("31", "安全评价机构", "29", "安全评价机构"),
    ("33", "应急演练，", "28", "应急演练，"),
    ("33", "应急物资储备体系", "28", "应急物资储备体系"),
    ("27", "有限空间、粉尘防爆", "23", "有限空间、粉尘防爆"),
]


def clauses(name: str, first: int) -> list[Clause]:
    found = compile_text((SEEDS / name).read_text(encoding="utf-8"))
    rows = [(item, one) for item in found.items for one in item.obligations]
    return [
        Clause(
            first + n,
            one.quote,
            str(item.no),
            item.title,
            one.kind,
            one.value,
            one.unit or "",
            one.period or "",
        )
        for n, (item, one) in enumerate(rows)
    ]


@cache
def documents() -> tuple[dict[int, Clause], dict[int, Clause], tuple[Pair, ...]]:
    upper, lower = clauses("jiangxi-2022.txt", 1), clauses("shangrao-2023.txt", 10_001)
    return {one.key: one for one in upper}, {one.key: one for one in lower}, tuple(align(upper, lower))


def proposed() -> dict[tuple[str, str, str, str], Pair]:
    above, below, pairs = documents()
    found = {}
    for pair in pairs:
        if pair.upper is not None and pair.lower is not None:
            one, other = above[pair.upper], below[pair.lower]
            found[one.item, one.quote, other.item, other.quote] = pair
    return found


def checked() -> dict[tuple[str, str, str, str], bool]:
    with (HERE / "data" / "alignment-checked.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {
        (row["upper_item"], row["upper"], row["lower_item"], row["lower"]): row["verdict"] == "right"
        for row in rows
    }


@pytest.mark.parametrize(("item", "words", "lower_item", "lower_words"), OBVIOUS)
def test_what_obviously_corresponds_is_paired(
    item: str, words: str, lower_item: str, lower_words: str
) -> None:
    assert any(
        key[0] == item and words in key[1] and key[2] == lower_item and lower_words in key[3]
        for key in proposed()
    )


def test_four_of_five_proposals_were_found_right_by_a_person() -> None:
    verdicts = checked()
    judged = [verdicts[key] for key in proposed() if key in verdicts]
    assert len(judged) >= 120
    assert len(judged) >= 0.95 * len(proposed()), "a changed rule proposes pairs that nobody has checked"
    assert sum(judged) / len(judged) >= 0.78


def test_what_counts_as_covered_is_nearly_always_right() -> None:
    verdicts = checked()
    judged = [
        verdicts[key] for key, pair in proposed().items() if pair.relation == "covered" and key in verdicts
    ]
    assert len(judged) >= 45
    assert sum(judged) / len(judged) >= 0.96


def test_every_sentence_of_both_documents_stands_in_a_row() -> None:
    above, below, pairs = documents()
    assert {pair.upper for pair in pairs} - {None} == set(above)
    assert {pair.lower for pair in pairs} - {None} == set(below)


def test_a_sentence_without_counterpart_is_missing_above_and_new_below() -> None:
    above, below, pairs = documents()
    missing = {above[pair.upper].quote for pair in pairs if pair.relation == "missing" and pair.upper}
    new = {below[pair.lower].quote for pair in pairs if pair.relation == "new" and pair.lower}
    assert any("万带" in quote for quote in missing)  # 千灯万带: only the province has it
    assert any("16日" in quote for quote in new)  # the safety warning day is the city's own


def test_the_same_input_gives_the_same_rows() -> None:
    upper, lower = clauses("jiangxi-2022.txt", 1), clauses("shangrao-2023.txt", 10_001)
    assert align(upper, lower) == align(upper, lower)


def test_equal_sentences_of_equal_items_are_covered() -> None:
    one = Clause(1, "推进矿山专业应急救援队伍建设", "1", "提升应急能力", "build")
    other = Clause(2, "推进矿山专业应急救援队伍建设", "9", "提升应急能力", "build")
    stranger = Clause(3, "规范烟花爆竹零售店的储存", "8", "烟花爆竹", "standing")
    assert align([one], [other, stranger]) == [
        Pair(1, 2, "covered", pytest.approx(0.97, abs=0.1)),
        Pair(None, 3, "new", 0.0),
    ]


def test_a_document_without_sentences_leaves_all_missing_or_new() -> None:
    one = Clause(1, "推进矿山专业应急救援队伍建设")
    assert align([one], []) == [Pair(1, None, "missing", 0.0)]
    assert align([], [one]) == [Pair(None, 1, "new", 0.0)]
    assert align([], []) == []


def test_names_of_levels_and_empty_verbs_say_nothing() -> None:
    assert parts("全省加强尾矿库闭库销号") == parts("全市推进尾矿库闭库销号")
    assert not grams("切实加强，持续推进。")


def test_of_two_like_sentences_the_one_with_the_same_cadence_wins() -> None:
    upper = Clause(1, "每季度报送典型执法案例", "1", "执法", "cadence", 1, "个", "quarter")
    same = Clause(2, "报送典型执法案例", "1", "执法", "cadence", 1, "个", "quarter")
    other = Clause(3, "报送典型执法案例", "1", "执法", "cadence", 5, "个", "year")
    rest = [Clause(n, f"完全不同的内容{n}", str(n), "别的") for n in range(4, 14)]
    found = {one.lower: one.score for one in alignment.compare([upper], [other, same, *rest])}
    assert found[2] > found[3]
