"""Two records of one firm become one: everything goes over, nothing is lost, everything is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlan.enterprises import reads
from anlan.enterprises.actions import merging, unmerging
from anlan.enterprises.models import Certificate, Distinction, Enterprise, KeyPerson, Licence, Merger, Site
from anlan.enterprises.testing import (
    LIANXI,
    XINZHOU,
    code_of,
    make_firm,
    make_licence,
    make_person,
    make_site,
)
from anlan.kernel import audit, files, registry
from anlan.kernel.exchange import resolve
from anlan.kernel.writing import Refused, write
from anlan.org.models import Person, Post
from anlan.org.testing import World

REASON = "同一企业，旧档案按曾用名登记"
REST = "test"


@pytest.fixture
def pair(world: World) -> tuple[Enterprise, Enterprise]:
    """The firm that stays, and its older record, for which the cast's user fills in."""
    kept = make_firm(number=2, name="婺源县鑫源化工有限公司", address="")
    gone = make_firm(number=1, name="鑫源化工（婺源）厂", address="紫阳镇 3 号", phone="0793-1")
    return kept, gone


def rows(model: Any) -> Any:
    return model.objects.unscoped(REST)


def test_every_column_of_the_house_that_points_at_a_firm_is_known() -> None:
    """A domain that comes later is covered by having a foreign key, however its reverse is named."""
    found = {
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Enterprise and model not in merging.RECORDS
    }
    known = {(one.model, one.field.name) for one in merging.pointers() if not one.loose}
    assert found == known
    loose = {(one.model, one.field.attname) for one in merging.pointers() if one.loose}
    assert {(Person, "enterprise_id"), (Post, "enterprise_id")} <= loose


def test_whatever_points_at_the_one_goes_over_to_the_other(
    world: World, pair: tuple[Enterprise, Enterprise]
) -> None:
    kept, gone = pair
    site, licence = make_site(gone), make_licence(gone, date(2023, 8, 1))
    person = make_person(gone, "张三")
    certificate = Certificate(person=person, kind="合格证")
    certificate.save()
    branch = make_firm(number=3, name="婺源县鑫源化工有限公司分厂", parent=gone)
    office = world.actor("county_officer")
    photo = files.attach(office, gone, SimpleUploadedFile("a.txt", "执照扫描件".encode()))
    record = merging.merge(office, kept, gone, take=["address"], reason=REASON)
    for row in (site, licence, person, certificate):
        row.refresh_from_db()
        assert row.enterprise_id == kept.pk, row
    branch.refresh_from_db()
    assert branch.parent_id == kept.pk
    photo.refresh_from_db()
    assert (photo.subject_id, photo.enterprise_id) == (kept.pk, kept.pk)
    assert world.actor("enterprise_user").seats[0].enterprise_id == kept.pk
    assert [
        one for one in merging.pointers() if one.model is not Enterprise and one.rows(gone.pk).exists()
    ] == []
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.address, kept.papers_until) == ("紫阳镇 3 号", date(2023, 8, 1))
    assert (gone.status, gone.merged_into_id, gone.code) == ("merged", kept.pk, code_of(1))
    assert record.moved["证照"] == 1 and record.moved["关键岗位人员"] == 1
    assert record.before["gone"]["name"] == "鑫源化工（婺源）厂"
    assert record.before["gone"]["status"] == "operating"
    assert record.before["kept"]["address"] == ""


def test_a_merging_is_undone_and_later_rows_stay_where_they_were_made(
    world: World, pair: tuple[Enterprise, Enterprise]
) -> None:
    kept, gone = pair
    office = world.actor("county_officer")
    site, licence, person = make_site(gone), make_licence(gone, date(2023, 8, 1)), make_person(gone, "张三")
    branch = make_firm(number=3, name="婺源县鑫源化工有限公司分厂", parent=gone)
    photo = files.attach(office, gone, SimpleUploadedFile("a.txt", "执照扫描件".encode()))
    stood = {row: (row.code, row.name, row.address, row.phone, row.status) for row in (kept, gone)}
    record = merging.merge(office, kept, gone, take=["address", "code", "name"], reason=REASON)
    later = make_site(kept, "合并后登记的场所")
    with pytest.raises(Refused, match="为什么撤销"):
        unmerging.undo(office, record, " ")
    unmerging.undo(office, record, "核对执照，是两家企业")

    for row in (site, licence, person, photo):
        row.refresh_from_db()
        assert row.enterprise_id == gone.pk, row
    for row in (kept, gone, branch, later):
        row.refresh_from_db()
    assert (photo.subject_id, branch.parent_id, later.enterprise_id) == (gone.pk, gone.pk, kept.pk)
    assert {row: (row.code, row.name, row.address, row.phone, row.status) for row in (kept, gone)} == stood
    assert (gone.merged_into_id, gone.papers_until, kept.papers_until) == (None, date(2023, 8, 1), None)
    assert world.actor("enterprise_user").seats[0].enterprise_id == gone.pk
    assert [next(iter(audit.history(one))).act for one in (kept, gone, licence)] == ["unmerge"] * 3
    with pytest.raises(Refused, match="已经撤销过"):
        unmerging.undo(office, record, "再撤一次")
    stranger = world.actor("stranger")
    assert not Merger.objects.visible_to(stranger).filter(pk=record.pk).exists()


