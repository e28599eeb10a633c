"""From a file to published rows, on the two documents."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.kernel import files
from anlan.kernel.models import Attachment
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.org.models import UnitFamily
from anlan.org.staffing import staff_region
from anlan.org.testing import World
from anlan.programmes.actions.demo_review import review_and_publish
from anlan.programmes.actions.intake import TakenBefore, take_in
from anlan.programmes.actions.publish import NotReady, publish
from anlan.programmes.models import Edition, Item, ItemRole, Obligation, Programme, Sentence, Target
from anlan.programmes.reads_review import drafts_of, findings_of

DATA = Path(__file__).parent.parent / "demo"
CITY, PROVINCE = "shangrao-2023.txt", "jiangxi-2022.txt"


def staff(world: World, *codes: str) -> None:
    """All offices of these regions."""
    families = list(UnitFamily.objects.unscoped("a test's own world"))
    for code in codes:
        staff_region(world.regions[code], families)


def upload(actor: Actor, name: str, data: bytes, programme: Programme | None = None) -> Edition:
    """Take a file in without a job."""
    stored = files.receive(SimpleUploadedFile(name, data))
    return take_in(actor, stored, name, programme)


def seed(name: str) -> bytes:
    """One of the two documents."""
    return (DATA / name).read_bytes()


def live(programme: Programme) -> Any:
    """The items in force."""
    return Item.objects.unscoped("test").filter(programme=programme, ended=None)


def duties(programme: Programme) -> Any:
    """The obligations in force."""
    return Obligation.objects.unscoped("test").filter(item__programme=programme, ended=None)


@pytest.fixture
def city(world: World) -> Actor:
    """上饶市安委办, with all offices of the city, its counties and the province."""
    staff(world, "360000", "361100", "361130", "361102", "361104")
    return world.actor("city_officer")


def test_a_document_becomes_an_edition_whose_every_sentence_is_classed(city: Actor) -> None:
    edition = upload(city, CITY, seed(CITY))
    assert edition.state == Edition.State.REVIEWING and edition.no == 1
    programme = edition.programme
    assert (programme.title, programme.number, programme.year) == (
        "上饶市2023年安全生产工作要点", "饶安发〔2023〕3号", 2023)  # fmt: skip
    assert [one["due"] for one in programme.report_days] == ["2023-06-30", "2023-12-31"]
    drafts = drafts_of(edition)
    assert len(drafts) == 30
    rows = list(Sentence.objects.filter(edition=edition).order_by("start"))
    assert edition.text is not None
    assert rows[0].start == 0 and rows[-1].end == len(edition.text.text)
    assert all(one.end == two.start for one, two in pairwise(rows))
    kept = Attachment.objects.unscoped("test").get(ledger="editions", subject_id=edition.pk)
    assert kept.name == CITY and kept.file_id == edition.text.file_id


def test_units_and_the_twelve_plus_three_are_found_in_the_org_chart(world: World, city: Actor) -> None:
    roles = drafts_of(upload(city, CITY, seed(CITY)))[0].body["duty"]["roles"]
    named = {one["name"]: one for one in roles}
    assert named["市应急局"]["units"] == [world.unit("emergency", "361100").pk]
    places = named["“12+3”政府（管委会）"]
    # The small world has three counties and one zone: that contradicts the text, so somebody must look.
    assert places["state"] == "open" and any("12+3" in one for one in places["problems"])
    assert world.unit("people-government", "361130").pk in places["units"]


@pytest.mark.parametrize(
    ("member", "name", "items"), [("city_officer", CITY, 30), ("province_officer", PROVINCE, 33)]
)
def test_a_document_is_published_after_a_review(
    world: World, city: Actor, member: str, name: str, items: int
) -> None:
    actor = world.actor(member)
    edition = review_and_publish(actor, upload(actor, name, seed(name)), "李某")
    assert edition.state == Edition.State.PUBLISHED and len(edition.digest) == 64
    programme = Programme.objects.visible_to(actor).get(pk=edition.programme_id)
    assert programme.state == Programme.State.RUNNING
    assert live(programme).count() == items
    assert duties(programme).count() > 150
    assert ItemRole.objects.filter(item__programme=programme, unit_ids__len__gt=0).exists()
    assert Target.objects.filter(programme=programme).count() == len(edition.compiled["targets"]) > 0
    ruled = duties(programme).exclude(ruling={})
    assert ruled.filter(kind="cadence", period="quarter").exists()
    assert all(one.settled_by for one in findings_of(edition))


def test_an_unsettled_edition_is_refused_with_every_reason(city: Actor) -> None:
    edition = upload(city, CITY, seed(CITY))
    with pytest.raises(NotReady) as refused:
        publish(city, edition, "李某")
    said = "".join(refused.value.reasons)
    assert "疑点" in said and "责任单位" in said and "没有确认本条" in said
    assert not live(edition.programme).exists()


def test_the_same_text_twice_is_refused_with_the_way_to_the_first(city: Actor) -> None:
    first = upload(city, CITY, seed(CITY))
    with pytest.raises(TakenBefore) as same_file:
        upload(city, "又一份.txt", seed(CITY))
    assert same_file.value.edition == first
    with pytest.raises(TakenBefore) as same_text:
        upload(city, "带标记.txt", b"\xef\xbb\xbf" + seed(CITY))
    assert same_text.value.edition == first
    assert Programme.objects.visible_to(city).count() == 1


def test_a_file_without_chinese_says_so_on_its_edition(city: Actor) -> None:
    edition = upload(city, "notes.txt", b"nothing here for an office " * 20)
    assert edition.state == Edition.State.UNREADABLE
    assert "汉字" in edition.message
    with pytest.raises(Refused, match="没有读出来"):
        publish(city, edition, "李某")


def test_the_stranger_sees_nothing_of_it(world: World, city: Actor) -> None:
    edition = upload(city, CITY, seed(CITY))
    stranger = world.actor("stranger")
    assert not Edition.objects.visible_to(stranger).exists()
    assert not Programme.objects.visible_to(stranger).exists()
    with pytest.raises(Refused):
        publish(stranger, edition, "某人")
