"""Forms of the organisation under awkward hands: two people at once, odd numbers, sheets with new offices."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django import app

from anlan.kernel import clock
from anlan.kernel.models import AuditEntry
from anlan.kernel.requests import whole
from anlan.org.admin_pages import queue
from anlan.org.models import Announcement, GroupMember, Person, Unit, UnitFamily, UnitGroup
from anlan.org.testing import World


def client_of(world: World, key: str) -> Client:
    client = Client()
    client.force_login(world.person(key))
    return client


def filled(unit: Any, **more: Any) -> dict[str, Any]:
    """What the form of an office sends when nothing is changed, and `more`."""
    return {
        "name": unit.name, "short_name": unit.short_name, "kind": unit.kind, "family": unit.family_id or "",
        "region": unit.region_id, "aliases": "、".join(unit.aliases), "industries": unit.industries,
        "industries_assist": unit.industries_assist, "email": unit.email, "note": unit.note,
        "version": unit.version, "idempotency_key": "", **more,
    }  # fmt: skip


def plain(page: str) -> str:
    """The words of a page, marks and spaces taken together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def chosen(page: str) -> dict[str, str]:
    """{field: side} as the page of two versions offers it at first."""
    found = {}
    for part in page.split('<input type="radio" name="keep_')[1:]:
        name, rest = part.split('"', 1)
        if " checked" in rest.split(">")[0]:
            found[name] = rest.split('value="')[1].split('"')[0]
    return found


@pytest.fixture
def office(world: World) -> Any:
    """The emergency bureau of the county, with something in each kind of box."""
    unit = world.unit("emergency", "361130")
    unit.aliases, unit.industries, unit.email, unit.note = ["应急局", "安监局"], ["fire"], "old@sr.cn", "旧"
    unit.save()
    return unit


def test_of_two_changes_only_what_clashes_is_asked(world: World, office: Any) -> None:
    first, second = client_of(world, "county_officer"), client_of(world, "city_officer")
    address = f"/units/{office.pk}/edit/"
    assert first.post(address, filled(office, email="first@sr.cn")).status_code == 302
    answer = second.post(address, filled(office, note="第二人写的"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert chosen(page) == {"email": "theirs", "note": "mine"}, "what I did not touch is not taken back"
    assert "first@sr.cn" in page and "old@sr.cn" in page, "the value of before is shown as it was"


def test_the_chosen_sides_are_saved_and_nothing_else_changes(world: World, office: Any) -> None:
    first, second = client_of(world, "county_officer"), client_of(world, "city_officer")
    address = f"/units/{office.pk}/edit/"
    first.post(address, filled(office, email="first@sr.cn", industries=["fire", "coal-mine"]))
    page = second.post(address, filled(office, note="第二人写的", email="second@sr.cn")).content.decode()
    sent: dict[str, list[str]] = {}
    for part in page.split("<form")[-1].split("<input")[1:]:
        tag = part.split(">")[0]
        value = tag.split('value="')[1].split('"')[0] if 'value="' in tag else ""
        if 'type="hidden"' in tag or " checked" in tag:
            sent.setdefault(tag.split('name="')[1].split('"')[0], []).append(value)
    assert second.post(f"/units/{office.pk}/settle/", sent).status_code == 302
    office.refresh_from_db()
    assert (office.email, office.note) == ("second@sr.cn", "第二人写的")
    assert office.industries == ["fire", "coal-mine"]
    assert (office.aliases, office.region_id) == (["应急局", "安监局"], world.regions["361130"].pk)
    assert office.family is not None


@pytest.mark.parametrize("text", ["²", "٣", "9" * 19, "9" * 5000, "-1", "1.0", "", None])
def test_what_is_no_key_is_no_number(text: Any) -> None:
    assert whole(text) is None


@pytest.mark.parametrize("text", ["²", "9" * 5000])
def test_an_odd_number_in_a_form_is_an_error_at_its_field(world: World, text: str) -> None:
    change = {"name": "某局", "kind": "government", "region": text, "version": text}
    answer = client_of(world, "county_officer").post("/units/new/", change)
    assert answer.status_code == 422
    assert "从列表中选" in answer.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "under=%C2%B2", "under=%00", "region=%00&value=path", "kind=%00"])
@pytest.mark.parametrize("picker", ["region", "unit", "industry", "person", "family"])
def test_pickers_answer_whatever_the_address_holds(world: World, picker: str, query: str) -> None:
    answer = client_of(world, "county_officer").get(f"/pick/{picker}?{query}")
    assert answer.status_code == 200
    assert isinstance(json.loads(answer.content), list)


def test_the_kind_of_an_office_is_picked_by_name_and_initials(world: World) -> None:
    client = client_of(world, "county_officer")
    assert "/pick/family" in client.get("/units/new/").content.decode()
    for text in ("应急", "yjj", "应急管理局"):
        found = json.loads(client.get(f"/pick/family?q={text}").content)
        assert "应急局" in [one["label"] for one in found], text


@pytest.mark.parametrize(
    ("short_city", "shown"),
    [("市安委办", "安委办"), ("市委组织部", "党委组织部"), ("信江管委会", "信江管委会")],
)
def test_a_family_is_named_without_a_level(short_city: str, shown: str) -> None:
    assert str(UnitFamily(key="x", short_city=short_city)) == shown


