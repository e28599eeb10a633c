"""The one door: permission, lock, validation, scope, record; all or nothing."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from anlan.kernel.models import AuditEntry
from anlan.kernel.once import once
from anlan.kernel.scope import Actor
from anlan.kernel.testing import actor, make_row, seat
from anlan.kernel.writing import Refused, Stale, remove, write
from tests.example.models import Fault, Site

COUNTY, OTHER = "360000/361100/361130/", "360000/360400/360428/"


def officer(*permissions: str, path: str = COUNTY) -> Actor:
    """An officer of the county."""
    return actor(seat(*(permissions or ("faults.*", "sites.*")), path=path), name="吴晓峰")


def values(**more: Any) -> dict[str, Any]:
    """A valid fault of the county."""
    site = make_row(Site, region_path=COUNTY, industry="矿山")
    return {
        "number": "YB-1",
        "site": site,
        "region_path": COUNTY,
        "industry": "矿山",
        "description": "配电箱未上锁",
        "found_on": date(2023, 6, 1),
        **more,
    }


def records() -> list[AuditEntry]:
    """The whole record, oldest first."""
    return list(AuditEntry.objects.unscoped("a test reads the record").order_by("id"))


@pytest.mark.django_db
def test_an_act_is_saved_and_recorded_with_its_differences() -> None:
    row = write(officer(), Fault(), values(), "add").row
    write(officer(), row, {"description": "配电箱已上锁"}, "change", note="复查")
    added, changed = records()[-2:]
    assert (added.act, added.ledger, added.subject_id) == ("add", "faults", row.pk)
    assert added.differences["number"] == [None, "YB-1"]
    assert changed.differences == {"description": ["配电箱未上锁", "配电箱已上锁"]}
    assert (changed.actor, changed.note, changed.region_path) == ("吴晓峰（测试岗位）", "复查", COUNTY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"number": ""}, "number", id="empty"),
        pytest.param({"level": "较重"}, "level", id="no such choice"),
        pytest.param({"due_on": date(2023, 5, 31)}, "__all__", id="due a day before found"),
        pytest.param({"description": "长" * 301}, "description", id="one character too long"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        write(officer(), Fault(), values(**change), "add")
    assert field in caught.value.message_dict
    assert not Fault.objects.unscoped("test").exists()
    assert records() == []


@pytest.mark.django_db
def test_due_on_the_day_it_was_found_is_in_order() -> None:
    assert write(officer(), Fault(), values(due_on=date(2023, 6, 1)), "add").row.pk


@pytest.mark.django_db
def test_who_lacks_the_permission_is_told_so_and_nothing_is_saved() -> None:
    with pytest.raises(Refused, match="没有办理这件事的权限"):
        write(officer("faults.view"), Fault(), values(), "add")
    assert records() == []


@pytest.mark.django_db
def test_a_row_cannot_be_put_out_of_ones_own_sight() -> None:
    with pytest.raises(ValidationError, match="不在您的职责范围内"):
        write(officer(), Fault(), values(region_path=OTHER), "add")
    assert not Fault.objects.unscoped("test").exists()


@pytest.mark.django_db
def test_a_row_cannot_point_at_what_one_cannot_see() -> None:
    foreign = make_row(Site, region_path=OTHER, industry="矿山")
    with pytest.raises(ValidationError) as caught:
        write(officer(), Fault(), values(site=foreign), "add")
    assert "site" in caught.value.message_dict


@pytest.mark.django_db
def test_the_slower_of_two_editors_is_shown_what_the_faster_saved() -> None:
    row = write(officer(), Fault(), values(), "add").row
    seen = row.version
    write(officer(), Fault.objects.unscoped("test").get(), {"description": "甲改"}, "change", seen=seen)
    with pytest.raises(Stale) as caught:
        write(officer(), Fault.objects.unscoped("test").get(), {"description": "乙改"}, "change", seen=seen)
    assert caught.value.theirs["description"] == "甲改"
    assert Fault.objects.unscoped("test").get().description == "甲改"


@pytest.mark.django_db
def test_saving_without_a_change_leaves_no_trace() -> None:
    row = write(officer(), Fault(), values(), "add").row
    assert write(officer(), row, {"description": row.description}, "change").differences == {}
    assert len(records()) == 1


@pytest.mark.django_db
def test_a_removed_row_stays_in_the_record() -> None:
    row = write(officer(), Fault(), values(), "add").row
    pk = row.pk
    remove(officer(), row, note="重复登记")
    last = records()[-1]
    assert (last.act, last.subject_id, last.note) == ("remove", pk, "重复登记")
    assert last.differences["number"] == ["YB-1", None]


@pytest.mark.django_db
def test_what_others_refer_to_is_not_removed() -> None:
    site = write(officer(), Fault(), values(), "add").row.site
    with pytest.raises(Refused, match="还有问题用到它"):
        remove(officer(), site)
    assert Site.objects.unscoped("test").filter(pk=site.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_act() -> None:
    who, done, outcomes = officer(), [], []
    barrier = threading.Barrier(2)

    def act() -> int:
        done.append(1)
        return len(done)

    def click() -> None:
        barrier.wait()
        try:
            outcomes.append(once(who, "key-1", act)[0])
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(done) == 1
    assert outcomes == [1, 1]


@pytest.mark.django_db
def test_a_failed_act_may_be_sent_again_with_the_same_key() -> None:
    def fail() -> None:
        raise ValidationError("错")

    with pytest.raises(ValidationError):
        once(officer(), "key-2", fail)
    assert once(officer(), "key-2", lambda: 5) == (5, True)
