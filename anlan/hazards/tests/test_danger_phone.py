"""What a phone sends: stored once, refused with the place that is wrong, clashing with both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.hazards.models import HiddenDanger
from anlan.hazards.tests.danger_case import TODAY, WUYUAN, XINZHOU, firm, found, picture, world
from anlan.kernel import audit, clock, files
from anlan.kernel.writing import write
from anlan.org.testing import World

pytestmark = pytest.mark.django_db
KEY = "a" * 32


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


def phone_of(house: World, key: str) -> Client:
    """That person's phone."""
    client = Client()
    client.force_login(house.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client: Client, fields: dict[str, Any], photos: int = 1, **record: Any) -> Any:
    """One record with so many photos."""
    told = [{"taken_at": "2023-07-05T06:00:00Z", "longitude": 117.8, "latitude": 29.2}] * photos
    whole = {"key": KEY, "kind": "new", "fields": fields, "photos": told, **record}
    sent = {"record": json.dumps(whole), "photo": [picture(n + 10) for n in range(photos)]}
    return client.post(reverse("danger-phone-sync"), sent)


NEW = {"description": "液化气瓶放在灶台旁", "firm": "婺源某酒店", "category": "gas", "found_on": "2023-07-05"}


def test_a_record_sent_twice_is_stored_once_with_its_photos(house: World) -> None:
    client = phone_of(house, "county_inspector")
    first, second = send(client, NEW, 2).json(), send(client, NEW, 2).json()
    assert (first["state"], first["repeated"], second["repeated"]) == ("stored", False, True)
    assert first["id"] == second["id"]
    row = HiddenDanger.objects.unscoped("test").get()
    assert row.enterprise_id == 1 and files.attached(row).count() == 2
    assert files.attached(row)[0].longitude == 117.8


def test_the_same_key_of_another_person_is_another_record(house: World) -> None:
    for who in ("county_inspector", "county_officer"):
        assert send(phone_of(house, who), NEW).json()["repeated"] is False
    assert HiddenDanger.objects.unscoped("test").count() == 2


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"description": ""}, "看到什么"),
        ({"description": "长" * 501}, "看到什么"),
        ({"due_on": "下周"}, "整改期限"),
        ({"found_on": "2023-07-06"}, "发现日期"),
        ({"found_on": "2023-05-05"}, "发现日期"),
        ({"due_on": "2023-07-04"}, ""),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    house: World, change: dict[str, Any], label: str
) -> None:
    answer = send(phone_of(house, "county_inspector"), {**NEW, **change})
    assert answer.status_code == 422 and label in answer.json()["errors"]
    assert not HiddenDanger.objects.unscoped("test").exists()


def test_a_photo_that_is_none_leaves_nothing_behind_and_the_key_free(house: World) -> None:
    client = phone_of(house, "county_inspector")
    from django.core.files.uploadedfile import SimpleUploadedFile

    record = json.dumps({"key": KEY, "kind": "new", "fields": NEW, "photos": [{}]})
    sent = {"record": record, "photo": [SimpleUploadedFile("a.jpg", b"MZ" + b"\0" * 100)]}
    assert client.post(reverse("danger-phone-sync"), sent).status_code == 422
    assert not HiddenDanger.objects.unscoped("test").exists()
    assert send(client, NEW).json()["state"] == "stored"


def test_photos_that_did_not_all_arrive_are_asked_for_again(house: World) -> None:
    record = json.dumps({"key": KEY, "kind": "new", "fields": NEW, "photos": [{}, {}]})
    answer = phone_of(house, "county_inspector").post(
        reverse("danger-phone-sync"), {"record": record, "photo": [picture()]}
    )
    assert answer.status_code == 422 and "没有传全" in str(answer.json())


def test_a_firm_that_is_not_in_the_register_stays_as_words(house: World) -> None:
    assert (
        send(phone_of(house, "county_inspector"), {**NEW, "firm": "路边小店", "place": "后厨"}).status_code
        == 200
    )
    row = HiddenDanger.objects.unscoped("test").get()
    assert (row.enterprise_id, row.place, row.region_path) == (None, "路边小店 后厨", WUYUAN)


def test_an_edit_of_an_older_version_gets_both_and_changes_nothing(house: World) -> None:
    inspector = house.actor("county_inspector")
    row = found(inspector, enterprise_id=1)
    seen = row.version
    write(house.actor("county_officer"), row, {"place": "三楼"}, "change")
    client = phone_of(house, "county_inspector")
    edit = {"kind": "edit", "id": row.pk, "base_version": seen}
    answer = send(client, {"description": "改过的", "place": "二楼"}, 0, **edit)
    told = answer.json()
    assert answer.status_code == 409 and told["theirs"]["place"] == "三楼" and "汪海波" in told["who"]
    assert HiddenDanger.objects.unscoped("test").get(pk=row.pk).place == "三楼"
    settled = {**edit, "base_version": told["version"], "key": "b" * 32}
    assert send(client, {"description": "改过的", "place": "二楼"}, 0, **settled).status_code == 200
    assert HiddenDanger.objects.unscoped("test").get(pk=row.pk).place == "二楼"


def test_what_a_person_did_not_take_of_their_own_words_goes_on_record(house: World) -> None:
    row = found(house.actor("county_inspector"), enterprise_id=1, place="二楼")
    edit = {"kind": "edit", "id": row.pk, "base_version": row.version, "dropped": ["在哪里“地下室”"]}
    fields = {"place": "二楼", "firm": "不在名录的小店"}
    assert send(phone_of(house, "county_inspector"), fields, 0, **edit).status_code == 200
    last = next(iter(audit.history(row, 1)))
    assert "没有采用的：在哪里“地下室”" in last.note
    assert HiddenDanger.objects.unscoped("test").get(pk=row.pk).place == "二楼"


def test_what_is_closed_or_elsewhere_is_not_edited(house: World) -> None:
    row = found(house.actor("county_inspector"), enterprise_id=1)
    edit = {"kind": "edit", "id": row.pk, "base_version": row.version}
    assert send(phone_of(house, "stranger"), {"place": "别处"}, 0, **edit).status_code == 422
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(state="closed", closed_on=TODAY)
    answer = send(phone_of(house, "county_inspector"), {"place": "别处"}, 0, **edit)
    assert answer.status_code == 422 and "没有改动" in str(answer.json())


def test_the_phone_is_told_only_what_its_owner_sees(house: World) -> None:
    firm(name="信州某酒店", region_path=XINZHOU)
    mine = found(house.actor("county_inspector"), enterprise_id=1)
    found(house.actor("county_officer"), enterprise_id=1)
    told = phone_of(house, "county_inspector").get(reverse("danger-phone-needs")).json()
    assert [one[1] for one in told["firms"]] == ["婺源某酒店"]
    assert [one["id"] for one in told["own"]] == [mine.pk] and told["name"] == "程立"
    stranger = phone_of(house, "stranger").get(reverse("danger-phone-needs")).json()
    assert (stranger["firms"], stranger["own"]) == ([], [])


def test_the_kept_page_holds_nothing_of_anybody(house: World) -> None:
    words = phone_of(house, "county_inspector").get(reverse("danger-phone")).content.decode()
    assert "程立" not in words and "婺源某酒店" not in words


def test_whoever_is_not_signed_in_sends_nothing(house: World) -> None:
    assert send(Client(), NEW).status_code == 302
    assert not HiddenDanger.objects.unscoped("test").exists()
