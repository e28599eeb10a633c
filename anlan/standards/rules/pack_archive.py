"""The file of a pack that an administrator brings: one YAML file, or a folder of them in a zip."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from anlan.standards.rules.pack_reading import HEAD_FILE, Files

MOST_BYTES = 1_000_000
MOST_FILES = 40
KEY = re.compile(r"^key:\s*[\"']?([a-z][a-z0-9-]*)", re.MULTILINE)


class BadArchive(Exception):
    """The file is no pack; the message says why and what to do."""


def unpack(name: str, content: bytes) -> tuple[str, dict[str, bytes]]:
    """(folder, {file: content}) of what was uploaded as `name`.

    The folder is what the head calls itself (`key:`); where that cannot be read, the name of the upload.
    Raises BadArchive.
    """
    if len(content) > MOST_BYTES:
        raise BadArchive("文件超过 1 MB。行业包只放文字，请检查是否放进了别的文件。")
    files = _zipped(content) if content[:2] == b"PK" else {HEAD_FILE: content}
    if not files:
        raise BadArchive("压缩包里没有 .yaml 文件。请把行业包目录压成 zip 再上传。")
    found = KEY.search(files.get(HEAD_FILE, b"").decode("utf-8", "replace"))
    return (found[1] if found else re.sub(r"\W.*$", "", name) or "pack"), files


def _zipped(content: bytes) -> dict[str, bytes]:
    """The YAML files of a zip; the folder around them, if there is one, is left out."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if one.filename.endswith(".yaml")]
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                raise BadArchive(f"压缩包太大：最多 {MOST_FILES} 个文件，解开后不超过 1 MB。")
            for one in members:
                name = one.filename.rpartition("/")[2]
                if name in found:
                    raise BadArchive(f"压缩包里有两个 {name}。一个压缩包只放一个行业包。")
                found[name] = archive.read(one)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise BadArchive("压缩包打不开。请重新压成普通的 zip（不加密）再上传。") from error
    return found


def line_of(files: Files, file: str, number: int) -> str:
    """What stands in a line that is told of, for the eye; "" where there is none."""
    content = files.get(file.rpartition("/")[2], b"").decode("utf-8", "replace").splitlines()
    return content[number - 1].strip()[:120] if 0 < number <= len(content) else ""


__all__ = ["BadArchive", "line_of", "unpack"]
