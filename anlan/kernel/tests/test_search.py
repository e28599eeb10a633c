"""Chinese words of any length are found, exactly and only in the actor's own rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlan.kernel import registry, search
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.search import Frequencies, bigrams, fold, words
from anlan.kernel.testing import actor, make_row, seat
from anlan.kernel.totals import Kept
from tests.example.models import Fault

FAULTS = registry.ledger("faults")
HERE, THERE = "360000/361100/", "360000/360100/"


def found(text: str, who: Actor | None = None) -> list[str]:
    rows = FAULTS.rows(who or system_actor("测试")).filter(search.condition(FAULTS, text))
    return sorted(rows.values_list("description", flat=True))


@pytest.fixture
def faults(db: None) -> None:
    for text, path in (
        ("一号车间配电箱未接地", HERE),
        ("配电室门未上锁，箱变旁堆放杂物", HERE),
        ("ＰＬＣ柜３号端子松动（５０％）", HERE),
        ("压力表 100%_过期\\失效", HERE),
        ("仓库配电箱前堆物", THERE),
    ):
        make_row(Fault, description=text, region_path=path)


def test_a_row_is_found_by_its_running_number(faults: None) -> None:
    row = Fault.objects.unscoped("test").get(description="仓库配电箱前堆物")
    ledger = replace(FAULTS, serial="GZ")
    for text, hits in ((f"GZ{row.pk:07d}", 1), (f"gz{row.pk}", 1), (f"GX{row.pk:07d}", 0), ("GZ", 0)):
        rows = FAULTS.rows(system_actor("测试")).filter(search.condition(ledger, text))
        assert rows.count() == hits, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("配电箱", ["一号车间配电箱未接地", "仓库配电箱前堆物"]),
        ("配电", ["一号车间配电箱未接地", "仓库配电箱前堆物", "配电室门未上锁，箱变旁堆放杂物"]),
        ("锁", ["配电室门未上锁，箱变旁堆放杂物"]),
        ("plc", ["ＰＬＣ柜３号端子松动（５０％）"]),
        ("ＰＬＣ柜3号", ["ＰＬＣ柜３号端子松动（５０％）"]),
        ("50%", ["ＰＬＣ柜３号端子松动（５０％）"]),
        ("100%_", ["压力表 100%_过期\\失效"]),
        ("%", ["压力表 100%_过期\\失效", "ＰＬＣ柜３号端子松动（５０％）"]),
        ("_", ["压力表 100%_过期\\失效"]),
        ("期\\失", ["压力表 100%_过期\\失效"]),
        ("配电 堆物", ["仓库配电箱前堆物"]),
        ("箱配电", []),
        ("龘龘", []),
    ],
)
def test_words_are_found_exactly(faults: None, text: str, expected: list[str]) -> None:
    assert found(text) == sorted(expected)


def test_blank_text_leaves_all_rows(faults: None) -> None:
    assert len(found("  　 ")) == 5


def test_a_stranger_finds_nothing(faults: None) -> None:
    assert found("配电箱", actor(seat("faults.view", path=THERE))) == ["仓库配电箱前堆物"]
    assert found("配电箱", actor(seat("sites.view", path=THERE))) == []


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
def test_the_answer_does_not_depend_on_the_chosen_way(
    faults: None, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    known = Frequencies(1_000_000, {"配电": share, "电箱": share})
    monkeypatch.setattr(search, "_known", lambda index: known)
    for who in (system_actor("测试"), actor(seat("faults.view", path=HERE))):
        for wanted in (51, 1001):
            condition = search.condition(FAULTS, "配电箱", Kept(FAULTS, who), {}, wanted=wanted)
            assert FAULTS.rows(who).filter(condition).count() == (2 if who.system else 1)


def test_the_index_answers_two_characters(faults: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = FAULTS.rows(system_actor("测试")).filter(search.condition(FAULTS, "上锁")).explain()
    assert search.index_name(Fault, "description") in plan


def test_everywhere_groups_by_ledger_and_keeps_to_the_actors_rows(faults: None) -> None:
    groups = search.everywhere(system_actor("测试"), "配电", limit=2)
    assert [(one.ledger.key, len(one.rows), one.more) for one in groups] == [("faults", 2, True)]
    only_sites = actor(seat("sites.view", path=HERE))
    assert search.everywhere(only_sites, "配电") == []
    assert search.everywhere(system_actor("测试"), "配") == []


def test_distinct_values_are_those_the_actor_may_meet(faults: None) -> None:
    search._distinct.clear()
    make_row(Fault, industry="煤矿", region_path=HERE)
    make_row(Fault, industry="渔业", region_path=THERE)
    assert "煤矿" in search.distinct_values(FAULTS, "industry", system_actor("测试"))
    mine = search.distinct_values(FAULTS, "industry", actor(seat("faults.view", path=THERE)))
    assert "渔业" in mine and "煤矿" not in mine
    assert search.distinct_values(FAULTS, "state", system_actor("测试")) == ["found"]
    assert search.distinct_values(FAULTS, "mender", system_actor("测试")) == []


def test_pairs_and_words() -> None:
    assert bigrams("配电箱配电") == ["配电", "电箱", "箱配"]
    assert bigrams("箱") == []
    assert words("  Ａb　配电\0箱 ") == ["ab", "配电箱"]


class DatabaseAgrees(TestCase):
    """Folding and pairs are the same in Python and in the database."""

    @settings(max_examples=60, deadline=None)
    @given(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\n", max_codepoint=0xFFFF), max_size=40)
    )
    def test_folding_and_pairs(self, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT anlan_fold(%s), anlan_bigrams(%s)", [text, text])
            folded, pairs = cursor.fetchone()
        if text.isascii() or all("一" <= one <= "鿿" or "！" <= one <= "～" for one in text):
            assert folded == fold(text)
        if "\n" not in folded:
            assert {pair for pair in pairs if len(pair) == 2} == set(bigrams(folded))