def test_forms_speak_chinese(world: World) -> None:
    client = client_of(world, "county_officer")
    blank = client.get("/units/new/").content.decode()
    assert "---------" not in blank and "请选择" in blank
    assert '<input type="email"' in blank
    change = {"name": "长" * 300, "kind": "nothing", "region": "", "email": "不是邮箱"}
    page = client.post("/units/new/", change).content.decode()
    for words in ("个字，现在有 300 个", "没有这个选项", "不是邮箱地址"):
        assert words in page, words
    assert "变量" not in page and "Email" not in page


def sheet_of(path: Path, *lines: list[Any]) -> SimpleUploadedFile:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 4, "婺源县2023年安全生产成员单位台账")
        sheet.write(1, 0, "填报单位：婺源县安委办")
        for number, line in enumerate(lines, start=2):
            sheet.write_row(number, 0, line)
        sheet.write_row(len(lines) + 2, 0, ["合计", len(lines) - 1])
    return SimpleUploadedFile("台账.xlsx", path.read_bytes())


def imported(client: Client, ledger: str, upload: SimpleUploadedFile) -> str:
    """Send a sheet through the wizard and write what can be written; the words of the trial."""
    trial = client.post(f"/{ledger}/import/", {"file": upload}, follow=True)
    assert trial.status_code == 200
    page = trial.content.decode()
    action = next(one for one in re.findall(r'action="([^"]+)"', page) if one.endswith("/commit/"))
    assert client.post(action, {"idempotency_key": "once"}, follow=True).status_code == 200
    return plain(page)


@pytest.fixture
def wizard(world: World, tmp_path: Path, settings: Any) -> Client:
    """The county officer's browser, with a place for uploads."""
    settings.FILES = tmp_path / "files"
    return client_of(world, "county_officer")


def test_new_offices_come_from_a_real_sheet(world: World, wizard: Client, tmp_path: Path) -> None:
    head = ["序号", "单位名称", "简称", "类别", "所在地"]
    upload = sheet_of(
        tmp_path / "units.xlsx",
        head,
        ["１", "婺源县测试一局", "测试一局", "政府部门", "婺源县"],
        ["２", "濂溪区测试局", "", "政府部门", "濂溪区"],
    )
    words = imported(wizard, "units", upload)
    assert "可写入 1 行" in words and "有错，不写入 1 行" in words, words
    made = Unit.objects.unscoped("test").get(name="婺源县测试一局")
    assert made.region_path == world.regions["361130"].path
    assert made.initials.startswith("wyxcsyj") and "测试" in made.grams, "searches find it at once"
    entry = AuditEntry.objects.unscoped("test").get(ledger="units", subject_id=made.pk)
    assert "grams" not in entry.differences and "region_path" not in entry.differences
    assert not Unit.objects.unscoped("test").filter(name="濂溪区测试局").exists()


def test_new_people_come_from_a_sheet_with_their_place(world: World, wizard: Client, tmp_path: Path) -> None:
    administrator = client_of(world, "system_administrator")
    upload = sheet_of(
        tmp_path / "people.xlsx",
        ["登录名", "姓名", "所在单位", "手机号"],
        ["wanger", "王二", "婺源县应急管理局", "１３９００００００００"],
    )
    imported(administrator, "people", upload)
    made = Person.objects.get_by_natural_key("wanger")
    assert (made.region_path, made.initials) == (world.regions["361130"].path, "we")
    assert not made.has_usable_password()


def test_members_of_a_group_come_from_a_sheet(world: World, wizard: Client, tmp_path: Path) -> None:
    group = UnitGroup.objects.unscoped("test").order_by("id")[0]
    upload = sheet_of(
        tmp_path / "members.xlsx",
        ["序号", "责任主体组", "所属区划", "单位", "生效日期"],
        [1, group.pattern, "婺源县", "婺源县应急管理局", "2023.6.30"],
    )
    words = imported(wizard, "group-members", upload)
    made = GroupMember.objects.unscoped("test").filter(group=group, unit__name="婺源县应急管理局").first()
    assert made is not None, words
    assert made.region_path == world.regions["361130"].path
    assert made.valid_from == date(2023, 6, 30)


def test_announcements_that_stand_today_are_read_on_the_first_page(world: World) -> None:
    today = clock.today()
    days = {
        "正在进行的公告": (today, today),
        "一直有效的公告": (today - timedelta(9), None),
        "已经过去的公告": (today - timedelta(9), today - timedelta(1)),
        "明天才有的公告": (today + timedelta(1), None),
    }
    for title, (first, last) in days.items():
        Announcement(title=title, body="<b>八点</b>停机", first_day=first, last_day=last).save()
    for key in ("county_inspector", "enterprise_user"):
        page = client_of(world, key).get("/").content.decode()
        assert [title in page for title in days] == [True, True, False, False], key
        assert "<b>八点</b>" not in page


def test_every_task_and_queue_has_words_that_an_operator_reads() -> None:
    own = {name: task for name, task in app.tasks.items() if name.partition(".")[0] in {"kernel", "org"}}
    assert own and set(own) <= set(queue.TASKS), "name the new task in TASKS"
    assert {task.queue for task in own.values()} <= set(queue.QUEUES)
