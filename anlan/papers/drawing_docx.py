"""A paper as docx, to be edited in WPS or Word: named styles, real paragraphs, the fonts of the standard.

Fonts are named as GB/T 9704-2012 names them; a machine that has none of them takes its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from anlan.papers.rules import sheet as measures
from anlan.papers.rules.sheet import Sheet

TITLE, BODY, BLACK, SCRIPT, PLAIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
RED: Final = RGBColor.from_string(measures.RED)
# style, font, size in points, alignment, first line indent in characters
STYLES: Final = (
    ("发文机关标志", TITLE, 35.0, ALIGN.CENTER, 0),
    ("发文字号", BODY, measures.SIZE_3, ALIGN.CENTER, 0),
    ("公文标题", TITLE, measures.SIZE_2, ALIGN.CENTER, 0),
    ("主送机关", BODY, measures.SIZE_3, ALIGN.JUSTIFY, 0),
    ("公文正文", BODY, measures.SIZE_3, ALIGN.JUSTIFY, 2),
    ("一级标题", BLACK, measures.SIZE_3, ALIGN.JUSTIFY, 2),
    ("二级标题", SCRIPT, measures.SIZE_3, ALIGN.JUSTIFY, 2),
    ("三级标题", BODY, measures.SIZE_3, ALIGN.JUSTIFY, 2),
    ("四级标题", BODY, measures.SIZE_3, ALIGN.JUSTIFY, 2),
    ("附件说明", BODY, measures.SIZE_3, ALIGN.LEFT, 0),
    ("署名", BODY, measures.SIZE_3, ALIGN.RIGHT, 0),
    ("附注", BODY, measures.SIZE_3, ALIGN.LEFT, 2),
    ("附件标记", BLACK, measures.SIZE_3, ALIGN.LEFT, 0),
    ("表题", BLACK, 12.0, ALIGN.CENTER, 0),
    ("表文", BODY, 12.0, ALIGN.LEFT, 0),
    ("版记", BODY, measures.SIZE_4, ALIGN.LEFT, 0),
)
LEVELS: Final = {1: "一级标题", 2: "二级标题", 3: "三级标题", 4: "四级标题"}


def docx(sheet: Sheet) -> bytes:
    """The sheet as a docx file."""
    data = sheet.plain()
    made = Document()
    _page(made, data)
    _styles(made)
    _head(made, data)
    _title(made, data["title"])
    if data["recipients"]:
        made.add_paragraph(data["recipients"], "主送机关")
    _blocks(made, data["body"])
    _closing(made, data)
    for annex in data["annexes"]:
        made.add_page_break()  # type: ignore[no-untyped-call]
        made.add_paragraph(annex["mark"], "附件标记")
        _title(made, annex["title"])
        _blocks(made, annex["blocks"])
    if data["notes"]:
        made.add_page_break()  # type: ignore[no-untyped-call]
        _title(made, ["数据来源说明"])
        for note in data["notes"]:
            made.add_paragraph(note, "主送机关")
    _imprint(made, data)
    made.core_properties.title = data["name"]
    made.core_properties.author = data["issuer"]
    made.core_properties.comments = ""
    out = BytesIO()
    made.save(out)
    return out.getvalue()


# Sheet and styles -----------------------------------------------------------------------------------


def _page(made: Any, data: Mapping[str, Any]) -> None:
    """A4 with the standard's margins, its grid of 22 × 28, and page numbers on the outer side."""
    section = made.sections[0]
    section.page_width, section.page_height = Mm(measures.WIDTH), Mm(measures.HEIGHT)
    section.top_margin, section.bottom_margin = Mm(measures.TOP), Mm(measures.BOTTOM)
    section.left_margin, section.right_margin = Mm(measures.INNER), Mm(measures.OUTER)
    section.footer_distance = Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(int(measures.PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round((measures.ADVANCE - measures.SIZE_3) * 4096)))
    made.settings.odd_and_even_pages_header_footer = True
    settings = made.settings.element
    first = {qn(f"w:{name}") for name in ("writeProtection", "view", "zoom", "embedTrueTypeFonts")}
    place = max((n for n, one in enumerate(settings, 1) if one.tag in first), default=0)
    settings.insert(place, OxmlElement("w:mirrorMargins"))
    _footer(section.footer, ALIGN.RIGHT)
    _footer(section.even_page_footer, ALIGN.LEFT)
    if data["letter"]:
        section.different_first_page_header_footer = True
        paragraph = section.first_page_footer.paragraphs[0]
        paragraph.paragraph_format.space_before = Pt(8)
        _border(paragraph, "top", 24, measures.RED, "thinThickSmallGap")
    if data["draft"]:
        for header in (
            section.header,
            section.even_page_header,
            *((section.first_page_header,) if data["letter"] else ()),
        ):
            header.is_linked_to_previous = False
            mark = header.paragraphs[0]
            mark.alignment = ALIGN.RIGHT
            _run(mark, "草稿，未签发", BLACK, 12.0)


