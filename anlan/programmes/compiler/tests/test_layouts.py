"""Invented documents in layouts that the two published ones do not have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anlan.programmes.compiler import compile
from anlan.programmes.compiler.tests.samples import HERE, LAYOUTS, outline_of

EXPECTED = json.loads((HERE / "layouts" / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_layout(path: Path) -> None:
    assert outline_of(compile(path.read_text(encoding="utf-8"))) == EXPECTED[path.name]


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_every_character_has_a_class(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    sentences = compile(text).sentences
    assert "".join(text[s.span[0] : s.span[1]] for s in sentences) == text
