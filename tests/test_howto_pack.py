"""The how-to for a new industry pack is followed word for word, up to the form of its facilities."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from anlan.kernel import registry
from anlan.kernel.exchange.template import note_of
from anlan.kernel.scope import system_actor
from anlan.org.loading import load_industries
from anlan.standards import command, loading, reads

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "howto" / "add-an-industry-pack.md"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    guide = GUIDE.read_text()
    assert len(re.findall(r"^## \d", guide, re.MULTILINE)) <= 4
    home = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", home)
    names = re.findall(r"^## .*`packs/(bridge/\w+\.yaml)`", guide, re.MULTILINE)
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    for name, text in zip(names, blocks, strict=True):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text)
    return home


def test_the_check_of_the_guide_finds_nothing_wrong(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(packs)]) == 0
    assert "bridge（城市桥梁，第 1 版）" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_pack_of_the_guide_gives_its_kind_a_ledger(packs: Path, settings: Any) -> None:
    settings.ANLAN_PACKS = packs
    load_industries()
    said: list[str] = []
    loading.set_up(False, said.append)
    assert "bridge" not in "".join(said)  # nothing was refused
    ledger = registry.ledger("facilities-town-bridge")
    ledger.verify()
    assert ledger.label == "城市桥梁"
    assert "梁桥、拱桥" in note_of(ledger, "attributes__form")
    assert "attributes__span" in [one.field for one in ledger.filters]
    found = reads.criteria_for(system_actor("测试"), "urban-lifeline", words="危桥")
    assert found[0].criterion.key == "QL01" and found[0].criterion.unsure
