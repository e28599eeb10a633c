"""Old binary formats (.doc, .wps, .rtf, .odt) through LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from anlan.programmes.compiler.errors import MissingPart, UnreadableFile

_PATIENCE = 120
"""Seconds a conversion may take."""


def to_docx(path: Path) -> bytes:
    """The file converted to .docx. Raises MissingPart without LibreOffice, UnreadableFile when it fails."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise MissingPart(
            f"打开 {path.suffix} 文件需要 LibreOffice。请安装 LibreOffice，或另存为 .docx 后重试。"
        )
    with tempfile.TemporaryDirectory() as folder:
        command = [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "docx",
        ]
        try:
            subprocess.run(
                [*command, "--outdir", folder, str(path)], check=True, capture_output=True, timeout=_PATIENCE
            )
            return (Path(folder) / f"{path.stem}.docx").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise UnreadableFile(
                f"LibreOffice 无法转换 {path.name}。请用 WPS 或 Word 另存为 .docx 后重试。"
            ) from error
