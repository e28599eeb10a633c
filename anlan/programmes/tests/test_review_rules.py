"""The pure edits of a review, the measures proposed, the comparison of editions."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from anlan.programmes.rules import review, roles
from anlan.programmes.rules.changes import changes
from anlan.programmes.rules.editions_diff import Piece, compare, counts, pieces
from anlan.programmes.rules.measures_proposed import propose
from anlan.programmes.rules.publishing import canonical, reasons
from anlan.programmes.rules.succession import Old, pair_items, pair_obligations

TEXT = "1.练兵。每月开展警示日\n活动，关闭矿山50座以上；持续宣传。（市应急局牵头）"


def one(number: str, words: str, **facts: Any) -> dict[str, Any]:
    """An obligation whose words stand in TEXT."""
    span = (TEXT.index(words), TEXT.index(words) + len(words))
    empty = {"value": None, "unit": None, "comparator": None, "period": None, "by": None, "scope": None}
    return {
        "id": number, "kind": "standing", "also": [], "quote": review.quote(TEXT, span),
        "span": list(span), **empty, "named": [], "state": "open", "who": "", "note": "",
        "proposed": [], "measure": "", "ruling": None, **facts,
    }  # fmt: skip


@pytest.fixture
def body() -> dict[str, Any]:
    """An item of two obligations and one role."""
    lead = roles.fresh_role({"role": "lead", "name": "市应急局", "kind": "unit", "resolved": "市应急管理局"})
    mines = {"kind": "quota", "value": 50, "unit": "座", "comparator": ">="}
    return {
        "no": "1", "section": None, "section_title": "", "title": "练兵", "span": [0, len(TEXT)], "next": 3,
        "duty": {"quote": "", "span": [33, 43], "open_list": False, "roles": [lead]},
        "obligations": [
            one("1", "每月开展警示日\n活动，关闭矿山50座以上", **mines), one("2", "持续宣传"),
        ],
    }  # fmt: skip


def test_an_edit_leaves_its_argument_alone(body: dict[str, Any]) -> None:
    before = deepcopy(body)
    review.accept(body, "1", "甲")
    review.split(body, "1", TEXT.index("关闭"), TEXT)
    roles.waive(body, 0, "另行函告", "甲")
    assert body == before


def test_a_cut_gives_each_half_its_words_and_the_number_to_the_half_that_writes_it(
    body: dict[str, Any],
) -> None:
    first, second, _ = review.split(body, "1", TEXT.index("关闭"), TEXT)["obligations"]
    assert (first["quote"], first["value"], first["kind"]) == ("每月开展警示日活动", None, "standing")
    assert (second["quote"], second["value"], second["kind"]) == ("关闭矿山50座以上", 50, "quota")
    assert (second["id"], first["state"], second["state"]) == ("3", "open", "open")


def test_what_was_cut_can_be_merged_again(body: dict[str, Any]) -> None:
    cut = review.split(body, "1", TEXT.index("关闭"), TEXT)
    whole = review.merge(cut, "3", TEXT)["obligations"][0]
    assert (whole["quote"], whole["value"], whole["kind"]) == (body["obligations"][0]["quote"], 50, "quota")


@pytest.mark.parametrize("at", [0, TEXT.index("持续"), TEXT.index("，") + 1 - 13])
def test_a_cut_outside_the_obligation_is_refused(body: dict[str, Any], at: int) -> None:
    with pytest.raises(review.BadCut):
        review.split(body, "2", at, TEXT)


def test_the_first_obligation_has_nothing_before_it(body: dict[str, Any]) -> None:
    with pytest.raises(review.NothingBefore):
        review.merge(body, "1", TEXT)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "wish"}, "不在可选项"),
        ({"kind": ""}, "选一个类别"),
        ({"value": "五十"}, "不是数"),
        ({"value": "1e999"}, "超出范围"),
        ({"by": "6月底"}, "不是日期"),
        ({"period": "decade"}, "不在可选项"),
        ({"kind": "cadence"}, "要有周期"),
        ({"kind": "deadline"}, "要有期限"),
        ({"kind": "quota", "value": ""}, "要有数"),
        ({"colour": "red"}, "没有"),
    ],
    ids=lambda value: str(value),
)
def test_an_edit_that_cannot_be_says_why(body: dict[str, Any], change: dict[str, Any], says: str) -> None:
    with pytest.raises(review.BadValue, match=says):
        review.edit(body, "1", change, "甲")


def test_a_number_keeps_its_kind(body: dict[str, Any]) -> None:
    assert review.edit(body, "1", {"value": "1,200"}, "甲")["obligations"][0]["value"] == 1200
    assert review.edit(body, "1", {"value": "12.5"}, "甲")["obligations"][0]["value"] == 12.5


def test_grey_words_become_an_obligation_but_not_those_of_another(body: dict[str, Any]) -> None:
    start = TEXT.index("练兵")
    added = review.add(body, start, start + 2, "campaign", TEXT, "甲")["obligations"][0]
    assert (added["quote"], added["kind"], added["id"]) == ("练兵", "campaign", "3")
    with pytest.raises(review.BadCut, match="别的任务"):
        review.add(body, TEXT.index("关闭"), TEXT.index("关闭") + 4, "standing", TEXT, "甲")


@pytest.mark.parametrize(
    ("ruling", "force"),
    [
        ({"decision": "cadence", "period": "quarter", "value": "2"}, ("cadence", "quarter", 2, None)),
        ({"decision": "cadence", "period": "month"}, ("cadence", "month", 1, None)),
        ({"decision": "deadline", "by": "2023-09-30"}, ("deadline", None, None, "2023-09-30")),
        ({"decision": "standing"}, ("standing", None, None, None)),
    ],
    ids=["quarter", "month", "deadline", "standing"],
)
def test_a_ruling_says_what_is_in_force(body: dict[str, Any], ruling: dict[str, Any], force: Any) -> None:
    new = review.rule(body, "2", {**ruling, "word": "持续", "reason": "惯例"}, "甲", "2023-03-01")
    now = review.in_force(review.obligation(new, "2"))
    assert (now["kind"], now["period"], now["value"], now["by"]) == force


@pytest.mark.parametrize(
    "ruling",
    [{"decision": "standing"}, {"decision": "cadence", "reason": "x"}, {"decision": "x", "reason": "x"}],
)
def test_a_ruling_without_ground_or_period_is_refused(body: dict[str, Any], ruling: dict[str, Any]) -> None:
    with pytest.raises(review.BadValue):
        review.rule(body, "2", ruling, "甲", "2023-03-01")


def test_a_named_party_is_waived_with_a_reason_and_never_removed(body: dict[str, Any]) -> None:
    with pytest.raises(review.BadValue):
        roles.waive(body, 0, " ", "甲")
    with pytest.raises(review.BadValue):
        roles.remove_role(body, 0)
    added = roles.add_role(body, "supporting", 7, "市住建局", "甲")
    assert len(roles.roles(roles.remove_role(added, 1))) == 1


def test_changes_are_told_in_words(body: dict[str, Any]) -> None:
    new = roles.choose(review.edit(body, "1", {"value": "60"}, "甲"), 0, [7], "甲")
    said = "；".join(changes(body, new))
    assert "数由“50”改为“60”" in said and "已定，1 个单位" in said
    assert changes(body, body) == []


def test_reasons_name_everything_that_is_open(body: dict[str, Any]) -> None:
    said = "".join(reasons([("1", body, False)], 2))
    for word in ("2 处疑点", "责任单位", "任务没有确认", "没有确认本条"):
        assert word in said
    ready = roles.choose(review.accept_all(body, "甲"), 0, [7], "甲")
    assert reasons([("1", ready, True)], 0) == []


def test_the_digested_form_knows_content_and_not_places(body: dict[str, Any]) -> None:
    done = review.accept_all(body, "甲")
    moved = deepcopy(done)
    for ob in moved["obligations"]:
        ob["span"] = [ob["span"][0] + 5, ob["span"][1] + 5]
    form = canonical({"title": "要点"}, [], [("1", "练兵", done)], ["每月开展", "\n"])
    assert canonical({"title": "要点"}, [], [("1", "练兵", moved)], ["每月\n开展"]) == form
    other = review.edit(done, "1", {"value": "60"}, "甲")
    assert canonical({"title": "要点"}, [], [("1", "练兵", other)], ["每月开展"]) != form


MEASURES = [
    ("drills", "应急演练次数"), ("dangers.closed", "隐患整改率"), ("studies", "集中学习次数"),
    ("mines", "非煤矿山关闭数"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "keys"),
    [
        ("至少半年组织1次应急演练", ["drills"]),
        ("重大隐患整改闭环率达到100%", ["dangers.closed"]),
        ("2022年计划关闭不符合安全生产条件的非煤矿山50座以上", ["mines"]),
        ("至少半年组织 1 次集中学习", ["studies"]),
        ("加强组织领导", []),
    ],
)
def test_measures_are_proposed_by_their_words(sentence: str, keys: list[str]) -> None:
    assert propose(sentence, MEASURES) == keys


def test_editions_are_compared_sentence_by_sentence() -> None:
    old = [
        Piece(n, n + 1, words)
        for n, words in enumerate(["开展演练一次。", "排查一百处工地。", "要删的话。", "结尾。"])
    ]
    new = [
        Piece(n, n + 1, words)
        for n, words in enumerate(["开展演练\n一次。", "排查二百处工地。", "全新的句子在此。", "结尾。"])
    ]
    found = compare(old, new)
    assert counts(found) == {"unchanged": 2, "changed": 1, "new": 1, "gone": 1}


def test_a_sentence_that_moves_is_unchanged() -> None:
    words = ["甲单位负责排查。", "乙单位负责整改。", "丙单位负责验收。"]
    old = [Piece(n, n + 1, one) for n, one in enumerate(words)]
    new = [Piece(n, n + 1, one) for n, one in enumerate([words[2], words[0], words[1]])]
    assert counts(compare(old, new)) == {"unchanged": 3, "changed": 0, "new": 0, "gone": 0}


def test_blank_pieces_are_no_sentences() -> None:
    assert [one.words for one in pieces("甲。\n\n乙。", [(0, 2), (2, 4), (4, 6)])] == ["甲。", "乙。"]


def test_items_go_on_by_title_or_by_half_of_their_words() -> None:
    old = [Old(1, "演练", ["甲", "乙"]), Old(2, "排查", ["丙", "丁"]), Old(3, "宣传", ["戊"])]
    assert pair_items(old, [("演练", []), ("新排查", ["丙", "丁", "庚"]), ("全新", ["辛"])]) == [1, 2, None]


def test_of_equal_words_each_goes_on_once() -> None:
    assert pair_obligations([(1, "甲"), (2, "甲")], ["甲", "乙", "甲", "甲"]) == [1, None, 2, None]
