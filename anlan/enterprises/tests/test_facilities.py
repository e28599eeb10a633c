"""Facilities of a kind: form, list, filter, sheet and page come from the pack of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from anlan.enterprises import facilities_indexes
from anlan.enterprises.facilities_ledgers import family, field_name, key_of
from anlan.enterprises.facilities_measures import MEASURES
from anlan.enterprises.models import Enterprise, Facility
from anlan.kernel import audit, clock, jobs, registry
from anlan.kernel.exchange import resolve
from anlan.kernel.exchange.template import write_template
from anlan.kernel.forms import form_class
from anlan.kernel.listing import Listing
from anlan.kernel.measure import Window, compute
from anlan.kernel.models import ImportBatch
from anlan.kernel.scope import Actor, Reach, system_actor
from anlan.kernel.testing import actor, make_row, seat
from anlan.kernel.writing import write
from anlan.standards import loading
from anlan.standards import reads as standards
from anlan.standards.models import FacilityKind
from anlan.standards.rules.pack import Pack
from anlan.standards.rules.pack_reading import Reading, read_packs
from anlan.standards.testing import load_packs

pytestmark = pytest.mark.django_db
HERE, THERE = "360000/361100/361130/", "360000/360400/360428/"
WHY = "a test's own rows"
RULE = system_actor("测试")
HEAD = "key: sample\nlabel: 样包\nversion: {version}\nindustries: [tailings]\n"
POND = """\
kinds:
  - key: pond
    label: 尾矿库
    industry: tailings
    unit: 座
    attributes:
      - {key: grade, label: 等别, type: choice, required: true, filter: true, list: true,
         choices: {one: 一等, two: 二等}}
      - {key: height, label: 坝高, type: number, unit: m, least: 0, most: 400, filter: true, list: true}
      - {key: people, label: 下游人数, type: integer, unit: 人, least: 0}
      - {key: overhead, label: 头顶库, type: flag, filter: true}
      - {key: stopped, label: 停用之日, type: date}
"""


def pack(tmp_path: Path, text: str = POND, version: int = 1) -> Pack:
    home = tmp_path / "packs" / "sample"
    home.mkdir(parents=True, exist_ok=True)
    (home / "pack.yaml").write_text(HEAD.format(version=version) + text)
    found = read_packs(tmp_path / "packs")
    assert found.faults == []
    return found.packs[0]


@pytest.fixture
def pond(tmp_path: Path) -> FacilityKind:
    loading.load(Reading([pack(tmp_path)]), date(2023, 7, 5))
    found: FacilityKind = FacilityKind.objects.unscoped(WHY).get(key="pond", valid_to=None)
    return found


@pytest.fixture
def firm() -> Enterprise:
    made: Enterprise = make_row(Enterprise, name="婺源甲矿业", region_path=HERE, industry="noncoal-mine")
    return made


def officer(path: str = HERE) -> Actor:
    return actor(
        seat("facilities.*", "enterprises.view", path=path, reach=Reach.SUBTREE, unit_id=1), name="属地人员"
    )


_current: list[Actor] = []


def current_actor(request: Any) -> Actor:
    """Stands in for the organisation's answer to the question who asks."""
    return _current[0]


@pytest.fixture
def act_as(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Actor], Client]:
    from dataclasses import replace

    from django.contrib.auth import get_user_model

    settings.ANLAN_ACTOR_FACTORY = f"{__name__}.current_actor"
    settings.FILES = tmp_path / "files"
    client.handler.load_middleware()
    person = get_user_model().objects.create_user(username="facilities", password=None, name="测试员")

    def act(who: Actor) -> Client:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        known = replace(who, person_id=person.pk)
        _current[:] = [known]
        monkeypatch.setattr(jobs, "actor_of", lambda job: known)
        monkeypatch.setitem(
            resolve._resolvers, "region", lambda actor, texts: {one: HERE for one in texts if one == "婺源县"}
        )
        return client

    return act


def facility(firm: Enterprise | None, number: str = "1#", **attributes: Any) -> Facility:
    row = Facility(kind="pond", enterprise=firm, holder="" if firm else "某村委会", name=f"{number}尾矿库",
                   number=number, region_path=HERE, attributes={"grade": "one", **attributes})  # fmt: skip
    write(RULE, row, {}, "add")
    return row


