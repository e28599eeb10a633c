"""Small things of the house as people meet them: drawers as pages, files that are none, what has ended."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.kernel import clock
from anlan.kernel.models import Holiday
from anlan.kernel.service_log import Line, Worth
from anlan.kernel.writing import write
from anlan.launch.parts import in_chinese
from anlan.org.admin_pages.health import _called
from anlan.org.testing import PASSWORD, World
from anlan.org.tests.staff import sign_in


def client_of(world: World, key: str) -> Client:
    client = Client()
    assert sign_in(client, world.person(key).username, PASSWORD).status_code == 302
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/regions/columns/", "/regions/views/"])
def test_a_drawer_opened_as_a_page_stands_in_the_house(path: str, world: World) -> None:
    client = client_of(world, "city_officer")
    page = client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true", "HX-Target": "drawer"}).content.decode()
    assert '<main class="main"' in page and "<title>" in page
    assert "<main" not in part and part.strip().startswith("<header>")


@pytest.mark.django_db
def test_a_file_that_is_no_sheet_is_told_as_such_afterwards(
    world: World, settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    client = client_of(world, "city_officer")
    sent = client.post("/units/import/", {"file": SimpleUploadedFile("台账.xlsx", b"no sheet at all" * 9)})
    assert sent.status_code == 200
    page = client.get("/units/import/").content.decode()
    assert "读不出来" in page and "试读</a>" not in page
    assert 'class="sm mute why"' in page


@pytest.mark.django_db
def test_what_has_ended_is_marked_where_it_is_found(world: World) -> None:
    page = client_of(world, "city_officer").get("/search/?q=上饶县").content.decode()
    assert "已于 2019-07-31 撤销" in page
    assert "撤销" not in client_of(world, "city_officer").get("/search/?q=婺源县").content.decode()


@pytest.mark.django_db
def test_a_region_shows_no_empty_section_to_whoever_only_reads(world: World) -> None:
    row = f"/regions/{world.regions['361130'].pk}/"
    assert "撤销区划" not in client_of(world, "city_officer").get(row).content.decode()
    assert "<h2>办理</h2>" not in client_of(world, "city_officer").get(row).content.decode()
    assert "撤销区划" in client_of(world, "system_administrator").get(row).content.decode()


@pytest.mark.django_db
def test_a_browser_that_asks_for_an_icon_at_the_root_gets_the_mark() -> None:
    answer: Any = Client().get("/favicon.ico")
    assert answer.status_code == 301 and answer["Location"].endswith("mark.svg")


def test_tables_have_names_that_people_know() -> None:
    assert _called("org_unit") == "单位"
    assert _called("kernel_auditentry_2023") == "操作日志（2023）"
    assert _called("procrastinate_events") == "后台作业的经过"
    ours = [one._meta.db_table for one in apps.get_models() if one.__module__.startswith("anlan.")]
    assert [name for name in ours if _called(name).isascii() or "其他" in _called(name)] == []


def test_the_service_speaks_chinese_and_leaves_out_what_people_were_told() -> None:
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/x/",), None
    )
    record.status_code = 500
    assert Line().format(record) == "出错 页面：Internal Server Error: /x/ 没有办成，答复 500"
    assert Worth().filter(record)
    record.status_code = 422
    assert not Worth().filter(record)
    assert in_chinese("Launching a worker on periodic") == "开始领取作业"
    assert in_chinese("listening") == "listening"


@pytest.mark.django_db
def test_an_empty_cell_that_must_be_filled_is_told_in_our_words(world: World) -> None:
    with pytest.raises(ValidationError) as found:
        write(world.actor("system_administrator"), Holiday(), {"kind": "off", "name": "元旦"}, "add")
    assert found.value.message_dict == {"day": ["此项必填。"]}


@pytest.mark.django_db
def test_a_short_password_is_told_so_with_both_numbers(world: World) -> None:
    client = client_of(world, "leader")
    sent = {"oldpassword": PASSWORD, "password1": "Ab-3", "password2": "Ab-3"}
    page = client.post("/account/password/", sent).content.decode()
    assert "密码只有 4 个字符，至少要有 10 个" in page and "This password" not in page
    assert "密码不保留，请重新填写" in page


@pytest.mark.django_db
def test_a_lent_post_says_to_whom_and_until_when(world: World) -> None:
    client, post = client_of(world, "leader"), world.post("leader")
    form = client.get(f"/posts/{post.pk}/delegate/").content.decode()
    end = clock.today() + timedelta(days=7)
    assert f'name="end" value="{end}"' in form
    who = world.person("department_officer")
    sent = {"person": str(who.pk), "start": str(clock.today()), "end": str(end), "reason": "出差"}
    assert client.post(f"/posts/{post.pk}/delegate/", sent).status_code == 302
    page = client.get(f"/posts/{post.pk}/").content.decode()
    assert "<h2>委托</h2>" in page and who.name in page and "委托中" in page
    assert (
        "<h2>委托</h2>" not in client.get(f"/posts/{world.post('department_officer').pk}/").content.decode()
    )
