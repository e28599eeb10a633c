"""Standards of a place: who writes them, where and when they hold, how they change; packs brought by page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.kernel import clock, jobs
from anlan.kernel.models import AuditEntry, ImportBatch
from anlan.kernel.scope import Actor, system_actor
from anlan.kernel.writing import Refused, write
from anlan.org.testing import World, make_world
from anlan.standards import loading, reads, writing
from anlan.standards.models import ChecklistItem, Criterion, Pack, Standard
from anlan.standards.rules import local
from anlan.standards.rules.pack_archive import BadArchive, unpack
from anlan.standards.testing import load_packs

WHY = "a test's own rows"
TODAY = date(2023, 7, 5)
CITY, OTHER, COUNTY = "360000/361100/", "360000/360400/", "360000/361100/361130/"
ALLAUTH = "allauth.account.auth_backends.AuthenticationBackend"
May, June = date(2023, 5, 1), date(2023, 6, 1)


# Rules ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, ""),
        ({"key": "36-1"}, "key"),
        ({"key": "D"}, "key"),
        ({"start": None}, "valid_from"),
        ({"end": May}, "valid_to"),
        ({"end": June}, ""),
        ({"confidence": "V"}, "source"),
        ({"confidence": "V", "source": "公报"}, ""),
        ({"basis": False}, "standard"),
    ],
)
def test_what_a_local_text_has_to_say(change: dict[str, Any], field: str) -> None:
    told = {"key": "DF361100-01", "start": May, "end": None, "confidence": "M", "source": "", "basis": True}
    assert list(local.faults(**{**told, **change})) == ([field] if field else [])


@pytest.mark.parametrize(
    ("start", "until", "new", "ends", "corrects"),
    [
        (May, None, June, June, False),
        (May, None, May, None, True),  # begins no later: a correction
        (May, None, date(2023, 4, 30), None, True),
        (May, date(2023, 5, 20), June, None, False),  # ended before: its end stays
        (None, None, June, June, False),
    ],
)
def test_what_a_further_version_does_to_the_one_before(
    start: date | None, until: date | None, new: date, ends: date | None, corrects: bool
) -> None:
    old = Criterion(valid_from=start, valid_to=until)
    assert local.succeed(old, new) == local.Change(ends, corrects)


def test_codes_count_on_and_places_are_read_from_the_country_down() -> None:
    assert local.next_code("DF361100", []) == "DF361100-01"
    assert local.next_code("DF361100", ["DF361100-01", "DF361100-09", "DF3611009-99", "X"]) == "DF361100-10"
    assert local.places_of(COUNTY) == ("", "360000/", CITY, COUNTY)
    assert local.places_of("") == ("",)


# Writing -------------------------------------------------------------------------------------------
@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    with clock.standing_on(TODAY):
        load_packs("tourism")
    return made


def law(who: Actor, **more: Any) -> Standard:
    told = {"title": "某市景区安全管理办法", "number": "某府发〔2023〕5号", "valid_from": May, **more}
    found: Standard = write(who, Standard(**writing.first_values(Standard, who)), told, "add").row
    return found


def criterion(who: Actor, **more: Any) -> Criterion:
    told = {
        "text": "玻璃栈道旺季未限流",
        "industry": "tourism",
        "words": "排队、拥挤",
        "valid_from": May,
        **more,
    }
    told.setdefault("standard", law(who))
    found: Criterion = write(who, Criterion(**writing.first_values(Criterion, who)), told, "add").row
    return found


def found(place: str, day: date = TODAY, words: str = "限流") -> list[str]:
    hits = reads.criteria_for(system_actor("测试"), "tourism", day, words, place=place)
    return [one.criterion.key for one in hits]


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("city_officer", CITY),
        ("province_officer", "360000/"),
        ("county_officer", ""),
        ("enterprise_user", ""),
    ],
)
def test_offices_of_province_and_city_write_for_their_own_place(world: World, who: str, place: str) -> None:
    with clock.standing_on(TODAY):
        actor = world.actor(who)
        assert writing.home(actor) == place
        if place:
            assert criterion(actor).region_path == place
        else:
            with pytest.raises(Refused):
                criterion(actor)


def test_a_local_criterion_is_offered_in_its_place_from_its_day(world: World) -> None:
    with clock.standing_on(TODAY):
        row = criterion(world.actor("city_officer"))
        assert row.key == "DF361100-01" and not row.general
        assert [row.key in found(place) for place in (CITY, COUNTY, OTHER, "360000/")] == [
            True,
            True,
            False,
            False,
        ]
        assert [row.key in found(CITY, day) for day in (date(2023, 4, 30), May)] == [False, True]
        assert row.key in found(CITY, words="拥挤")  # as people say it
        seen = [one.criterion.key for one in reads.criteria_for(world.actor("stranger"), words="限流")]
        assert row.key not in seen


def test_a_further_version_ends_the_first_and_leaves_it_as_it_was(world: World) -> None:
    with clock.standing_on(TODAY):
        who = world.actor("city_officer")
        old = criterion(who)
        told = {"text": "玻璃栈道旺季未按半数限流", "standard": old.standard, "industry": "tourism"}
        new = writing.renew(who, old, {**told, "valid_from": June})
        old.refresh_from_db()
        assert (old.valid_to, new.valid_from, new.key) == (June, June, old.key)
        on = [reads.criterion(who, old.key, day) for day in (date(2023, 5, 31), June)]
        assert [one.text if one else "" for one in on] == ["玻璃栈道旺季未限流", "玻璃栈道旺季未按半数限流"]
        again = writing.renew(who, new, {**told, "text": "玻璃栈道未按半数限流", "valid_from": June})
        new.refresh_from_db()
        assert new.withdrawn_on == TODAY and again.valid_from == June  # a slip of the pen
        acts = AuditEntry.objects.unscoped(WHY).filter(ledger="criteria").order_by("id")
        assert list(acts.values_list("act", flat=True)) == ["add", "succeed", "add", "correct", "add"]
        with pytest.raises(ValidationError, match="重叠"):
            writing.renew(who, again, {**told, "valid_from": date(2023, 5, 10)})


def test_a_standard_that_ends_takes_along_what_rests_on_it(world: World) -> None:
    with clock.standing_on(TODAY):
        who = world.actor("city_officer")
        row = criterion(who)
        check = write(
            who, ChecklistItem(**writing.first_values(ChecklistItem, who)),
            {"group": "限流", "text": "是否限流", "phrase": "未限流", "kinds": "玻璃栈道",
             "industry": "tourism", "standard": row.standard, "valid_from": May}, "add",
        ).row  # fmt: skip
        assert check.kinds == ["glass-walkway"]
        keys = [one.key for one in reads.checklist(who, kind="glass-walkway", day=TODAY)]
        assert check.key in keys and "LY-C01" in keys
        assert writing.end(who, row.standard, date(2023, 8, 1), "新办法公布") == 3
        assert [row.key in found(CITY, day) for day in (date(2023, 7, 31), date(2023, 8, 1))] == [True, False]
        with pytest.raises(ValidationError, match="晚于生效日期"):
            writing.end(who, law(who, valid_from=June), June, "早了")


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"key": "LY01"}, "代码已经有了"),
        ({"kinds": "月球车"}, "没有“月球车”这类设施"),
        ({"confidence": "V"}, "要写出处"),
        ({"standard": None}, "没有依据"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(world: World, more: dict[str, Any], word: str) -> None:
    with clock.standing_on(TODAY), pytest.raises(ValidationError) as refused:
        criterion(world.actor("city_officer"), **more)
    assert word in str(refused.value)


def test_nobody_writes_over_a_pack_or_another_place(world: World) -> None:
    with clock.standing_on(TODAY):
        own = criterion(world.actor("city_officer"))
        national = Criterion.objects.unscoped(WHY).get(key="LY01")
        for who, row in (("city_officer", national), ("stranger", own), ("province_officer", own)):
            with pytest.raises(Refused):
                writing.end(world.actor(who), row, date(2023, 8, 1), "越权")


# Pages ---------------------------------------------------------------------------------------------
@pytest.fixture
def as_(
    world: World, client: Client, settings: Any, tmp_path: Path, monkeypatch: Any
) -> Callable[[str], Client]:
    settings.FILES = tmp_path / "files"

    def signed(who: str) -> Client:
        client.force_login(world.person(who), backend=ALLAUTH)
        monkeypatch.setattr(jobs, "actor_of", lambda job: world.actor(who))
        return client

    return signed


def test_the_buttons_are_there_for_the_office_and_for_nobody_else(
    world: World, as_: Callable[[str], Client]
) -> None:
    with clock.standing_on(TODAY):
        row = criterion(world.actor("city_officer"))
        told = {}
        for who in ("city_officer", "county_officer", "stranger"):
            client = as_(who)
            page = client.get(f"/criteria/{row.pk}/").content.decode()
            new = client.get("/criteria/new/").status_code
            told[who] = ("出新版" in page, new, client.get(f"/criteria/{row.pk}/renew/").status_code)
        assert told == {
            "city_officer": (True, 200, 200),
            "county_officer": (False, 404, 404),
            "stranger": (False, 200, 404),
        }  # fmt: skip
        form = as_("city_officer").get(f"/criteria/{row.pk}/renew/").content.decode()
        assert "玻璃栈道旺季未限流" in form and "存为新版" in form
        sent = {"text": "改后", "standard": row.standard_id, "valid_from": "2023-06-01", "confidence": "M",
                "industry": "tourism"}  # fmt: skip
        client = as_("city_officer")
        assert client.post(f"/criteria/{row.pk}/renew/", {**sent, "valid_from": ""}).status_code == 422
        shown = client.post(f"/criteria/{row.pk}/renew/", sent, follow=True).content.decode()
        assert "改后" in shown and "各版本" in shown
        newest = Criterion.objects.unscoped(WHY).get(key=row.key, valid_to=None)
        assert client.get(f"/criteria/{row.pk}/end/").status_code == 404  # it has ended
        ended = client.post(f"/criteria/{newest.pk}/end/", {"day": "2023-06-01", "reason": "试"})
        assert ended.status_code == 422 and "晚于生效日期" in ended.content.decode()


def test_a_sheet_brings_local_checks_and_says_what_is_wrong(
    world: World, as_: Callable[[str], Client], tmp_path: Path
) -> None:
    with clock.standing_on(TODAY):
        law(world.actor("city_officer"))
        client = as_("city_officer")
        path = tmp_path / "检查项.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.merge_range(0, 0, 0, 8, "上饶市景区检查项（2023年版）")
            lines = [
                ["序号", "代码", "检查内容", "检查要点", "隐患描述", "行业", "设施类别", "依据", "施行日期"],
                [
                    1,
                    "SR-01",
                    "限流",
                    "是否按核定人数限流",
                    "未限流",
                    "旅游（玻璃栈道等）",
                    "玻璃栈道；景区",
                    "某市景区安全管理办法",
                    "2023.5.1",
                ],
                [
                    2,
                    "SR-02",
                    "限流",
                    "是否设计数器",
                    "未设计数器",
                    "旅游（玻璃栈道等）",
                    "月球车",
                    "某市景区安全管理办法",
                    "２０２３-5-1",
                ],
                [
                    3,
                    "LY-C01",
                    "限流",
                    "是否公示",
                    "未公示",
                    "旅游（玻璃栈道等）",
                    "",
                    "某市景区安全管理办法",
                    "2023年5月1日",
                ],
            ]
            for n, one in enumerate(lines, start=1):
                sheet.write_row(n, 0, one)
        client.post(
            "/checklists/import/", {"file": SimpleUploadedFile("检查项.xlsx", path.read_bytes())}, follow=True
        )
        batch = ImportBatch.objects.unscoped(WHY).latest("id")
        client.post(f"/imports/{batch.pk}/commit/", follow=True)
        batch.refresh_from_db()
        assert (batch.counts["created"], batch.counts["wrong"]) == (1, 2)
        row = ChecklistItem.objects.unscoped(WHY).get(key="SR-01")
        assert (row.region_path, row.kinds, row.valid_from) == (CITY, ["glass-walkway", "scenic-area"], May)


# Packs brought by page -----------------------------------------------------------------------------
LOCAL_PACK = """\
key: shangrao-tourism
label: 上饶旅游补充
version: {version}
industries: [tourism]
region: "361100"
checklist:
  - {{key: SRL-01, group: 限流, item: 是否{word}, wrong: 未{word}, kinds: [glass-walkway]}}