# Rows ----------------------------------------------------------------------------------------------
def test_a_facility_lies_where_its_firm_does_and_knows_its_kind(pond: FacilityKind, firm: Enterprise) -> None:
    row = Facility(
        kind="pond", enterprise=firm, name="一号库", attributes={"grade": "二等", "height": "60.50"}
    )
    write(RULE, row, {}, "add")
    assert (row.region_path, row.industry, row.definition_id) == (HERE, "tailings", pond.pk)
    assert row.attributes == {"grade": "two", "height": 60.5}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"attributes": {}}, "attributes", "等别必填"),
        ({"attributes": {"grade": "one", "height": 401}}, "attributes", "太大，最大 400 m"),
        ({"attributes": {"grade": "one", "colour": "红"}}, "attributes", "没有“colour”这一项"),
        ({"kind": "moon-base"}, "kind", "没有这类设施"),
        ({"enterprise": None, "holder": "", "region_path": HERE}, "__all__", "没有写属于谁"),
        ({"opened_on": date(2023, 1, 2), "closed_on": date(2023, 1, 1)}, "__all__", "关闭日期早于投用日期"),
    ],
)
def test_what_does_not_fit_the_kind_is_refused(
    pond: FacilityKind, firm: Enterprise, change: dict[str, Any], field: str, words: str
) -> None:
    row = Facility(kind="pond", enterprise=firm, name="一号库", attributes={"grade": "one"})
    with pytest.raises(ValidationError) as refused:
        write(RULE, row, change, "add")
    assert words in "；".join(refused.value.message_dict[field])


def test_the_same_number_of_one_firm_and_kind_is_refused(pond: FacilityKind, firm: Enterprise) -> None:
    facility(firm)
    with pytest.raises(ValidationError, match="已有同类同编号的设施"):
        facility(firm)


def test_attributes_are_shown_as_their_day_wrote_them(
    pond: FacilityKind, firm: Enterprise, tmp_path: Path
) -> None:
    row = facility(firm, height=60)
    changed = POND.replace("label: 坝高", "label: 总坝高")
    loading.load(Reading([pack(tmp_path, changed, 2)]), date(2024, 1, 1))
    row.refresh_from_db()
    assert row.definition_id == pond.pk


# The ledger of a kind ------------------------------------------------------------------------------
def test_a_kind_has_a_ledger_with_its_attributes(pond: FacilityKind) -> None:
    ledger = registry.ledger("facilities-pond")
    ledger.verify()
    assert ledger.permission("add") == "facilities.add"
    assert [one.label for one in ledger.columns if one.field in ledger.extra] == [
        "等别", "坝高", "下游人数", "头顶库", "停用之日",
    ]  # fmt: skip
    assert family("facilities-moon") is None and family("faults") is None


