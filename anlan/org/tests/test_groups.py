"""What the generic groups of the two published documents stand for, on the shipped data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anlan.org import loading, reads, staffing
from anlan.org.models import GroupMember, Region, Unit, UnitGroup
from anlan.org.rules.groups import RULES, Group, OrgChart, Question, Resolution, Standing, match, resolve

JIANGXI = date(2022, 1, 15)
SHANGRAO = date(2023, 6, 30)


@pytest.fixture(scope="module")
def charts(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The shipped province loaded once: {code of the issuer: chart}, and the spellings of the groups."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        loading.load_regions(loading.DATA / "regions-jiangxi.csv")
        loading.load_industries()
        loading.load_families()
        loading.load_groups()
        staffing.staff_province("360000")
        regions = Region.objects.unscoped("a test's own world")
        made: dict[str, Any] = {
            code: reads.org_chart(regions.get(code=code)) for code in ("360000", "361100", "360700")
        }
        made["groups"] = reads.known_groups()
        transaction.set_rollback(True)
    return made


def ask(charts: Any, phrase: str, issuer: str, day: date, **more: Any) -> Resolution:
    group = match(phrase, charts["groups"])
    assert group is not None, phrase
    return resolve(charts[issuer], Question(group.key, phrase, issuer, day, **more))


def names(found: Resolution) -> list[str]:
    return [pick.office.name for pick in found.picks]


def test_every_shipped_group_has_a_rule(charts: Any) -> None:
    assert {group.key for group in charts["groups"]} == set(RULES)
    assert len(charts["groups"]) == 25


def test_twelve_plus_three_are_the_counties_and_zones_of_shangrao(charts: Any) -> None:
    found = ask(charts, "“12+3”政府（管委会）", "361100", SHANGRAO)
    assert found.ready
    assert len(found.picks) == 15
    assert sum(pick.office.kind == "zone" for pick in found.picks) == 3
    assert {"婺源县人民政府", "德兴市人民政府", "广信区人民政府", "三清山风景名胜区管理委员会"} <= set(
        names(found)
    )


def test_twelve_plus_three_in_2014_had_other_counties(charts: Any) -> None:
    found = ask(charts, "“12+3”政府（管委会）", "361100", date(2014, 6, 30))
    assert len(found.picks) == 15
    assert {"上饶县人民政府", "广丰县人民政府"} <= set(names(found))
    assert not {"广信区人民政府", "广丰区人民政府"} & set(names(found))


def test_a_number_that_the_region_table_does_not_bear_out_is_a_problem(charts: Any) -> None:
    found = ask(charts, "“13+2”政府（管委会）", "361100", SHANGRAO)
    assert not found.ready
    assert "“13+2”" in found.problems[0] and "“12+3”" in found.problems[0]


def test_eleven_cities_and_the_new_area(charts: Any) -> None:
    found = ask(charts, "11个设区市及赣江新区", "360000", JIANGXI)
    assert found.ready
    assert len(found.picks) == 12
    assert "赣江新区管理委员会" in names(found)


def test_cities_and_counties_presume_the_new_area_with_a_mark(charts: Any) -> None:
    found = ask(charts, "各市、县（区）政府", "360000", JIANGXI)
    assert len(found.picks) == 11 + 100 + 1
    presumed = [pick for pick in found.picks if pick.standing is Standing.PRESUMED]
    assert [pick.office.name for pick in presumed] == ["赣江新区管理委员会"]
    assert found.ready
    assert any("赣江新区" in one for one in found.decisions)


@pytest.mark.parametrize(
    ("phrase", "issuer", "day", "count"),
    [
        ("各县（市、区）人民政府", "361100", SHANGRAO, 12),
        ("市、县（市、区）", "361100", SHANGRAO, 13),
        ("设区市政府", "360000", JIANGXI, 11),
        ("县级政府", "360000", JIANGXI, 100),
        ("各地应急部门", "361100", SHANGRAO, 15),
        ("各县（市、区）安委办", "361100", SHANGRAO, 15),
        ("各市、县（区）安委会办公室", "360000", JIANGXI, 111),
        ("各安全专业委员会", "360000", JIANGXI, 7),
        ("各地", "361100", SHANGRAO, 15),
    ],
)
def test_territorial_groups_count_as_the_documents_say(
    charts: Any, phrase: str, issuer: str, day: date, count: int
) -> None:
    found = ask(charts, phrase, issuer, day)
    assert not found.problems
    assert len(found.picks) == count


def test_named_key_cities_leave_the_list_open(charts: Any) -> None:
    found = ask(charts, "南昌、九江、萍乡、赣州、抚州等重点地区", "360000", JIANGXI)
    assert len(found.picks) == 5
    assert found.open_list
    assert "是否还有未点名的重点地区" in found.decisions


def test_departments_are_suggested_by_industry_and_wait_for_the_tick(charts: Any) -> None:
    found = ask(charts, "各有关部门", "361100", SHANGRAO, industries=("fire",))
    assert not found.ready
    assert {"上饶市消防救援支队", "上饶市公安局", "上饶市住房和城乡建设局", "上饶市民政局"} <= set(
        names(found)
    )
    assert all(pick.standing is Standing.SUGGESTED for pick in found.picks)
    assert any("涉及消防" in pick.reason for pick in found.picks)


def test_units_named_in_the_same_bracket_are_surer_than_a_suggestion(charts: Any) -> None:
    police = next(one for one in charts["361100"].offices if one.name == "上饶市公安局")
    found = ask(charts, "各有关部门", "361100", SHANGRAO, industries=("fire",), named=(police.id,))
    standing = {pick.office.name: pick.standing for pick in found.picks}
    assert standing["上饶市公安局"] is Standing.NAMED
    assert standing["上饶市民政局"] is Standing.SUGGESTED


def test_a_department_that_a_level_lacks_is_a_question_to_the_office(charts: Any) -> None:
    found = ask(charts, "民爆、军工行业", "361100", SHANGRAO)
    assert names(found) == ["上饶市工业和信息化局"]
    assert any("国防科工办" in one and "由谁承接" in one for one in found.decisions)


def test_without_an_industry_nothing_is_guessed(charts: Any) -> None:
    found = ask(charts, "等有关部门", "361100", SHANGRAO)
    assert not found.picks
    assert not found.ready


def test_enterprises_are_never_dispatched_to(charts: Any) -> None:
    found = ask(charts, "各类生产经营单位", "360000", JIANGXI)
    assert not found.dispatches and not found.ready


def test_an_unknown_group_and_an_unknown_issuer_are_problems(charts: Any) -> None:
    assert match("各位同志", charts["groups"]) is None
    strange = resolve(OrgChart((), ()), Question("nothing", "各位同志", "360000", JIANGXI))
    assert strange.problems and not strange.picks


def test_spellings_are_compared_without_brackets_blanks_and_quotes() -> None:
    group = Group("x", "“12+3”政府（管委会）", ())
    assert match('"12+3" 政府(管委会)', [group]) is group
    assert match("“12+3”政府", [group]) is None


@pytest.mark.django_db
def test_a_kept_list_is_resolved_at_its_days() -> None:
    from anlan.org.testing import make_world

    world = make_world()
    city = world.regions["361100"]
    group = UnitGroup.objects.unscoped("test").get(key="committee-members")
    bureau = Unit.objects.unscoped("test").get(family__key="housing", region=city)
    GroupMember(
        group=group, region=city, unit=bureau, valid_from=date(2023, 1, 1), valid_to=date(2024, 1, 1)
    ).save()
    inside = reads.resolve_group("市安委会各成员单位", city, date(2023, 12, 31))
    after = reads.resolve_group("市安委会各成员单位", city, date(2024, 1, 1))
    assert inside and [pick.office.id for pick in inside.picks] == [bureau.id]
    assert after and not after.picks and any("名单还没有登记" in one for one in after.decisions)
