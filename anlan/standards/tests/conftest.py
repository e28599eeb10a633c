"""A small folder of packs that a test may change, and the packs of the house loaded once a test asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "key: sample\nlabel: 样包\nversion: {version}\nindustries: [tailings]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """`folder(version=1, text="kinds: …")` writes the pack `sample` and gives the folder of packs."""

    def write(text: str = "", version: int = 1, head: str = "") -> Path:
        home = tmp_path / "packs"
        (home / "sample").mkdir(parents=True, exist_ok=True)
        (home / "sample" / "pack.yaml").write_text(head or HEAD.format(version=version))
        (home / "sample" / "rest.yaml").write_text(text)
        return home

    return write