def test_the_list_shows_and_filters_by_attributes(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    facility(firm, "1#", height=60, overhead=True)
    facility(firm, "2#", height=90.5, grade="two")
    client = act_as(officer())
    text = client.get("/facilities-pond/").content.decode()
    assert "1#尾矿库" in text and "90.5" in text and "二等" in text
    for query, wanted in (
        ("attributes__grade=two", {"2#"}),
        ("attributes__height_from=60&attributes__height_to=61", {"1#"}),
        ("attributes__height_from=60.1", {"2#"}),
        ("attributes__overhead=1", {"1#"}),
        ("state=stopped", set()),
    ):
        text = client.get(f"/facilities-pond/?{query}").content.decode()
        assert {one for one in ("1#", "2#") if f"{one}尾矿库" in text} == wanted, query


def test_a_stranger_finds_nothing_of_a_kind(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    row = facility(firm)
    client = act_as(officer(THERE))
    assert "1#尾矿库" not in client.get("/facilities-pond/").content.decode()
    for address in ("", "edit/", "print/", "history/"):
        assert client.get(f"/facilities-pond/{row.pk}/{address}").status_code == 404
    client = act_as(actor(seat(path=HERE), name="无权人员"))
    for address in ("", "new/", "import/", "template/", "export/"):
        assert client.get(f"/facilities-pond/{address}").status_code == 404
    assert client.get("/facilities/kinds/").status_code == 404
    assert client.get("/facilities/new/").status_code == 404


def test_a_kind_shows_no_rows_of_another(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    row = facility(firm)
    Facility.objects.unscoped(WHY).filter(pk=row.pk).update(kind="mine")
    client = act_as(officer())
    assert client.get(f"/facilities-pond/{row.pk}/").status_code == 404


def test_the_form_asks_what_the_pack_says_and_keeps_it(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    client = act_as(officer())
    text = client.get("/facilities-pond/new/").content.decode()
    assert "等别" in text and "单位 m" in text and "一等" in text
    data = {"enterprise": firm.pk, "name": "一号库", "number": "1#", "region_path": HERE, "state": "in-use",
            field_name("grade"): "two", field_name("height"): "500"}  # fmt: skip
    refused = client.post("/facilities-pond/new/", data)
    assert refused.status_code == 422 and "不能大于 400" in refused.content.decode()
    data[field_name("height")] = "60.5"
    assert client.post("/facilities-pond/new/", data).status_code == 302
    row = Facility.objects.unscoped(WHY).get()
    assert row.attributes == {"grade": "two", "height": 60.5}
    page = client.get(f"/facilities-pond/{row.pk}/").content.decode()
    assert "60.5 m" in page and "二等" in page
    general = client.get(f"/facilities/{row.pk}/").content.decode()
    assert "60.5 m" in general
    assert client.get(f"/facilities/{row.pk}/edit/")["Location"] == f"/facilities-pond/{row.pk}/edit/"
    shown = client.get(f"/facilities-pond/{row.pk}/edit/").content.decode()
    assert 'value="60.5"' in shown
    changed = {**data, field_name("height"): "61", "version": row.version}
    assert client.post(f"/facilities-pond/{row.pk}/edit/", changed).status_code == 302
    history = client.get(f"/facilities-pond/{row.pk}/history/").content.decode()
    assert "坝高" in history and "60.5" in history and "61" in history


def test_two_people_who_edit_the_same_facility_see_both_versions(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    row = facility(firm, height=60)
    seen = row.version
    write(RULE, row, {"attributes": {"grade": "two", "height": 60}}, "change")
    client = act_as(officer())
    data = {"enterprise": firm.pk, "name": row.name, "number": row.number, "region_path": HERE}
    data |= {"state": "in-use", field_name("grade"): "one", field_name("height"): "70", "version": seen}
    clash = client.post(f"/facilities-pond/{row.pk}/edit/", data)
    assert clash.status_code == 409
    text = clash.content.decode()
    assert "等别" in text and "二等" in text and "坝高" in text


# The sheet -----------------------------------------------------------------------------------------
def sheet(tmp_path: Path, *lines: list[Any]) -> SimpleUploadedFile:
    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(path) as book:
        inside = book.add_worksheet()
        for n, line in enumerate(lines):
            inside.write_row(n, 0, line)
    return SimpleUploadedFile("台账.xlsx", path.read_bytes())


def brought(client: Client, tmp_path: Path, *lines: list[Any]) -> ImportBatch:
    client.post("/facilities-pond/import/", {"file": sheet(tmp_path, *lines)}, follow=True)
    batch = ImportBatch.objects.unscoped(WHY).latest("id")
    client.post(f"/imports/{batch.pk}/commit/", follow=True)
    batch.refresh_from_db()
    return batch


TITLES = ["序号", "企业名称", "设施名称", "编号", "县区", "等别", "坝高（m）", "头顶库", "停用之日"]


def test_a_sheet_brings_attributes_and_wrong_cells_are_told(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client], tmp_path: Path
) -> None:
    client = act_as(officer())
    batch = brought(
        client, tmp_path, TITLES,
        [1, "婺源甲矿业", "一号库", "1#", "婺源县", "一等", 60.5, "是", "2020.5.1"],
        [2, "婺源甲矿业", "二号库", "2#", "婺源县", "九等", 61, "否", ""],
        [3, "婺源甲矿业", "三号库", "3#", "婺源县", "二等", 999, "否", ""],
    )  # fmt: skip
    assert (batch.counts["created"], batch.counts["wrong"]) == (1, 2)
    row = Facility.objects.unscoped(WHY).get()
    assert (row.kind, row.definition_id) == ("pond", pond.pk)
    assert row.attributes == {"grade": "one", "height": 60.5, "overhead": True, "stopped": "2020-05-01"}


def test_a_second_sheet_changes_only_what_it_says(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client], tmp_path: Path
) -> None:
    row = facility(firm, height=60, people=12)
    batch = brought(
        act_as(officer()), tmp_path, ["企业名称", "设施名称", "编号", "县区", "坝高"],
        ["婺源甲矿业", row.name, "1#", "婺源县", 61],
    )  # fmt: skip
    assert (batch.counts["updated"], batch.counts["created"]) == (1, 0)
    row.refresh_from_db()
    assert row.attributes == {"grade": "one", "height": 61, "people": 12}


def test_a_required_attribute_that_the_sheet_lacks_is_named(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client], tmp_path: Path
) -> None:
    client = act_as(officer())
    lines = ["企业名称", "设施名称", "编号", "县区"], ["婺源甲矿业", "一号库", "1#", "婺源县"]
    shown = client.post("/facilities-pond/import/", {"file": sheet(tmp_path, *lines)}, follow=True)
    assert "等别必填" in shown.content.decode()
    assert ImportBatch.objects.unscoped(WHY).latest("id").counts["created"] == 0


def test_the_template_and_the_export_have_the_attributes_as_columns(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    facility(firm, height=60.5, stopped="2020-05-01")
    client = act_as(officer())
    template = CalamineWorkbook.from_filelike(BytesIO(b"".join(client.get("/facilities-pond/template/"))))
    heads = template.get_sheet_by_index(0).to_python()[1]
    assert {"等别*", "坝高", "下游人数", "头顶库"} <= set(heads)
    asked = "columns=name,attributes__grade,attributes__height,attributes__stopped"
    answer = b"".join(client.get(f"/facilities-pond/export/?{asked}"))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer)).get_sheet_by_index(0).to_python()
    assert rows[-1][1:3] == ["一等", 60.5] and rows[-1][3] == date(2020, 5, 1)


# Overview, indexes ---------------------------------------------------------------------------------
def test_the_overview_counts_each_kind_for_whom_it_is_asked(
    pond: FacilityKind, firm: Enterprise, act_as: Callable[[Actor], Client]
) -> None:
    facility(firm, "1#")
    facility(None, "2#")
    assert ">2<" in act_as(officer()).get("/facilities/kinds/").content.decode()
    text = act_as(officer(THERE)).get("/facilities/kinds/").content.decode()
    assert "尾矿库" in text and ">2<" not in text
    assert (
        "/facilities-pond/new/?enterprise=7"
        in act_as(officer()).get("/facilities/new/?enterprise=7").content.decode()
    )


def test_filtered_attributes_of_a_large_kind_are_indexed_and_used(
    pond: FacilityKind, firm: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facilities_indexes, "MANY", 3)
    rows = [
        Facility(kind="pond", enterprise=firm, name=f"{n}", number=f"{n}", region_path=HERE,
                 industry="tailings", definition=pond,
                 attributes={"grade": "two" if n == 700 else "one", "height": n})
        for n in range(2000)
    ]  # fmt: skip
    Facility.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    said: list[str] = []
    facilities_indexes.ensure(False, said.append)
    facilities_indexes.ensure(False, said.append)
    assert said == ["设施台账：新建属性索引 3 个"]
    ledger = registry.ledger("facilities-pond")
    listing = Listing(ledger, RULE, {"attributes__grade": "two"})
    assert [row.number for row in listing.page.rows] == ["700"]
    plan = listing.queryset().explain()
    assert facilities_indexes.index_name("pond", "grade") in plan, plan
    monkeypatch.setattr(facilities_indexes, "MANY", 10_000)
    facilities_indexes.ensure(False, said.append)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'facility_by_%'")
        assert cursor.fetchone() == (0,)


def test_what_changed_is_recorded_as_values(pond: FacilityKind, firm: Enterprise) -> None:
    row = facility(firm, height=60)
    write(RULE, row, {"attributes": {"grade": "one", "height": 61}}, "change")
    entry = audit.history(row, 1)[0]
    assert entry.differences == {
        "attributes": [{"grade": "one", "height": 60}, {"grade": "one", "height": 61}]
    }


def test_every_kind_of_the_house_has_a_ledger_a_form_and_a_template(tmp_path: Path) -> None:
    load_packs()
    kinds = standards.kinds()
    assert len(kinds) > 80
    for key in kinds:
        ledger = registry.ledger(key_of(key))
        ledger.verify()
        made = form_class(ledger, officer(), {})
        assert set(ledger.extra) <= set(made.base_fields), key
        labels = [ledger.label_of(name) for name in ledger.import_fields]
        assert len(set(labels)) == len(labels), key
        write_template(ledger, tmp_path / f"{key}.xlsx")
        head = CalamineWorkbook.from_path(tmp_path / f"{key}.xlsx").get_sheet_by_index(0).to_python()[1]
        assert [one.rstrip("*") for one in head] == labels, key


def test_closures_and_networks_are_measured(firm: Enterprise) -> None:
    load_packs("tailings")
    ponds = [
        Facility(
            kind="tailings-pond",
            enterprise=firm,
            name=f"{n} 号库",
            region_path=HERE,
            opened_on=date(2010, 1, 1),
            state="closed" if n == 1 else "in-use",
            closed_on=date(2023, 3, 1) if n == 1 else None,
            attributes={"grade": "third", "stage": "running", "overhead": n < 4, "monitored": n == 2},
        )
        for n in range(1, 6)
    ]
    for one in ponds:
        write(RULE, one, {}, "add")
    window = Window(date(2023, 1, 1), date(2023, 7, 1))
    found = {one.key: compute(one, window)[()].number for one in MEASURES}
    assert found["tailings-ponds-delisted"] == 1
    assert found["tailings-ponds"] == 4
    assert found["overhead-ponds-online"] == 50
    assert found["noncoal-mines-closed"] == 0


# Real sheets and days that run out -----------------------------------------------------------------
SPOKEN = """\
kinds:
  - key: pond
    label: 尾矿库
    industry: tailings
    attributes:
      - {key: grade, label: 等别, type: choice, required: true, choices: {one: 一等, two: 二等},
         also: [尾矿库等别], said: {one: [Ⅰ等], two: [Ⅱ等]}}
      - {key: height, label: 坝高, type: number, unit: m, least: 0}
      - {key: online, label: 在线监测, type: flag, also: [是否联网]}
      - {key: valid_until, label: 检验有效期至, type: date, due: true, list: true}
"""


def test_a_real_sheet_is_read_by_its_own_headings_words_and_units(
    tmp_path: Path, act_as: Callable[[Actor], Client]
) -> None:
    loading.load(Reading([pack(tmp_path, SPOKEN)]), date(2023, 7, 5))
    batch = brought(
        act_as(officer()), tmp_path, ["序号", "权属人", "尾矿库等别", "坝高", "是否联网", "检验有效期至"],
        [1, "珍珠山乡", "Ⅰ等", "２８米", "已联网", "2023.6.30"],
        [2, "大畈乡", "Ⅱ等", "28丈", "未联网", "2024.6.30"],
        [3, "清华镇", "Ⅱ等", 30, "未知", ""],
    )  # fmt: skip
    assert (batch.counts["created"], batch.counts["wrong"]) == (1, 2)
    row = Facility.objects.unscoped(WHY).get()
    assert (row.name, row.region_path) == ("珍珠山乡", HERE)  # no column for either
    assert row.attributes == {"grade": "one", "height": 28, "online": True, "valid_until": "2023-06-30"}


@pytest.mark.parametrize(
    ("until", "state", "late", "words"),
    [
        ("2023-07-04", "in-use", True, "过期 1 天"),
        ("2023-07-05", "in-use", False, "今天到期"),
        ("2023-09-03", "in-use", False, "剩 60 天"),
        ("2023-09-04", "in-use", False, ""),
        ("2023-07-04", "stopped", False, "过期 1 天"),
        (None, "in-use", False, ""),
    ],
)
def test_what_runs_out_is_marked_and_found(
    tmp_path: Path, act_as: Callable[[Actor], Client], until: str | None, state: str, late: bool, words: str
) -> None:
    with clock.standing_on(date(2023, 7, 5)):
        loading.load(Reading([pack(tmp_path, SPOKEN)]), date(2023, 7, 5))
        row = Facility(kind="pond", holder="某村委会", name="一号库", region_path=HERE, state=state,
                       attributes={"grade": "one", **({"valid_until": until} if until else {})})  # fmt: skip
        write(RULE, row, {}, "add")
        client = act_as(officer())
        every = client.get("/facilities-pond/").content.decode()
        assert "某村委会" in every and (words in every if words else "light" not in every.split("<tbody")[1])
        for value, shown in (("1", late), ("0", not late)):
            assert ("一号库" in client.get(f"/facilities-pond/?late={value}").content.decode()) == shown
        assert "这类设施" in client.get(f"/facilities/{row.pk}/").content.decode()
