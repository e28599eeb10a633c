"""Reading: a file becomes text, with a map from characters to page and paragraph.

The parts that read Word and PDF are imported by the first such file: they ask for libraries of 35 MB, which
every process of a running house would carry otherwise.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from anlan.programmes.compiler.errors import EmptyDocument, EncryptedFile, UnreadableFile
from anlan.programmes.compiler.reading import office
from anlan.programmes.compiler.reading.model import Block, Place, ReadDocument, document
from anlan.programmes.compiler.reading.plain import decode

__all__ = ["Place", "ReadDocument", "read"]

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_LARGEST = 100 * 1024 * 1024


def read(path: Path) -> ReadDocument:
    """The text of a file, its kind told by content: text, .docx, .pdf, pictures (OCR), .doc (LibreOffice).

    Raises UnreadableFile, EmptyDocument, EncryptedFile or MissingPart, each saying what to do.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableFile(f"文件超过 {_LARGEST // 1024 // 1024} MB。请拆分后重试。")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"无法读取 {path}：{error.strerror or error}。") from error
    if not data.strip():
        raise EmptyDocument(f"{path.name} 是空文件。")
    media_type, blocks = _blocks(path, data)
    if blocks is None:
        return _text(path, decode(data))
    return document(path.name, media_type, blocks)


def _blocks(path: Path, data: bytes) -> tuple[str, list[Block] | None]:
    """The blocks by the kind of the content; None for plain text."""
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        return "application/pdf", _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _DOCX, _zipped(path, data)
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise EncryptedFile(f"{path.name} 设有密码。请解除密码后重试。")
        return "application/msword", _word(office.to_docx(path))
    if data.startswith(b"{\\rtf"):
        return "application/rtf", _word(office.to_docx(path))
    if data.startswith(_IMAGES):
        return "image/*", _image(data)
    return "text/plain", None


def _pdf(data: bytes) -> list[Block]:
    from anlan.programmes.compiler.reading.pdf import read_pdf

    return read_pdf(data)


def _word(data: bytes) -> list[Block]:
    from anlan.programmes.compiler.reading.word import read_docx

    return read_docx(data)


def _image(data: bytes) -> list[Block]:
    from anlan.programmes.compiler.reading.ocr import read_image

    return [Block(line, 1, recognised=True) for line in read_image(data)]


def _zipped(path: Path, data: bytes) -> list[Block]:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{path.name} 已损坏，无法打开。") from error
    if "word/document.xml" in names:
        return _word(data)
    if "content.xml" in names:
        return _word(office.to_docx(path))
    raise UnreadableFile(f"{path.name} 不是 Word 文件。能读取的格式：.docx .pdf .txt .md .doc .wps 和图片。")


def _text(path: Path, text: str) -> ReadDocument:
    """Plain text stays as it is: its lines are its paragraphs."""
    places: list[Place] = []
    at = 0
    for paragraph, line in enumerate(text.split("\n"), 1):
        places.append(Place(at, None, paragraph))
        at += len(line) + 1
    media_type = "text/markdown" if path.suffix.lower() == ".md" else "text/plain"
    return ReadDocument(path.name, media_type, text, tuple(places))