def test_what_was_changed_after_a_merging_is_not_given_back(
    world: World, pair: tuple[Enterprise, Enterprise], sign_in: Callable[[str], Client]
) -> None:
    kept, gone = pair
    office = world.actor("county_officer")
    record = merging.merge(office, kept, gone, take=["address"], reason=REASON)
    write(office, rows(Enterprise).get(pk=kept.pk), {"address": "工业园 8 号"}, "change")
    client = sign_in("county_officer")
    url = reverse("enterprise-unmerge", args=[record.pk])
    assert url in client.get(reverse("ledger-row", args=["enterprise-mergers", record.pk])).content.decode()
    done = client.post(url, {"reason": "是两家企业", "idempotency_key": "k1"})
    assert done.status_code == 302
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.address, gone.status, gone.merged_into_id) == ("工业园 8 号", "operating", None)
    assert client.post(url, {"reason": "再撤", "idempotency_key": "k2"}).status_code == 422


def test_the_merging_stands_in_the_history_of_all_it_touched(
    world: World, pair: tuple[Enterprise, Enterprise]
) -> None:
    kept, gone = pair
    licence = make_licence(gone, None)
    merging.merge(world.actor("county_officer"), kept, gone, take=["phone"], reason=REASON)
    first = {row: next(iter(audit.history(row))) for row in (kept, gone, licence)}
    assert [one.act for one in first.values()] == ["merge", "merge-into", "merge"]
    assert len({one.transaction for one in first.values()}) == 1
    assert first[kept].differences["phone"] == ["", "0793-1"]
    assert first[licence].differences == {"enterprise_id": [gone.pk, kept.pk]}
    assert all(REASON in one.note for one in first.values())


def test_a_merged_record_is_history(
    world: World, pair: tuple[Enterprise, Enterprise], sign_in: Callable[[str], Client]
) -> None:
    kept, gone = pair
    office = world.actor("county_officer")
    merging.merge(office, kept, gone, reason=REASON)
    gone.refresh_from_db()
    with pytest.raises(Exception, match="已并入"):
        write(office, gone, {"address": "别处"}, "change")
    client = sign_in("county_officer")
    page = client.get(reverse("ledger-row", args=["enterprises", gone.pk])).content.decode()
    assert "已并入别的企业" in page and kept.name in page
    picked = client.get(reverse("pick-enterprise"), {"q": "鑫源"}).json()
    assert [one["id"] for one in picked] == [str(kept.pk)]
    field = registry.ledger("licences").field("enterprise")
    assert resolve.resolve(office, field, {gone.code})[gone.code].value == kept.pk
    later = client.get(f"{reverse('ledger-row', args=['enterprises', kept.pk])}?tab=history").content.decode()
    assert "鑫源化工（婺源）厂" in later


def test_the_code_of_the_other_record_may_be_taken(world: World, pair: tuple[Enterprise, Enterprise]) -> None:
    kept, gone = pair
    code = gone.code
    merging.merge(world.actor("county_officer"), kept, gone, take=["code", "name"], reason=REASON)
    kept.refresh_from_db()
    assert (kept.code, kept.name) == (code, "鑫源化工（婺源）厂")


def test_what_both_have_is_named_and_nothing_moves(world: World, pair: tuple[Enterprise, Enterprise]) -> None:
    kept, gone = pair
    make_site(kept, "主厂区")
    make_site(gone, "主厂区")
    licence = make_licence(gone, None)
    with pytest.raises(Refused, match="两家都有厂区场所“主厂区”"):
        merging.merge(world.actor("county_officer"), kept, gone, reason=REASON)
    licence.refresh_from_db()
    gone.refresh_from_db()
    assert (licence.enterprise_id, gone.status) == (gone.pk, "operating")
    assert not rows(Merger).exists()


@pytest.mark.parametrize("member", ["stranger", "leader", "enterprise_user", "county_inspector"])
def test_who_may_not_merge_does_not(
    world: World, pair: tuple[Enterprise, Enterprise], sign_in: Callable[[str], Client], member: str
) -> None:
    kept, gone = pair
    with pytest.raises(Refused):
        merging.merge(world.actor(member), kept, gone, reason=REASON)
    client, url = sign_in(member), reverse("enterprise-merge")
    assert client.get(url, {"kept": kept.pk, "gone": gone.pk}).status_code == 404
    sent = {"kept": kept.pk, "gone": gone.pk, "reason": REASON}
    assert client.post(url, sent).status_code == 404
    assert rows(Enterprise).filter(status="merged").count() == 0


