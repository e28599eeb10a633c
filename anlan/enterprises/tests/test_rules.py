"""Codes, numbers, days and names: rules by table, both sides of every bound."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.enterprises.rules import expiry, identity, likeness, status, uscc
from anlan.org.rules import spoken

TODAY = date(2023, 6, 20)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("91361100MA35TE5T2G", "", id="GB 32100 the worked example passes"),
        pytest.param("91350100M000100Y43", "", id="GB 32100 a public sample passes"),
        pytest.param("91361100MA35TE5T2H", "第 18 位校验码应为 G，现在是 H", id="GB 32100 check character"),
        pytest.param("91361100MA35TE5T3G", "第 17 位应为 2，现在是 3", id="GB 11714 inside a code"),
        pytest.param("91361100MA35TEST2G", "第 15 位的 S", id="GB 32100 has no S"),
        pytest.param("91361100MA35TE5T2", "应为 18 位，现在是 17 位", id="GB 32100 one short"),
        pytest.param("91361100MA35TE5T2GG", "应为 18 位，现在是 19 位", id="GB 32100 one long"),
        pytest.param("9136110AMA35TE5T2G", "第 8 位是 A", id="GB 32100 places 3-8 are digits"),
        pytest.param("91361101MA35TE5T2G", "第 1—8 位和第 18 位", id="GB 32100 a fault in front"),
    ],
)
def test_a_code_is_checked_and_the_place_is_named(code: str, said: str) -> None:
    found = uscc.fault(code)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("9136 1100-ma35te5t2g", "91361100MA35TE5T2G"),
        ("９１３６１１００ＭＡ３５ＴＥ５Ｔ２Ｇ", "91361100MA35TE5T2G"),
        ("'91361100MA35TE5T2G", "91361100MA35TE5T2G"),
        ("9136I100MA35TE5T2O", "9136I100MA35TE5T2O"),
    ],
    ids=["blanks and hyphens", "full width", "apostrophe of a sheet", "I and O stay"],
)
def test_a_code_is_tidied_but_never_corrected(typed: str, tidied: str) -> None:
    assert uscc.tidy(typed) == tidied


def test_a_mistaken_letter_is_hinted_at() -> None:
    assert "可能是 0" in uscc.fault("91361100MA35TE5T2O")
    assert "可能是 1" in uscc.fault("9I361100MA35TE5T2G")


def test_every_single_wrong_character_of_a_code_is_found() -> None:
    """17 × 30 substitutions, as the domain notes count them."""
    good = "91361100MA35TE5T2G"
    wrong = [
        good[:place] + other + good[place + 1 :]
        for place in range(17)
        for other in sorted(uscc.ALPHABET)
        if other != good[place]
    ]
    assert len(wrong) == 17 * 30
    assert all(uscc.fault(one) for one in wrong)


def test_every_swap_of_neighbours_is_found() -> None:
    good = "91361100MA35TE5T2G"
    swapped = {good[:n] + good[n + 1] + good[n] + good[n + 2 :] for n in range(16)} - {good}
    assert all(uscc.fault(one) for one in swapped)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8), st.integers(100000, 999999))
def test_a_code_made_by_the_rules_passes_them(body: str, region: int) -> None:
    organisation = body + uscc.organisation_check(body)
    begun = f"91{region}{organisation}"
    assert uscc.fault(begun + uscc.check_character(begun)) == ""


def test_a_sum_that_divides_by_31_gives_zero() -> None:
    """The outer modulus: without it the alphabet would be left by one."""
    found = {uscc.check_character(f"913611{n:02d}MA35TE5T2") for n in range(100)}
    assert "0" in found and found <= uscc.ALPHABET


@pytest.mark.parametrize(
    ("code", "good"),
    [("MA35TE5T-2", True), ("MA35TE5T-3", False), ("M000100Y-4", True), ("MA35TE5-2", False)],
)
def test_organisation_codes_follow_gb_11714(code: str, good: bool) -> None:
    assert (uscc.organisation_fault(code) == "") is good


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param("11010519491231002X", "", id="GB 11643 passes with X"),
        pytest.param("361102199003070015", "", id="GB 11643 passes"),
        pytest.param("361102199003070016", "第 18 位校验码应为 5，现在是 6", id="GB 11643 check digit"),
        pytest.param("361102199013070019", "不是一个日期", id="GB 11643 month 13"),
        pytest.param("36110219900307001", "17 位数字加", id="GB 11643 too short"),
    ],
)
def test_identity_numbers_follow_gb_11643(number: str, said: str) -> None:
    found = identity.fault(number, TODAY)
    assert said in found and bool(said) == bool(found)


def test_nobody_is_born_tomorrow() -> None:
    born = date(1990, 3, 7)
    assert identity.fault("361102199003070015", born) == ""
    assert "晚于今天" in identity.fault("361102199003070015", born - timedelta(days=1))


def test_a_small_x_is_made_capital_and_a_number_is_masked() -> None:
    assert identity.tidy("11010519491231002x ") == "11010519491231002X"
    assert identity.masked("361102199003070015") == "361***********0015"
    assert identity.is_masked("361***********0015") and not identity.is_masked("361102199003070015")


@pytest.mark.parametrize(
    ("last_day", "light", "word"),
    [
        (date(2023, 6, 11), "r", "过期 9 天"),
        (date(2023, 6, 19), "r", "过期 1 天"),
        (date(2023, 6, 20), "y", "今天到期"),
        (date(2023, 6, 21), "y", "剩 1 天"),
        (TODAY + timedelta(days=60), "y", "剩 60 天"),
        (TODAY + timedelta(days=61), "g", "剩 61 天"),
        (date(2023, 9, 19), "g", "剩 91 天"),
        (date(2023, 9, 20), "g", "剩 3 个月"),
        (date(2024, 6, 19), "g", "剩 11 个月"),
        (date(2024, 6, 20), "g", "剩 1 年"),
        (date(2025, 1, 20), "g", "剩 1 年 7 个月"),
        (None, "g", "长期"),
    ],
)
def test_a_paper_is_yellow_before_its_last_day_and_red_after(
    last_day: date | None, light: str, word: str
) -> None:
    found = expiry.expiry(last_day, TODAY)
    assert (found.light, found.word) == (light, word)


def test_what_need_not_be_held_is_never_red() -> None:
    assert expiry.expiry(date(2023, 6, 1), TODAY, owed=False).light == "o"
    assert expiry.expiry(TODAY, TODAY, owed=False).light == "o"


@pytest.mark.parametrize(
    ("standing", "light"), [("valid", "g"), ("withheld", "r"), ("revoked", "r"), ("cancelled", "o")]
)
def test_a_withdrawn_paper_does_not_hold_whatever_its_date(standing: str, light: str) -> None:
    assert expiry.expiry(date(2030, 1, 1), TODAY, standing=standing).light == light


@pytest.mark.parametrize(
    ("firm", "duty", "has"),
    [
        ("operating", "licences", True),
        ("suspended", "licences", False),
        ("suspended", "monitoring", True),
        ("suspended", "resumption", True),
        ("operating", "resumption", False),
        ("building", "dangers", True),
        ("building", "monitoring", False),
        ("closed", "dangers", False),
        ("merged", "dangers", False),
        ("unheard-of", "dangers", False),
    ],
)
def test_a_status_switches_duties(firm: str, duty: str, has: bool) -> None:
    assert status.owes(firm, duty) is has


def test_the_statuses_of_a_duty_are_those_that_owe_it() -> None:
    assert set(status.owing("licences")) == {"trial", "operating"}
    assert all(status.owes(one, "dangers") for one in status.owing("dangers"))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("江西省上饶市鑫源化工有限公司", "鑫源化工"),
        ("上饶市鑫源化工有限责任公司", "鑫源化工"),
        ("鑫源化工（上饶）有限公司", "鑫源化工"),
        ("鑫源化工厂", "鑫源化工"),
        ("某厂", "某厂"),
        ("上饶市", "上饶市"),
    ],
)
def test_region_and_legal_form_do_not_make_a_name(name: str, left: str) -> None:
    assert likeness.core(name, ["江西省", "江西", "上饶市", "上饶"]) == left


@pytest.mark.parametrize(
    ("one", "place", "other", "its_place", "apart"),
    [
        ("横峰赣安建筑公司", "横峰", "余干赣安建筑公司", "余干", True),
        ("横峰赣安建筑公司", "横峰", "上饶市赣安建筑公司", "余干", False),
        ("横峰赣安建筑公司", "横峰", "横峰县赣安建筑厂", "横峰", False),
        ("上饶市赣安建筑公司", "", "余干赣安建筑公司", "余干", False),
    ],
)
def test_names_that_say_different_counties_are_different_firms(
    one: str, place: str, other: str, its_place: str, apart: bool
) -> None:
    assert likeness.placed_apart(one, place, other, its_place) is apart


def test_names_are_alike_by_their_pairs() -> None:
    assert likeness.likeness("鑫源化工", "鑫源化工") == 1.0
    assert likeness.likeness("鑫源精细化工", "鑫源化工") >= 0.5
    assert likeness.likeness("鑫源化工", "宏达运输") == 0.0
    assert likeness.likeness("厂", "店") == 0.0


def test_a_pair_that_many_firms_have_tells_little() -> None:
    weights = dict.fromkeys(likeness.pairs("房地产开发项目部"), 0.1)
    assert likeness.likeness("诚辉房地产开发项目部", "瑞远房地产开发项目部") > likeness.ALIKE
    assert likeness.likeness("诚辉房地产开发项目部", "瑞远房地产开发项目部", weights) < likeness.ALIKE
    assert likeness.likeness("诚辉房地产开发项目部", "诚辉房地产开发部", weights) > likeness.ALIKE


def test_everyday_words_mean_one_industry() -> None:
    known = [("noncoal-mine", "非煤矿山（含稀土）"), ("hazchem", "危险化学品"), ("mine", "矿山")]
    words = dict((word, slug) for slug, word in spoken.spoken(known))
    assert words["非煤矿山"] == "noncoal-mine"
    assert words["化工"] == "hazchem"
    assert "钢铁" not in words
