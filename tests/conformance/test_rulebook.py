"""The rulebook says what the code, the parameters and the packs say today."""

from __future__ import annotations

from tools import rulebook


def test_the_rulebook_is_not_stale() -> None:
    assert rulebook.BOOK.read_text() == rulebook.book(), "run: python -m tools.rulebook"


def test_rules_parameters_criteria_and_thresholds_stand_in_it() -> None:
    book = rulebook.book()
    for told in (
        "check_character",
        "GB 32100-2015",
        "licence-notice-days",
        "HC01",
        "甲烷",
        "原文核对",
        "待核",
    ):
        assert told in book, told


def test_articles_are_found_as_they_are_written() -> None:
    said = "By 《安全生产法》第41条 and GB 18218-2018 4.2.3, table 5 (国务院令第493号第3条); 第29条."
    assert rulebook.articles(said) == (
        "《安全生产法》第41条", "GB 18218-2018 4.2.3", "table 5", "国务院令第493号第3条", "第29条",
    )  # fmt: skip
