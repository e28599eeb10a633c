"""岗位类别: a column whose choices the system administrator keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from anlan.kernel import registry
from anlan.kernel.exchange.plan import parser_of
from anlan.kernel.models import DictEntry
from anlan.kernel.writing import write
from anlan.org import shipping
from anlan.org.models import Post
from anlan.org.testing import PASSWORD, World
from anlan.org.tests.staff import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world: World) -> Client:
    """The committee office's officer, where the dictionary is filled."""
    shipping.load_dictionaries()
    client = Client()
    assert sign_in(client, world.person("city_officer").username, PASSWORD).status_code == 302
    return client


def entry(key: str) -> DictEntry:
    found: DictEntry = DictEntry.objects.unscoped("test").get(dictionary="岗位类别", key=key)
    return found


def put(world: World, kind: str) -> Post:
    post = world.post("city_officer")
    Post.objects.unscoped("test").filter(pk=post.pk).update(kind=kind)
    return world.post("city_officer")


def test_the_form_offers_the_entries_in_use_and_a_row_shows_the_name_of_today(
    officer: Client, world: World
) -> None:
    post = put(world, "deputy")
    row = entry("deputy")
    row.label, row.active = "分管领导", False
    row.save()
    form = officer.get(f"/posts/{post.pk}/edit/").content.decode()
    assert "科（处）室负责人</option>" in form and "分管领导（已停用）" in form
    assert "分管领导" in officer.get(f"/posts/{post.pk}/").content.decode()
    listed = officer.get("/posts/?kind=deputy&count=exact").content.decode()
    assert f"/posts/{post.pk}/" in listed
    assert f"/posts/{post.pk}/" not in officer.get("/posts/?kind=clerk").content.decode()
    officer.post("/posts/columns/", {"columns": ["person__name", "kind"]})
    out: Any = officer.get("/posts/export/?format=csv")
    assert "分管领导" in b"".join(out).decode("utf-8-sig")


def test_an_entry_out_of_use_stays_where_it_is_and_is_not_chosen_anew(officer: Client, world: World) -> None:
    post, actor = put(world, "deputy"), world.actor("city_officer")
    for key in ("deputy", "clerk"):
        row = entry(key)
        row.active = False
        row.save()
    write(actor, post, {"title": "副主任"}, "change")
    with pytest.raises(ValidationError, match="已停用"):
        write(actor, world.post("city_officer"), {"kind": "clerk"}, "change")
    with pytest.raises(ValidationError):
        write(actor, world.post("city_officer"), {"kind": "nothing"}, "change")
    parse = parser_of(registry.ledger("posts").field("kind"), 2023)
    assert parse("执法人员") == "inspector"
    assert parse("经办人员") != "clerk"


def test_an_entry_belongs_to_a_dictionary_that_a_field_reads(world: World) -> None:
    actor = world.actor("system_administrator")
    with pytest.raises(ValidationError, match="没有“颜色”这个字典"):
        write(actor, DictEntry(), {"dictionary": "颜色", "key": "red", "label": "红"}, "add")
    write(actor, DictEntry(), {"dictionary": "岗位类别", "key": "driver", "label": "驾驶员"}, "add")
    assert ("driver", "驾驶员") in registry.ledger("posts").field("kind").offered  # type: ignore[attr-defined]