def test_a_firm_is_merged_once_and_never_into_itself(
    world: World, pair: tuple[Enterprise, Enterprise]
) -> None:
    kept, gone = pair
    office, third = world.actor("county_officer"), make_firm(number=4)
    for one, other, said in ((kept, kept, "同一份档案"), (kept, gone, "")):
        if said:
            with pytest.raises(Refused, match=said):
                merging.merge(office, one, other, reason=REASON)
        else:
            merging.merge(office, one, other, reason=REASON)
    with pytest.raises(Refused, match="已并入"):
        merging.merge(office, third, gone, reason=REASON)
    with pytest.raises(Refused, match="合并理由"):
        merging.merge(office, third, kept, reason=" ")
    merging.merge(office, third, kept, reason=REASON)
    gone.refresh_from_db()
    assert gone.merged_into_id == third.pk, "earlier records lead to the one that stands"


def test_a_person_merges_two_records_in_the_browser(
    world: World, pair: tuple[Enterprise, Enterprise], sign_in: Callable[[str], Client]
) -> None:
    kept, gone = pair
    make_licence(gone, None)
    client, url = sign_in("county_officer"), reverse("enterprise-merge")
    page = client.get(url, {"kept": kept.pk, "gone": gone.pk}).content.decode()
    assert "紫阳镇 3 号" in page and "证照" in page
    sent = {"kept": kept.pk, "gone": gone.pk, "take_address": "gone", "take_name": "kept"}
    assert client.post(url, sent).status_code == 422, "without a reason nothing happens"
    sent |= {"reason": REASON, "idempotency_key": "k1"}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code in (302, 404), "the second click does nothing more"
    record = rows(Merger).get()
    shown = client.get(reverse("ledger-row", args=["enterprise-mergers", record.pk])).content.decode()
    assert REASON in shown and "紫阳镇 3 号" in shown
    assert rows(Licence).get().enterprise_id == kept.pk


# Finding them -----------------------------------------------------------------------------------------


def why(world: World, member: str = "city_officer", path: str = "") -> dict[tuple[int, int], str]:
    found = reads.suspicions(world.actor(member), path)
    return {(one.one.pk, one.other.pk): one.why for one in found.pairs}


def test_alike_names_and_equal_telephones_are_suspected(world: World) -> None:
    a = make_firm(number=2, name="婺源县鑫源化工有限公司")
    b = make_firm(number=3, name="上饶市鑫源化工有限责任公司", region_path=XINZHOU)
    c = make_firm(number=4, name="婺源县鑫源精细化工有限公司")
    d = make_firm(number=5, name="婺源县宏达运输有限公司", phone="0793-7350001")
    e = make_firm(number=6, name="紫阳镇货运站", phone="0793-7350001", industry="road-transport")
    make_firm(number=7, name="濂溪区鑫源化工有限公司", region_path=LIANXI)
    f = make_firm(number=8, name="信州鑫源化工有限公司", region_path=XINZHOU)
    found = why(world)
    assert found[(a.pk, b.pk)] == "名称主体相同"
    assert "联系电话相同" in found[(d.pk, e.pk)]
    assert (a.pk, c.pk) not in found, "half of their pairs are not enough"
    assert (a.pk, f.pk) not in found, "each says its own county"
    assert (b.pk, f.pk) in found, "one of them says only the city"
    assert all(1_007 not in pair for pair in found), "another city's firm is no duplicate, and not seen"
    assert set(why(world, path=XINZHOU)) == {(b.pk, f.pk)}


def test_names_that_share_most_pairs_are_suspected(world: World) -> None:
    a = make_firm(number=2, name="婺源县大鄣山绿色食品饮料有限公司")
    b = make_firm(number=3, name="婺源县大鄣山绿色食品厂")
    assert "名称相近" in why(world)[(a.pk, b.pk)]


def test_two_firms_told_apart_are_not_shown_again(world: World, sign_in: Callable[[str], Client]) -> None:
    a, b = make_firm(number=2, name="婺源县鑫源化工有限公司"), make_firm(number=3, name="婺源县鑫源化工厂")
    client = sign_in("county_officer")
    assert "名称主体相同" in client.get(reverse("enterprise-duplicates")).content.decode()
    sent = {"one": b.pk, "other": a.pk}
    assert client.post(reverse("enterprise-tell-apart"), sent).status_code == 302
    assert "没有发现疑似重复" in client.get(reverse("enterprise-duplicates")).content.decode()
    assert rows(Distinction).get().by.startswith("汪海波")
    assert "不同企业" in next(iter(audit.history(a))).note


def test_a_large_place_compares_only_equal_cores(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = make_firm(number=2, name="婺源县鑫源化工有限公司"), make_firm(number=3, name="婺源县鑫源化工厂")
    monkeypatch.setattr(reads, "MOST_COMPARED", 1)
    found = reads.suspicions(world.actor("county_officer"))
    assert found.narrow and [(one.one, one.other) for one in found.pairs] == [(a, b)]


def test_sites_and_people_are_rows_of_their_own(world: World, pair: tuple[Enterprise, Enterprise]) -> None:
    """Merging changes no row but its pointer: site, person and their versions go on."""
    kept, gone = pair
    site, person = make_site(gone), make_person(gone, "李四")
    merging.merge(world.actor("county_officer"), kept, gone, reason=REASON)
    assert rows(Site).get(pk=site.pk).version == site.version + 1
    assert rows(KeyPerson).get(pk=person.pk).name == "李四"
