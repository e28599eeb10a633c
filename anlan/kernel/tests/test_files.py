"""Files: by content and not by name, kept once, whole or not at all, sent only to who sees the row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest
from PIL import Image
from pytest_django import Settings

from anlan.kernel import files
from anlan.kernel.digest import _InPython, hasher, sm3
from anlan.kernel.files import attach, attached, clean_name, detach, download, receive, twins
from anlan.kernel.models import Attachment, AuditEntry, StoredFile
from anlan.kernel.scope import PUBLIC, Actor
from anlan.kernel.sniff import BadFile
from anlan.kernel.tests.mechanisms import OTHER, city, county, fault, stranger
from anlan.kernel.writing import Refused, remove


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """A store of this test's own."""
    settings.FILES = tmp_path / "files"
    return tmp_path / "files"


def upload(content: bytes, name: str = "x.bin") -> SimpleUploadedFile:
    """An upload as a form brings it."""
    return SimpleUploadedFile(name, content)


def picture(kind: str = "JPEG", colour: str = "red") -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, kind)
    return out.getvalue()


def pdf() -> bytes:
    """A real PDF."""
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PDF")
    return out.getvalue()


def word() -> bytes:
    """A real Word document."""
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def sheet() -> bytes:
    """A real workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet()
    book.close()
    return out.getvalue()


def packed(members: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def left(store: Path) -> list[Path]:
    """All files in the store."""
    return [one for one in store.rglob("*") if one.is_file()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), "jpg"),
        (picture("PNG"), "png"),
        (picture("GIF"), "gif"),
        (picture("WEBP"), "webp"),
        (pdf(), "pdf"),
        (word(), "docx"),
        (sheet(), "xlsx"),
        (packed({"a.txt": b"x"}), "zip"),
        (packed({"OFD.xml": b"<ofd/>"}), "ofd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ole"),
        ("单位,数量\n德兴市,3\n".encode(), "txt"),
        ("单位,数量\n德兴市,3\n".encode("gb18030"), "txt"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(40), "mp4"),
        (picture("JPEG") + b"\x00\x00\x00\x18ftypmp42" + bytes(40), "jpg"),
    ],
)
def test_the_content_decides_the_kind(content: bytes, kind: str) -> None:
    assert receive(upload(content, "report.exe")).kind == kind


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "空的", id="empty"),
        pytest.param(b"MZ\x90\x00" + bytes(200), "可执行", id="windows program"),
        pytest.param(b"\x7fELF" + bytes(200), "可执行", id="linux program"),
        pytest.param(b"#!/bin/sh\nrm -rf /\n", "可执行", id="shell script"),
        pytest.param(b"  <!DOCTYPE html><script>1</script>", "网页", id="page"),
        pytest.param(b'<?xml version="1.0"?><svg onload="x"/>', "网页", id="svg"),
        pytest.param(b"GIF89a/*<script>alert(1)</script>*/", "网页代码", id="picture and page"),
        pytest.param(picture() + packed({"a.txt": b"x"}), "夹带压缩包", id="picture and zip"),
        pytest.param(pdf() + packed({"a.txt": b"x"}), "夹带压缩包", id="pdf and zip"),
        pytest.param(packed({"run.exe": b"x"}), "可执行程序", id="program in a zip"),
        pytest.param(packed({"word/document.xml": b"x", "word/vbaProject.bin": b"x"}), "宏", id="macros"),
        pytest.param(packed({"a": bytes(120 * 1024**2)}), "炸弹", id="zip bomb"),
        pytest.param(packed({"a.txt": b"x"})[:40], "损坏", id="broken zip"),
        pytest.param(b"\x01\x02\x00\xff" * 50, "认不出", id="unknown"),
    ],
)
def test_what_is_not_taken_says_why_and_leaves_nothing(store: Path, content: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        receive(upload(content, "photo.jpg"))
    assert (left(store), StoredFile.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_too_large_is_noticed_while_it_comes_in(store: Path) -> None:
    class Endless:
        name: str | None = "big.bin"
        taken = 0

        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            while True:
                self.taken += 1
                yield bytes(1024 * 1024)

    endless = Endless()
    with pytest.raises(BadFile, match="3 MB"):
        receive(endless, limit=3 * 1024 * 1024)
    assert (endless.taken, left(store)) == (4, [])


@pytest.mark.django_db
def test_only_the_kinds_asked_for() -> None:
    with pytest.raises(BadFile, match="jpg、png"):
        receive(upload(pdf()), kinds=("jpg", "png"))


@pytest.mark.django_db
def test_one_content_is_kept_once_under_its_digest(store: Path) -> None:
    content = picture()
    first, second = receive(upload(content, "a.jpg")), receive(upload(content, "b.jpg"))
    (path,) = left(store)
    assert first == second
    assert str(path.relative_to(store)) == f"{first.digest[:2]}/{first.digest[2:4]}/{first.digest}"
    assert (path.read_bytes(), first.size, first.digest) == (content, len(content), sm3(content))


@pytest.mark.django_db
def test_a_crash_before_the_row_leaves_no_row_without_file(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_into_place", broken)
    with pytest.raises(OSError, match="space"):
        receive(upload(picture()))
    assert (left(store), StoredFile.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_an_attachment_belongs_to_its_row_and_is_on_record() -> None:
    row = fault()
    found = attach(
        county(),
        row,
        upload(picture(), "..\\整改前.png"),
        kind="before",
        effective_on=date(2023, 6, 20),
        place=(117.9, 28.4),
    )
    again = attach(county(), row, upload(picture(), "整改前.jpg"), kind="before")
    assert (list(attached(row)), again) == ([found], found)
    assert (found.name, found.effective_on, found.longitude) == ("整改前.png.jpg", date(2023, 6, 20), 117.9)
    entry = AuditEntry.objects.unscoped("a test").get(act="attach")
    assert (entry.subject_id, entry.differences) == (row.pk, {"file": [None, found.file.digest]})


@pytest.mark.django_db
def test_the_same_photo_twice_is_noticed() -> None:
    first = attach(county(), fault(), upload(picture()))
    other = attach(county(), fault(), upload(picture(colour="blue")))
    second = attach(stranger(), fault(OTHER), upload(picture(), "other name.jpg"))
    assert (list(twins(second)), list(twins(other))) == ([first], [])
    assert list(twins(first).visible_to(county())) == []


@pytest.mark.django_db
def test_who_may_not_change_the_row_may_not_attach() -> None:
    row = fault()
    with pytest.raises(Refused, match="权限"):
        attach(city(), row, upload(picture()))
    with pytest.raises(Refused, match="没有这一行"):
        attach(stranger(), row, upload(picture()))
    assert StoredFile.objects.count() == 0


def get(who: Actor, pk: int) -> Any:
    """Ask for a download as somebody."""
    request = HttpRequest()
    request.actor = who  # type: ignore[attr-defined]
    return download(request, pk)


@pytest.mark.django_db
def test_a_download_follows_the_row_and_is_never_shown_inline() -> None:
    found = attach(county(), fault(), upload(picture(), "整改前.jpg"))
    answer = get(city(), found.pk)
    assert b"".join(answer.streaming_content) == picture()
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "image/jpeg")
    for who in (stranger(), PUBLIC):
        with pytest.raises(Http404):
            get(who, found.pk)
    with pytest.raises(Http404):
        get(city(), found.pk + 1)


@pytest.mark.django_db
def test_taking_off_keeps_the_content_and_the_record() -> None:
    row = fault()
    found = attach(county(), row, upload(picture()))
    with pytest.raises(Refused):
        detach(stranger(), row, found.pk, "误传")
    detach(county(), row, found.pk, "误传")
    assert (attached(row).count(), StoredFile.objects.count()) == (0, 1)
    assert Attachment.objects.unscoped("a test").count() == 0
    assert AuditEntry.objects.unscoped("a test").get(act="detach").note == "x.bin.jpg：误传"


@pytest.mark.django_db
def test_a_removed_row_takes_its_attachments_off() -> None:
    row = fault()
    found = attach(county(), row, upload(picture()))
    remove(county(), row)
    assert Attachment.objects.unscoped("a test").filter(pk=found.pk).count() == 0


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("a/b\\c.pdf", "pdf", "c.pdf"),
        ("照片.JPEG", "jpg", "照片.jpeg"),
        ("台账.csv", "txt", "台账.csv"),
        ("老表.xls", "ole", "老表.xls"),
        ("photo\u202egpj.exe", "jpg", "photogpj.exe.jpg"),
        ("\x00..", "pdf", "附件.pdf"),
        ("长" * 300 + ".pdf", "pdf", "长" * 120 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_their_content_says(name: str, kind: str, clean: str) -> None:
    assert clean_name(name, kind) == clean


def test_sm3_agrees_with_the_standard() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_the_slow_way_gives_the_same() -> None:
    slow, quick = _InPython(), hasher()
    for piece in (b"abc", "安澜".encode(), bytes(100)):
        slow.update(piece)
        quick.update(piece)
    assert slow.hexdigest() == quick.hexdigest() == sm3([b"abc", "安澜".encode(), bytes(100)])