def _footer(footer: Any, side: Any) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    inner = paragraph.paragraph_format
    inner.left_indent = Pt(measures.SIZE_4) if side == ALIGN.LEFT else None
    inner.right_indent = Pt(measures.SIZE_4) if side == ALIGN.RIGHT else None
    _run(paragraph, "— ", PLAIN, measures.SIZE_4)
    run = _run(paragraph, "", PLAIN, measures.SIZE_4)
    for kind in ("begin", "code", "separate", "text", "end"):
        run._r.append(_field(kind))
    _run(paragraph, " —", PLAIN, measures.SIZE_4)


def _field(kind: str) -> Any:
    if kind == "code":
        part = OxmlElement("w:instrText")
        part.set(qn("xml:space"), "preserve")
        part.text = " PAGE "
    elif kind == "text":
        part = OxmlElement("w:t")
        part.text = "1"
    else:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    return part


def _styles(made: Any) -> None:
    normal = made.styles["Normal"]
    normal.font.size = Pt(measures.SIZE_3)
    _face(normal.element.get_or_add_rPr(), BODY)
    for name, face, size, align, indent in STYLES:
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.quick_style = True
        style.font.size = Pt(size)
        _face(style.element.get_or_add_rPr(), face)
        layout = style.paragraph_format
        layout.alignment = align
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = Pt(measures.PITCH)
        layout.widow_control = False
        if indent:
            layout.first_line_indent = Pt(indent * measures.SIZE_3)
            mark = style.element.get_or_add_pPr().find(qn("w:ind"))
            mark.set(qn("w:firstLineChars"), str(indent * 100))
    made.styles["发文机关标志"].font.color.rgb = RED
    made.styles["发文机关标志"].paragraph_format.line_spacing = Pt(42)
    made.styles["公文标题"].paragraph_format.line_spacing = Pt(34)
    for name in ("表题", "表文"):
        made.styles[name].paragraph_format.line_spacing = Pt(18)
    made.styles["版记"].paragraph_format.line_spacing = Pt(22)
    for level, name in LEVELS.items():
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        made.styles[name].element.get_or_add_pPr().append(outline)
        made.styles[name].paragraph_format.keep_with_next = level < 3


def _face(properties: Any, face: str) -> None:
    """The font for Chinese and for Latin letters and digits alike."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), face)


def _run(paragraph: Any, text: str, face: str = "", size: float = 0.0) -> Any:
    run = paragraph.add_run(text)
    if face:
        _face(run._r.get_or_add_rPr(), face)
    if size:
        run.font.size = Pt(size)
    return run


def _border(paragraph: Any, side: str, eighths: int, colour: str = "000000", kind: str = "single") -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, *BEFORE_BORDERS)
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", eighths), ("space", 1), ("color", colour)):
        edge.set(qn(f"w:{name}"), str(value))
    borders.append(edge)


# What stands after w:pBdr in the order of the schema.
BEFORE_BORDERS: Final = [
    f"w:{name}"
    for name in [
        "shd",
        "tabs",
        "suppressAutoHyphens",
        "kinsoku",
        "wordWrap",
        "overflowPunct",
        "topLinePunct",
        "autoSpaceDE",
        "autoSpaceDN",
        "bidi",
        "adjustRightInd",
        "snapToGrid",
        "spacing",
        "ind",
        "contextualSpacing",
        "mirrorIndents",
        "suppressOverlap",
        "jc",
        "textDirection",
        "textAlignment",
        "textboxTightWrap",
        "outlineLvl",
        "divId",
        "cnfStyle",
        "rPr",
        "sectPr",
        "pPrChange",
    ]
]


# Parts ----------------------------------------------------------------------------------------------


def _head(made: Any, data: Mapping[str, Any]) -> None:
    """The red head: 35 mm below the type area's top (7.2.4); a letter's line stands below its mark."""
    mark = made.add_paragraph(style="发文机关标志")
    room = measures.AREA_WIDTH * measures.MM
    size = min(35.0, room / max(len(data["issuer"]), 1) * 0.98)
    run = _run(mark, data["issuer"], TITLE, round(size * 2) / 2)
    spread = min(12.0, (room - size * len(data["issuer"])) / max(len(data["issuer"]), 1) * 0.9)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(max(0, int(spread * 20))))
    properties = run._r.get_or_add_rPr()
    properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
    if data["letter"]:
        _border(mark, "bottom", 24, measures.RED, "thickThinSmallGap")
        number = made.add_paragraph(data["number"] or "　", "发文字号")
        number.alignment = ALIGN.RIGHT
    else:
        mark.paragraph_format.space_before = Mm(35)
        mark.paragraph_format.space_after = Pt(2 * measures.PITCH)
        number = made.add_paragraph(data["number"] or "　", "发文字号")
        _border(number, "bottom", 12, measures.RED)
    number.paragraph_format.space_after = Pt(2 * measures.PITCH)


def _title(made: Any, lines: Sequence[str]) -> None:
    paragraph = made.add_paragraph(style="公文标题")
    for n, line in enumerate(lines):
        run = paragraph.add_run(line)
        if n < len(lines) - 1:
            run.add_break()
    paragraph.paragraph_format.space_after = Pt(measures.PITCH)


def _blocks(made: Any, blocks: Iterable[Mapping[str, Any]]) -> None:
    for block in blocks:
        match block["kind"]:
            case "heading":
                paragraph = made.add_paragraph(style=LEVELS[block["level"]])
                _runs(paragraph, block["runs"])
                if block.get("after"):
                    paragraph.paragraph_format.keep_with_next = False
                    _runs(paragraph, block["after"], BODY)
            case "table":
                _table(made, block)
            case "list":
                for n, item in enumerate(block["items"], 1):
                    paragraph = made.add_paragraph(f"{n}.", "公文正文")
                    _runs(paragraph, item)
            case _:
                _runs(made.add_paragraph(style="公文正文"), block["runs"])


def _runs(paragraph: Any, runs: Iterable[Mapping[str, Any]], face: str = "") -> None:
    for one in runs:
        run = _run(paragraph, one["text"], face)
        run.bold = True if one.get("bold") else None
        if "note" in one:
            _run(paragraph, str(one["note"]), face).font.superscript = True


def _table(made: Any, block: Mapping[str, Any]) -> None:
    if block["title"]:
        made.add_paragraph(block["title"], "表题").paragraph_format.keep_with_next = True
    rows = [block["head"], *block["rows"]] if block["head"] else block["rows"]
    table = made.add_table(len(rows), len(rows[0]), "Table Grid")
    table.autofit = False
    widths = _widths(rows)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, runs, width in zip(row.cells, cells, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = "表文"
            _runs(paragraph, runs, BLACK if cells is block["head"] else "")
            if cells is block["head"]:
                paragraph.alignment = ALIGN.CENTER
    if block["head"]:
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _widths(rows: Sequence[Sequence[Sequence[Mapping[str, Any]]]]) -> list[float]:
    """mm of each column, by its longest cell, between 3 and 16 characters' share."""
    longest = [
        max(sum(len(run["text"]) for run in cell) for cell in column) for column in zip(*rows, strict=True)
    ]
    shares = [min(max(one, 3), 16) for one in longest]
    return [measures.AREA_WIDTH * one / sum(shares) for one in shares]


