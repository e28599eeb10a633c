"""Photographs compared: what is alike, what is not, what a reader is told, what is marked and listed."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageDraw, ImageEnhance

from anlan.hazards import danger_measures, pictures, reads_danger_statistics, reads_photos
from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_photos
from anlan.hazards.danger_ledgers import copied
from anlan.hazards.models import CopiedPhoto, HiddenDanger, PhotoPrint
from anlan.hazards.rules import danger_photos as rules
from anlan.hazards.tests.danger_case import TODAY, XINZHOU, firm, world
from anlan.kernel import clock, files
from anlan.kernel.scope import Actor
from anlan.org.testing import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


def scene(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A picture with things in it; another seed is another place."""
    chance, image = random.Random(seed), Image.new("RGB", size, (190, 190, 185))
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        box = (left, top, left + chance.randrange(40, 260), top + chance.randrange(40, 260))
        pen.rectangle(box, fill=tuple(chance.randrange(256) for _ in range(3)))
    return image


def upload(image: Image.Image, quality: int = 85, **more: Any) -> SimpleUploadedFile:
    """As a browser sends it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **more)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def hang(actor: Actor, row: HiddenDanger, image: Image.Image, kind: str = "before", **more: Any) -> Any:
    return act.photograph(actor, row, upload(image, **more), kind)


def found(actor: Actor, **values: Any) -> HiddenDanger:
    """A danger on record without a photo."""
    return act.register(actor, {"description": "报警器断电", "found_on": TODAY, **values})


def told(actor: Actor, row: HiddenDanger, pk: int) -> reads_photos.Shot:
    return next(one for one in reads_photos.shots(actor, row) if one.pk == pk)


@pytest.mark.parametrize(
    ("greys", "bits"),
    [
        ([100] * 72, None),
        ([100] * 71 + [107], None),
        ([100] * 71 + [108], 1),
        ([10, *[0] * 71], 0),
        ((list(range(0, 90, 10)) * 8), (1 << 64) - 1),
    ],
    ids=["one tone", "below the least contrast", "at it", "all darker to the right", "all lighter"],
)
def test_a_print_is_64_comparisons_of_neighbours(greys: list[int], bits: int | None) -> None:
    assert rules.print_of(greys) == bits


def test_near_prints_share_a_band_and_survive_the_sign() -> None:
    chance = random.Random(5)
    for _ in range(200):
        bits = chance.getrandbits(64)
        other = bits
        for place in chance.sample(range(64), rules.NEAR):
            other ^= 1 << place
        assert rules.apart(bits, other) == rules.NEAR == rules.apart(rules.signed(bits), rules.signed(other))
        assert any(a == b for a, b in zip(rules.bands(bits), rules.bands(other), strict=True))


@pytest.mark.parametrize(
    ("taken", "days"),
    [(date(2023, 7, 4), None), (date(2023, 7, 3), 2), (date(2023, 7, 6), None), (None, None)],
    ids=["the day before is allowed", "two days before", "after", "unknown"],
)
def test_a_photo_is_older_than_its_danger(taken: date | None, days: int | None) -> None:
    assert rules.days_before(taken, TODAY, 1) == days


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert rules.metres_between((117.0, 28.0), (117.0, 29.0)) == pytest.approx(111_195, rel=1e-4)
    assert rules.too_far((117.0, 28.0), (117.0, 28.00899), 1000) is None
    assert rules.too_far((117.0, 28.0), (117.0, 28.00900), 1000) == pytest.approx(1000.75, abs=0.1)
    assert rules.exif_degrees((28, 30, 36), "N") == pytest.approx(28.51)
    assert rules.exif_degrees((118, 0, 0), "W") == -118
    assert rules.exif_degrees((91, 0, 0), "N") is None and rules.exif_degrees((1, 0, 0), "") is None


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        (lambda image: image, True),
        (lambda image: image.resize((400, 300)), True),
        (lambda image: ImageEnhance.Contrast(image).enhance(0.85), True),
        (lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), False),
        (lambda image: scene(99), False),
    ],
    ids=["saved again", "made small", "flatter light", "mirrored", "another place"],
)
def test_what_is_alike_is_found_and_what_is_not_is_left_alone(house: World, change: Any, alike: bool) -> None:
    inspector = house.actor("county_inspector")
    first, second = found(inspector, enterprise_id=1), found(inspector, enterprise_id=1)
    hang(inspector, first, scene(1))
    hung = hang(inspector, second, change(scene(1)), quality=60)
    shot = told(inspector, second, hung.pk)
    assert shot.suspect is alike and shot.fresh is not alike
    assert [url.endswith(f"/dangers/{first.pk}/") for _, url in shot.hints] == [True] * alike
    assert CopiedPhoto.objects.filter(danger=second).exists() is alike


def test_the_earlier_danger_is_told_of_the_later_one_and_stays_unmarked(house: World) -> None:
    inspector = house.actor("county_inspector")
    first, second = found(inspector, enterprise_id=1), found(inspector, enterprise_id=1)
    hung = hang(inspector, first, scene(2))
    hang(inspector, second, scene(2), quality=50)
    shot = told(inspector, first, hung.pk)
    assert not shot.suspect and shot.hints == []
    assert shot.notes[0][0].startswith(f"{second.number} 后来用了")
    everyone = HiddenDanger.objects.unscoped("test")
    assert list(everyone.filter(copied("1"))) == [second] and first in everyone.filter(copied("0"))
    measure = next(one for one in danger_measures.MEASURES if one.key == "dangers-copied-photos")
    assert callable(measure.rows) and list(measure.rows()) == [second]
    by_firm = reads_danger_statistics.firms_copying_photos(inspector, TODAY - timedelta(days=365))
    assert [(one["enterprise_id"], one["copied"], one["n"]) for one in by_firm] == [(1, 1, 2)]


def test_a_reader_without_the_other_danger_gets_a_plain_sentence(house: World) -> None:
    inspector, officer = house.actor("county_inspector"), house.actor("city_officer")
    other = firm(name="信州某酒店", region_path=XINZHOU)
    theirs = found(officer, enterprise_id=other.pk)
    mine = found(inspector, enterprise_id=1)
    hang(officer, theirs, scene(3))
    hung = hang(inspector, mine, scene(3))
    words = dict(told(inspector, mine, hung.pk).hints)
    assert "与您职责范围以外的 1 处照片近似或相同" in words and set(words.values()) == {""}
    assert theirs.number in str(told(officer, mine, hung.pk).hints)


def test_the_same_photo_before_and_after_is_no_proof(house: World) -> None:
    inspector = house.actor("county_inspector")
    row = found(inspector, enterprise_id=1)
    hang(inspector, row, scene(4))
    again = hang(inspector, row, scene(4), quality=95)
    assert told(inspector, row, again.pk).hints == []
    after = hang(inspector, row, scene(4), "after", quality=40)
    assert told(inspector, row, after.pk).hints[0][0].startswith("与本条整改前的照片")
    assert CopiedPhoto.objects.get(danger=row).photos == 1
    files.detach(house.actor("county_officer"), row, after.pk, "传错")
    danger_photos.catch_up()
    assert not CopiedPhoto.objects.filter(danger=row).exists()


def test_one_tone_and_what_cannot_be_read_are_not_compared(house: World) -> None:
    inspector = house.actor("county_inspector")
    row = found(inspector, enterprise_id=1)
    hung = hang(inspector, row, Image.new("RGB", (90, 80), (40, 40, 42)))
    heic = SimpleUploadedFile("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64)
    unread = act.photograph(inspector, row, heic, "before")
    assert "几乎是一个颜色，没有比对" in str(told(inspector, row, hung.pk).notes)
    shot = told(inspector, row, unread.pk)
    assert not shot.readable and shot.notes == [("打不开，没有比对", "")]
    assert reads_photos.verdict(reads_photos.shots(inspector, row)) == ("mute", "没有能比对的照片")


def test_time_and_place_come_from_the_camera_where_the_upload_says_nothing(house: World) -> None:
    inspector = house.actor("county_inspector")
    hotel = firm(longitude="117.860000", latitude="29.250000")
    row = found(inspector, enterprise_id=hotel.pk)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2023:06:18 10:22:05"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps |= {1: "N", 2: (29.0, 15.0, 0.0), 3: "E", 4: (118.0, 0.0, 0.0)}
    hung = hang(inspector, row, scene(6), exif=exif)
    assert hung.taken_at == datetime(2023, 6, 18, 2, 22, 5, tzinfo=UTC)
    assert (hung.longitude, hung.latitude) == (118.0, 29.25)
    words = [said for said, _ in told(inspector, row, hung.pk).hints]
    assert words == ["拍摄于发现前 17 天", "拍摄位置距企业登记的位置 13.6 公里"]
    bare = hang(inspector, row, scene(7))
    assert (bare.taken_at, bare.longitude) == (None, None)


def test_what_hung_before_there_were_prints_is_caught_up(house: World) -> None:
    inspector = house.actor("county_inspector")
    first, second = found(inspector, enterprise_id=1), found(inspector, enterprise_id=1)
    for row in (first, second):
        hang(inspector, row, scene(8))
    PhotoPrint.objects.all().delete()
    CopiedPhoto.objects.all().delete()
    assert danger_photos.catch_up() == 2
    assert list(CopiedPhoto.objects.values_list("danger_id", "nearest")) == [(second.pk, 0)]


def test_a_picture_of_too_many_pixels_is_not_unpacked(house: World, monkeypatch: Any) -> None:
    stored = files.receive(upload(scene(9)))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)
    assert danger_photos.fingerprint(stored).why == PhotoPrint.Why.UNREAD
