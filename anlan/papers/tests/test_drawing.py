"""The sheet as docx and as PDF, looked into."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pypdfium2
from docx import Document
from docx.oxml.ns import qn

from anlan.papers import drawing_pdf
from anlan.papers.drawing_docx import docx
from anlan.papers.drawing_pdf import pdf
from anlan.papers.rules import blocks
from anlan.papers.rules.sheet import Sheet
from anlan.papers.tests.test_rules import TEXT

SHEET = Sheet(
    issuer="上饶市安全生产委员会办公室",
    title="关于上饶市2023年上半年安全生产工作要点完成情况的报告",
    blocks=blocks.parse(TEXT),
    number="饶安办字〔2023〕21号",
    recipients="省安委会办公室",
    enclosures=["清单"],
    signature="上饶市安委会办公室",
    dated=date(2023, 6, 20),
    contact="联系人：周明",
    copy_to="市政府办公室",
    imprint="上饶市安委会办公室",
)
LETTER = replace(SHEET, letter=True)


def words(data: bytes) -> list[str]:
    """The text of each page."""
    found = pypdfium2.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_range().split()) for page in found]


def test_the_pdf_is_a4_and_says_everything_in_order() -> None:
    made = pypdfium2.PdfDocument(pdf(SHEET))
    width, height = made[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    text = "".join(words(pdf(SHEET)))
    order = ["上饶市安全生产委员会办公室", "饶安办字〔2023〕21号", "省安委会办公室：", "一、总体情况",
             "附件：清单",
             "2023年6月20日", "（联系人：周明）", "抄送：市政府办公室。", "2023年6月20日印发"]  # fmt: skip
    at = [text.index(one) for one in order]
    assert at == sorted(at)


def test_pages_are_numbered_and_a_letter_leaves_the_first_unnumbered() -> None:
    assert "—1—" in words(pdf(SHEET))[0]
    letter = words(pdf(LETTER))
    assert "—1—" not in letter[0] and "—2—" in letter[1]


def test_the_enclosure_stands_on_its_own_page_before_the_imprint() -> None:
    last = words(pdf(SHEET))[-1]
    assert last.startswith("附件清单") and "抄送" in last


def test_a_full_page_holds_22_lines_of_28_characters() -> None:
    """A body of nothing but 字, set without a head on page two."""
    body = blocks.clean([{"kind": "paragraph", "text": "字" * 1400}])
    page = pypdfium2.PdfDocument(pdf(Sheet("甲", "题", body)))[1]
    text = page.get_textpage().get_text_range().split("—")[0]
    lines = [line for line in text.splitlines() if "字" in line]
    assert len(lines) == 22 and {len(line.strip()) for line in lines} == {28}


def test_the_same_paper_gives_the_same_bytes_and_marks_do_no_harm() -> None:
    at = datetime(2023, 6, 20, 8, 30, 1, 123456, tzinfo=UTC)
    assert pdf(SHEET, at) == pdf(SHEET, at)
    marks = '#let x = 1 $a$ *b* _c_ <d> @e \\ " ` [f]'
    sheet = replace(SHEET, blocks=blocks.clean([{"kind": "paragraph", "text": marks}]))
    assert "#letx=1$a$*b*_c_<d>@e" in "".join(words(pdf(sheet)))


def test_a_machine_without_chinese_fonts_still_draws(monkeypatch) -> None:
    drawing_pdf.faces.cache_clear()
    monkeypatch.setattr(drawing_pdf, "families", lambda: frozenset({"DejaVu Sans"}))
    assert drawing_pdf.faces()["body"] == ["Libertinus Serif"]
    assert pdf(SHEET).startswith(b"%PDF")
    drawing_pdf.faces.cache_clear()


def test_an_empty_paper_is_drawn() -> None:
    empty = Sheet("", "", [])
    assert pdf(empty).startswith(b"%PDF") and docx(empty).startswith(b"PK")


def test_the_docx_has_named_styles_real_paragraphs_and_east_asian_fonts() -> None:
    made = Document(BytesIO(docx(SHEET)))
    by_style = {one.style.name: one.text for one in made.paragraphs}
    assert by_style["发文机关标志"] == SHEET.issuer
    assert by_style["一级标题"] == "一、总体情况"
    assert by_style["主送机关"] == "省安委会办公室："
    fonts = made.styles["公文正文"].element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert made.styles["公文标题"].font.size.pt == 22
    assert [len(one.rows) for one in made.tables] == [2, 2]


def test_the_docx_has_the_margins_and_the_grid_of_the_standard() -> None:
    section = Document(BytesIO(docx(SHEET))).sections[0]
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in edges] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("linesAndChars", "579")


def test_page_numbers_of_the_docx_stand_on_the_outer_side() -> None:
    made = Document(BytesIO(docx(SHEET)))
    assert made.settings.odd_and_even_pages_header_footer
    parts = zipfile.ZipFile(BytesIO(docx(SHEET)))
    footers = [parts.read(name).decode() for name in parts.namelist() if "footer" in name]
    assert len(footers) == 2 and all(" PAGE " in one for one in footers)


def test_a_draft_says_so_on_both() -> None:
    draft = replace(SHEET, draft=True)
    assert "草稿，未签发" in words(pdf(draft))[0]
    parts = zipfile.ZipFile(BytesIO(docx(draft)))
    assert any("草稿，未签发" in parts.read(name).decode() for name in parts.namelist() if "header" in name)
