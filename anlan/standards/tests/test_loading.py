"""Packs become rows: once, by version, ended by date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import system_actor
from anlan.org.loading import load_industries
from anlan.standards import loading, reads
from anlan.standards.models import Criterion, FacilityKind, Pack, Standard
from anlan.standards.testing import load_packs

pytestmark = pytest.mark.django_db
Folder = Callable[..., Path]
ASK = system_actor("测试")
WHY = "a test's own rows"
FIRST, LATER = date(2023, 7, 5), date(2024, 3, 1)
KIND = "kinds:\n  - {{key: pond, label: {label}, industry: tailings}}\n"


@pytest.fixture(autouse=True)
def industries() -> None:
    load_industries()


def bring(home: Path, day: date = FIRST) -> loading.Loaded:
    reading = loading.read(home)
    assert reading.sound, reading.faults
    return loading.load(reading, day)


def test_loading_twice_changes_nothing_and_leaves_one_record(folder: Folder) -> None:
    home = folder(KIND.format(label="尾矿库"))
    assert bring(home).changed == [("sample", 1, 0, 0)]
    assert bring(home).changed == []
    assert AuditEntry.objects.unscoped(WHY).filter(ledger="packs", act="load").count() == 1


def test_a_changed_pack_without_a_new_version_is_refused_and_the_old_one_goes_on(folder: Folder) -> None:
    bring(folder(KIND.format(label="尾矿库")))
    done = bring(folder(KIND.format(label="尾砂库")))
    assert "version 改为 2" in done.refused["sample"]
    assert reads.kinds(FIRST)["pond"].label == "尾矿库"


def test_an_older_version_is_refused(folder: Folder) -> None:
    bring(folder(KIND.format(label="尾矿库"), version=3))
    done = bring(folder(KIND.format(label="尾矿库"), version=2))
    assert "系统里已是第 3 版" in done.refused["sample"]


def test_each_day_reads_the_kind_of_its_day(folder: Folder) -> None:
    bring(folder(KIND.format(label="尾矿库")))
    assert bring(folder(KIND.format(label="尾砂库"), version=2), LATER).changed == [("sample", 1, 1, 0)]
    assert [reads.kinds(day)["pond"].label for day in (date(2010, 1, 1), FIRST, LATER)] == [
        "尾矿库",
        "尾矿库",
        "尾砂库",
    ]


def test_what_a_pack_no_longer_says_is_ended_and_stays(folder: Folder) -> None:
    bring(folder(KIND.format(label="尾矿库")))
    bring(folder("", version=2), LATER)
    row = FacilityKind.objects.unscoped(WHY).get(key="pond")
    assert row.valid_to == LATER
    assert "pond" in reads.kinds(FIRST) and "pond" not in reads.kinds(LATER)


def test_a_folder_that_is_gone_ends_and_may_come_back(folder: Folder) -> None:
    home = folder(KIND.format(label="尾矿库"))
    bring(home)
    (home / "sample").rename(home.parent / "sample")
    (home / "other").mkdir()
    (home / "other" / "pack.yaml").write_text("key: other\nlabel: 他包\nversion: 1\n")
    bring(home, LATER)
    assert Pack.objects.unscoped(WHY).get(key="sample").ended_on == LATER
    assert "pond" not in reads.kinds(LATER)
    (home.parent / "sample").rename(home / "sample")
    bring(home, date(2024, 6, 1))
    assert "pond" in reads.kinds(date(2024, 6, 1)) and "pond" not in reads.kinds(date(2024, 4, 1))


def test_a_corrected_criterion_keeps_the_row_that_findings_cite(folder: Folder) -> None:
    text = "criteria:\n  - {{code: A1, text: {text}, from: 2022-09-01}}\n"
    bring(folder(text.format(text="未考合格")))
    cited = Criterion.objects.unscoped(WHY).get(key="A1")
    bring(folder(text.format(text="未考核合格"), version=2), LATER)
    cited.refresh_from_db()
    assert (cited.text, cited.withdrawn_on) == ("未考合格", LATER)
    now = reads.criterion(ASK, "A1", date(2023, 1, 1))
    assert now and now.text == "未考核合格"


def test_a_law_is_corrected_in_place_and_knows_its_successor(folder: Folder) -> None:
    law = "standards:\n  - {{key: old, title: {title}, replaced_by: new}}\n  - {{key: new, title: 新规}}\n"
    bring(folder(law.format(title="旧归")))
    before = Standard.objects.unscoped(WHY).get(key="old")
    bring(folder(law.format(title="旧规"), version=2), LATER)
    after = Standard.objects.unscoped(WHY).get(key="old")
    assert (before.pk, after.title) == (after.pk, "旧规")
    assert after.replaced_by and after.replaced_by.key == "new"


def test_a_start_with_faulty_packs_says_so_and_keeps_what_it_has(folder: Folder, settings: Any) -> None:
    settings.ANLAN_PACKS = folder(KIND.format(label="尾矿库"))
    loading.set_up(False, lambda text: None)
    said: list[str] = []
    settings.ANLAN_PACKS = folder("kinds:\n  - {key: pond}\n", version=2)
    loading.set_up(False, said.append)
    assert said and said[0].startswith("行业包有误，沿用已载入的：sample/rest.yaml 第 2 行")
    assert "pond" in reads.kinds()


def test_the_packs_of_the_house_load_and_load_again() -> None:
    first = load_packs()
    assert first.refused == {} and first.changed
    assert load_packs().changed == []
