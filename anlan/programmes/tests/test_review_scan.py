"""Scanned and old files at the door: read with a mark to check them, or refused with the remedy."""

from __future__ import annotations

import io
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from anlan.kernel import jobs
from anlan.kernel.models import Job
from anlan.org.testing import World
from anlan.programmes.models import Edition
from anlan.programmes.reads_review import drafts_of, findings_of, what_hinders
from anlan.programmes.tests.test_review_path import staff

pytestmark = pytest.mark.django_db(transaction=True)
LINES = (
    "上饶市2023年安全生产工作要点",
    "一、健全责任体系",
    "1.落实警示日制度。每月16日开展安全防范警示日活动。（市应急局牵头）",
    "2.强化建设施工安全。年底前完成在建工地排查100处以上。（市住建局牵头）",
)
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)
OLD_WORD = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "WordDocument".encode("utf-16-le") + b"\0" * 600
)


def scanned() -> bytes:
    """A PDF of one page that holds a picture of the lines and no text, as a scanner makes it."""
    face = next((one for one in FONTS if Path(one).exists()), None)
    if face is None:
        pytest.skip("no Chinese font on this machine")
    page = Image.new("L", (1240, 900), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(face, 30)
    for n, line in enumerate(LINES):
        pen.text((90, 110 + 90 * n), line, fill=20, font=font)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=150)
    return out.getvalue()


def sent(world: World, name: str, data: bytes) -> tuple[Client, Job, Edition]:
    """The file through the upload page and its job."""
    staff(world, "361100")
    client = Client()
    client.force_login(world.person("city_officer"))
    answer = client.post(reverse("review-intake"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.unscoped("test").latest("pk")
    jobs.run(job.pk)
    return client, Job.objects.unscoped("test").get(pk=job.pk), Edition.objects.unscoped("test").get()


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR part is not installed")
def test_a_scanned_document_is_read_and_each_page_waits_to_be_checked(world: World) -> None:
    client, job, edition = sent(world, "要点（扫描）.pdf", scanned())
    assert job.state == "done", job.message
    assert edition.state == Edition.State.REVIEWING
    drafts = drafts_of(edition)
    assert [one.title for one in drafts] == ["落实警示日制度", "强化建设施工安全"]
    assert [one["kind"] for one in drafts[0].body["obligations"]] == ["cadence"]
    (doubt,) = [one for one in findings_of(edition) if one.kind == "recognised"]
    assert "第 1 页是扫描件" in doubt.message and "待核" in doubt.message
    assert any("处疑点没有处理" in one for one in what_hinders(edition))
    screen = client.get(reverse("review", args=[edition.pk])).content.decode()
    assert "待核" in screen and "由扫描识别" in screen and "打开原件" in screen
    client.post(reverse("review-doubt", args=[doubt.pk]), {"words": "已对照原件核对", "whole": "1"})
    assert "已对照原件核对" in client.get(reverse("review-doubts", args=[edition.pk])).content.decode()


@pytest.mark.skipif(find_spec("rapidocr") is not None, reason="the OCR part is installed")
def test_a_scanned_document_without_the_ocr_part_names_the_remedy(world: World) -> None:
    client, job, edition = sent(world, "要点（扫描）.pdf", scanned())
    assert edition.state == Edition.State.UNREADABLE and edition.text is None
    assert "文字识别组件" in edition.message and "docx" in edition.message
    page = client.get(client.get(reverse("job", args=[job.pk]))["Location"]).content.decode()
    assert "文字识别组件" in page


@pytest.mark.skipif(
    bool(shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is installed"
)
@pytest.mark.parametrize("name", ["要点.doc", "要点.wps"])
def test_an_old_office_file_without_libreoffice_names_the_remedy(world: World, name: str) -> None:
    client, job, edition = sent(world, name, OLD_WORD)
    assert edition.state == Edition.State.UNREADABLE
    assert "需要 LibreOffice" in edition.message and "另存为 .docx" in edition.message
    shown: Any = client.get(client.get(reverse("job", args=[job.pk]))["Location"])
    assert "另存为 .docx" in shown.content.decode()


@pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed"
)
def test_an_old_office_file_is_read_through_libreoffice(world: World) -> None:
    rich = "{\\rtf1\\ansi\\uc0 " + "\\par ".join(
        "".join(f"\\u{ord(letter) if ord(letter) < 32768 else ord(letter) - 65536} " for letter in line)
        for line in LINES
    ) + "}"  # fmt: skip
    _, job, edition = sent(world, "要点.doc", rich.encode())
    assert job.state == "done" and edition.state == Edition.State.REVIEWING
    assert len(drafts_of(edition)) == 2
