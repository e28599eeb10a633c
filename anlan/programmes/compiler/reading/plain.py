"""Plain text and Markdown in the encodings that Chinese offices use: UTF-8, GB 18030, UTF-16."""

from __future__ import annotations

import re

from anlan.programmes.compiler.errors import UnreadableFile

_HAN = re.compile(r"[\u4e00-\u9fff]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def decode(data: bytes) -> str:
    """The text of a file. Raises UnreadableFile where no encoding fits."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding) or _fail()
    for encoding in _candidates(data):
        text = _strict(data, encoding)
        if text is not None:
            return text
    # A damaged character or a cut at the end should not cost the whole document.
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= max(3, len(text) // 1000):
        return text
    return _fail()


def _candidates(data: bytes) -> list[str]:
    """UTF-16 without a mark shows as zero bytes at every second place (blanks, digits, line ends)."""
    sample = data[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) // 50 and min(even, odd) * 4 < max(even, odd):
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8", "gb18030", "big5"]


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding == "gb18030" and data and not _HAN.search(text):
        return None
    return text


def _fail() -> str:
    raise UnreadableFile("文本编码无法识别（试过 UTF-8、GB18030、UTF-16、Big5）。请另存为 UTF-8 后重试。")
