"""What a file is, by its content and never by its name; and what is not taken in."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

MIME = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ofd": "application/ofd",
    "ole": "application/x-ole-storage",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "txt": "text/plain",
}
MAGIC = (
    (rb"\xff\xd8\xff", "jpg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(heic|heix|mif1|msf1)", "heic"),
    (rb"....ftyp", "mp4"),
    (rb"%PDF-1\.\d|%PDF-2\.\d", "pdf"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (rb"ID3|\xff[\xfb\xf3\xf2]", "mp3"),
    (rb"PK\x03\x04|PK\x05\x06", "zip"),
)
PROGRAM = re.compile(
    rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xcf\xce]\xfa\xed\xfe|\xfe\xed\xfa[\xcf\xce]|#!|!<arch>|L\x00\x00\x00\x01\x14\x02"
)
MARKUP = re.compile(rb"<(script|html|svg|!doctype|iframe|\?php|\?xml)", re.IGNORECASE)
RUNS = re.compile(
    r"\.(exe|dll|scr|com|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|lnk|apk|sh)$", re.IGNORECASE
)
PARTS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "OFD.xml": "ofd",
}
UNPACKED_LIMIT = 2 * 1024**3
RATIO_LIMIT = 200


class BadFile(Exception):
    """A file is not taken; the message says why and what to do instead."""


def kind_of_file(path: Path, name: str = "") -> str:
    """The kind (a key of MIME). Raises BadFile for programs, pages, macros, bombs and double natures."""
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(max(path.stat().st_size - 66_000, 0))
        tail = file.read()
    if not head:
        raise BadFile("文件是空的。请检查后重新上传。")
    if PROGRAM.match(head):
        raise BadFile("这是可执行程序，不能上传。")
    kind = next((kind for magic, kind in MAGIC if re.match(magic, head, re.DOTALL)), "")
    if kind == "zip":
        return _packed(path)
    if kind and kind != "pdf" and MARKUP.search(head):
        raise BadFile("文件里夹带网页代码，不能上传。请用画图或看图软件另存一份再传。")
    if kind and kind != "ole" and b"PK\x05\x06" in tail and zipfile.is_zipfile(path):
        raise BadFile("文件尾部夹带压缩包，不能上传。请用原软件另存一份再传。")
    if kind == "ole" and b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J" in path.read_bytes():
        raise BadFile("文档带有宏，不能上传。请另存为不带宏的文档（docx、xlsx）再传。")
    return kind or _text(path, head)


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadFile("压缩包或文档已损坏，打不开。请重新保存后再传。") from error
    names = {one.filename for one in members}
    kind = next((kind for part, kind in PARTS.items() if part in names), "zip")
    unpacked = sum(one.file_size for one in members)
    if unpacked > UNPACKED_LIMIT or unpacked > max(path.stat().st_size * RATIO_LIMIT, 100 * 1024**2):
        raise BadFile("解开后的体积异常大，疑似压缩炸弹，不能上传。")
    if any(one.endswith("vbaProject.bin") for one in names):
        raise BadFile("文档带有宏，不能上传。请另存为不带宏的文档（docx、xlsx）再传。")
    if any(RUNS.search(one) for one in names):
        raise BadFile("压缩包里有可执行程序，不能上传。请删去后再传。")
    return kind


def _text(path: Path, head: bytes) -> str:
    if re.match(rb"<(\?xml|[a-z!])", head.lstrip(b"\xef\xbb\xbf \t\r\n"), re.IGNORECASE):
        raise BadFile("这是网页或脚本文件，不能上传。请转成 PDF 再传。")
    data = path.read_bytes()
    if b"\x00" not in data:
        for encoding in ("utf-8", "gb18030"):
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return "txt"
    raise BadFile("认不出这种文件。可以上传图片、PDF、Word、Excel、OFD、文本、压缩包、MP4 和 MP3。")