"""


@pytest.fixture
def administrator(as_: Callable[[str], Client], settings: Any) -> Client:
    settings.ANLAN_PACKS = settings.ROOT / "packs"
    return as_("system_administrator")


def upload(client: Client, text: str, name: str = "pack.yaml") -> Any:
    return client.post("/packs/new/", {"file": SimpleUploadedFile(name, text.encode())})


def test_a_wrong_pack_is_told_line_by_line_and_nothing_is_written(administrator: Client) -> None:
    before = ChecklistItem.objects.unscoped(WHY).count()
    wrong = (
        LOCAL_PACK.format(version=1, word="限流").replace("glass-walkway", "moon").replace("361100", "999999")
    )
    answer = upload(administrator, wrong + "  - {key: SRL-02, group: 限流}\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("没有键为“moon”的设施类别", "没有代码为“999999”的区划", "缺少item", "SRL-02, group: 限流"):
        assert words in page, words
    assert "没有写入任何内容" in page
    assert ChecklistItem.objects.unscoped(WHY).count() == before
    assert not Pack.objects.unscoped(WHY).exclude(files={}).exists()
    assert "随附的行业包" in upload(administrator, "key: tourism\nlabel: x\nversion: 9\n").content.decode()


def test_a_pack_is_looked_at_loaded_renewed_and_taken_off(world: World, administrator: Client) -> None:
    with clock.standing_on(TODAY):
        text = LOCAL_PACK.format(version=1, word="限流")
        page = upload(administrator, text).content.decode()
        assert "核对无误" in page and not Pack.objects.unscoped(WHY).filter(key="shangrao-tourism").exists()
        content = loading_content(text)
        administrator.post("/packs/new/", {"content": content, "load": "1"})
        row = Pack.objects.unscoped(WHY).get(key="shangrao-tourism")
        assert row.local and row.region_path == CITY
        assert ("SRL-01" in keys(CITY), "SRL-01" in keys(OTHER)) == (True, False)
        said: list[str] = []
        loading.set_up(False, said.append)  # a start reads it again and ends nothing
        assert "SRL-01" in keys(CITY) and not [one for one in said if "shangrao" in one]
        same = upload(administrator, text.replace("未限流", "没限流")).content.decode()
        assert "version 改为 2" in same
    with clock.standing_on(date(2023, 8, 1)):
        newer = loading_content(LOCAL_PACK.format(version=2, word="计数"))
        administrator.post("/packs/new/", {"content": newer, "load": "1"})
        assert ChecklistItem.objects.unscoped(WHY).filter(key="SRL-01").count() == 2
        assert administrator.post(f"/packs/{row.pk}/withdraw/", {"reason": ""}).status_code == 422
        administrator.post(f"/packs/{row.pk}/withdraw/", {"reason": "重复"})
        row.refresh_from_db()
        assert (row.ended_on, row.files) == (date(2023, 8, 1), {}) and "SRL-01" not in keys(CITY)
        assert "SRL-01" in keys(CITY, TODAY)


def loading_content(text: str) -> str:
    import json

    return json.dumps({"folder": "shangrao-tourism", "files": {"pack.yaml": text}})


def keys(place: str, day: date | None = None) -> list[str]:
    rows = reads.checklist(system_actor("测试"), kind="glass-walkway", day=day or clock.today(), place=place)
    return [one.key for one in rows]


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".yaml", text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"key: local-a\n", ("local-a", ["pack.yaml"])),
        (b"label: x\n", ("up", ["pack.yaml"])),
        (zipped(home__pack="key: 'local-b'\n", home__more=""), ("local-b", ["more.yaml", "pack.yaml"])),
        (zipped(), "没有 .yaml"),
        (zipped(a__pack="", b__pack=""), "两个 pack.yaml"),
        (b"PK\x03\x04nonsense", "打不开"),
        (b"x" * 1_000_001, "超过 1 MB"),
    ],
)
def test_what_may_be_uploaded_as_a_pack(content: bytes, expected: Any) -> None:
    if isinstance(expected, str):
        with pytest.raises(BadArchive, match=expected):
            unpack("up.yaml", content)
    else:
        folder, files = unpack("up.yaml", content)
        assert (folder, sorted(files)) == expected