def _closing(made: Any, data: Mapping[str, Any]) -> None:
    """Enclosures, signature, date four characters from the right, contact."""
    em = measures.SIZE_3
    for n, (number, name) in enumerate(data["enclosures"]):
        paragraph = made.add_paragraph(style="附件说明")
        paragraph.add_run(f"{'附件：' if n == 0 else ''}{number}{name}")
        left = 5 * em + (em if number else 0)
        paragraph.paragraph_format.left_indent = Pt(left)
        paragraph.paragraph_format.first_line_indent = Pt((2 * em if n == 0 else 5 * em) - left)
        if n == 0:
            paragraph.paragraph_format.space_before = Pt(measures.PITCH)
    if data["signature"]:
        paragraph = made.add_paragraph(data["signature"], "署名")
        layout = paragraph.paragraph_format
        layout.space_before = Pt(2 * measures.PITCH)
        layout.keep_with_next = True
        wide, narrow = len(data["signature"]) * em, _half_width(data["dated"]) * em
        layout.right_indent = Pt(max(em, 4 * em + (narrow - wide) / 2))
    if data["dated"]:
        made.add_paragraph(data["dated"], "署名").paragraph_format.right_indent = Pt(4 * em)
    if data["contact"]:
        made.add_paragraph(data["contact"], "附注")


def _half_width(text: str) -> float:
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _imprint(made: Any, data: Mapping[str, Any]) -> None:
    """At the foot of the last page: kept together; a letter's has neither lines nor imprint (10.1)."""
    inset = Pt(measures.SIZE_4)
    if data["copy_to"]:
        paragraph = made.add_paragraph(data["copy_to"], "版记")
        layout = paragraph.paragraph_format
        layout.left_indent, layout.right_indent = Pt(4 * measures.SIZE_4), inset
        layout.first_line_indent = Pt(-3 * measures.SIZE_4)
        layout.space_before = Pt(measures.PITCH)
        if not data["letter"]:
            layout.keep_with_next = bool(data["imprint"])
            _border(paragraph, "top", 8)
            _border(paragraph, "bottom", 6)
    if data["imprint"] and not data["letter"]:
        paragraph = made.add_paragraph(f"{data['imprint']}\t{data['printed']}", "版记")
        layout = paragraph.paragraph_format
        layout.left_indent, layout.right_indent = inset, inset
        layout.tab_stops.add_tab_stop(Mm(measures.AREA_WIDTH) - inset, WD_TAB_ALIGNMENT.RIGHT)
        if not data["copy_to"]:
            layout.space_before = Pt(measures.PITCH)
            _border(paragraph, "top", 8)
        _border(paragraph, "bottom", 8)
