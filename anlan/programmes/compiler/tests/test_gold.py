"""The compiler against the two hand-made readings."""

from __future__ import annotations

import json

import pytest

from anlan.programmes.compiler import compile
from anlan.programmes.compiler.tests.samples import SEEDS, gold, seed
from anlan.programmes.compiler.tests.scoring import score

FLOORS = {
    "head": 1.0,
    "sections": 1.0,
    "items": 1.0,
    "group": 1.0,
    "targets": 1.0,
    "unit": 0.99,
    "lead": 0.99,
    "numeric": 0.97,
    "values": 0.95,
    "coverage": 0.85,
    "named": 0.92,
    "standing_recall": 0.95,
}


@pytest.mark.parametrize("name", SEEDS)
def test_the_reading_reaches_every_floor(name: str) -> None:
    measures = score(gold(name), json.loads(compile(seed(name)).to_json()))
    assert {k: v for k, v in measures.items() if v < FLOORS[k]} == {}


@pytest.mark.parametrize("name", SEEDS)
def test_every_unit_of_a_duty_resolves(name: str) -> None:
    compiled = compile(seed(name))
    roles = [role for item in compiled.items if item.duty for role in item.duty.roles]
    assert [role.name for role in roles if role.resolved is None] == []


@pytest.mark.parametrize("name", SEEDS)
def test_every_character_has_a_class_and_every_quote_its_place(name: str) -> None:
    text = seed(name)
    compiled = compile(text)
    assert compiled.sentences[0].span[0] == 0
    assert compiled.sentences[-1].span[1] == len(text)
    assert all(
        a.span[1] == b.span[0] for a, b in zip(compiled.sentences, compiled.sentences[1:], strict=False)
    )
    for obligation in (o for item in compiled.items for o in item.obligations):
        start, end = obligation.span
        assert "".join(text[start:end].replace("*", "").split()) == "".join(obligation.quote.split())


def test_compiling_twice_gives_the_same() -> None:
    assert compile(seed("jiangxi2022")).to_json() == compile(seed("jiangxi2022")).to_json()


def test_misprints_of_the_documents_are_found() -> None:
    jiangxi = {f.message for f in compile(seed("jiangxi2022")).findings if f.kind == "probable_typo"}
    assert any("省委会办公室" in message for message in jiangxi)
    assert any("、会同" in message for message in jiangxi)
    shangrao = compile(seed("shangrao2023")).findings
    assert any(f.kind == "probable_typo" and "同各有" in f.message for f in shangrao)
    assert any(f.kind == "unbalanced_bracket" and "〔" in f.message and "】" in f.message for f in shangrao)
    assert any(f.kind == "unbalanced_bracket" and "右引号" in f.message for f in shangrao)
