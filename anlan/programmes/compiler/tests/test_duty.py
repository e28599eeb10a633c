"""Duty clauses, lists of names, and what names resolve to."""

from __future__ import annotations

import pytest

from anlan.programmes.compiler.duty import DutyReader
from anlan.programmes.compiler.gazetteer import load_gazetteer
from anlan.programmes.compiler.recipients import split_recipients

READER = DutyReader(load_gazetteer(), 2023, 1)


def roles(clause: str, reader: DutyReader = READER) -> dict[str, list[str]]:
    """The names of a clause by role."""
    out: dict[str, list[str]] = {}
    for role in reader.read(clause).roles:
        out.setdefault(role.role, []).append(role.name)
    return out


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("省安委会办公室组织，各有关部门分工负责", {"lead": ["省安委会办公室"], "joint": ["各有关部门"]}),
        (
            "市应急局牵头，市公安局、市财政局配合",
            {"lead": ["市应急局"], "supporting": ["市公安局", "市财政局"]},
        ),
        ("市应急局牵头、市公安局配合", {"lead": ["市应急局"], "supporting": ["市公安局"]}),
        (
            "甲乡政府、市应急局会同各有关部门分工负责",
            {"lead": ["甲乡政府", "市应急局"], "supporting": ["各有关部门"]},
        ),
        ("市公安局同各有关部门按职责分工负责", {"lead": ["市公安局"], "supporting": ["各有关部门"]}),
        ("市应急局、市公安局按职责分工负责", {"joint": ["市应急局", "市公安局"]}),
        (
            "各安全专业委员会督促，有关部门落实",
            {"overseeing": ["各安全专业委员会"], "implementing": ["有关部门"]},
        ),
        ("责任单位：市应急局；配合单位：市财政局", {"lead": ["市应急局"], "supporting": ["市财政局"]}),
        (
            "牵头单位：市应急局，责任单位：各县（市、区）政府",
            {"lead": ["市应急局"], "implementing": ["各县（市、区）政府"]},
        ),
        (
            "市应急局、住房和城乡建设局及工业和信息化局负责",
            {"joint": ["市应急局", "市住房和城乡建设局", "市工业和信息化局"]},
        ),
        ("市委宣传部、组织部负责", {"joint": ["市委宣传部", "市委组织部"]}),
        (
            "牵头部门为市交通运输局，配合部门为市公安局",
            {"lead": ["市交通运输局"], "supporting": ["市公安局"]},
        ),
    ],
)
def test_roles(clause: str, expected: dict[str, list[str]]) -> None:
    assert roles(clause) == expected


def test_the_first_leads_where_the_document_says_so() -> None:
    reader = DutyReader(load_gazetteer(), 2023, 0, first_leads=True)
    assert roles("省公安厅、省交通运输厅按职责分工负责", reader) == {
        "lead": ["省公安厅"],
        "supporting": ["省交通运输厅"],
    }


def test_a_due_date_and_an_open_list() -> None:
    parsed = READER.read("市应急局牵头，市公安局等有关部门配合，6月底前完成")
    assert parsed.due == "2023-06-30" and parsed.open_list
    assert [r.name for r in parsed.roles] == ["市应急局", "市公安局", "有关部门"]


def test_a_statement_for_all_items_that_follow() -> None:
    parsed = READER.read("市应急局负责。以下均需各县（市、区）政府落实，不再列出")
    assert [r.name for r in parsed.roles] == ["市应急局"]
    assert [(r.role, r.name) for r in parsed.blanket] == [("implementing", "各县（市、区）政府")]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("省应急厅", "省应急管理厅"),
        ("长沙市应急管理局", "市应急管理局"),
        ("某某县住建局", "县住房和城乡建设局"),
        ("浦东新区应急局", "区应急管理局"),
        ("达拉特旗公安局", "旗公安局"),
        ("恩施州市场监管局", "州市场监督管理局"),
        ("广西壮族自治区应急管理厅", "自治区应急管理厅"),
        ("省经信厅", "省工业和信息化厅"),
        ("市城管执法局", "市城市管理局"),
        ("区教体局", "区教育局"),
        ("国家矿山安全监察局山西局", "国家矿山安全监察局山西局"),
        ("省委会办公室", "省安全生产委员会办公室"),
    ],
)
def test_a_name_resolves_by_its_function(name: str, canonical: str) -> None:
    match = load_gazetteer().unit(name, 0)
    assert match is not None and match.canonical == canonical


@pytest.mark.parametrize("name", ["市某某某局", "某某股份公司", "隐患排查", "安全"])
def test_an_unknown_name_stays_unresolved(name: str) -> None:
    assert load_gazetteer().unit(name, 1) is None


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("各县市区人民政府", "各县（市、区）人民政府"),
        ("市安委会各成员单位", "省安委会各成员单位"),
        ("县直有关部门", "省直有关部门"),
        ("各负有安全生产监管职责的部门", "负有安全监管职责的各有关部门"),
        ("各乡镇", None),
    ],
)
def test_groups_resolve_by_families(name: str, pattern: str | None) -> None:
    assert load_gazetteer().group(name) == pattern


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各市、县（区）人民政府，省安委会各成员单位：", ("各市、县（区）人民政府", "省安委会各成员单位")),
        ("甲经济开发区、乙风景名胜区管委会", ("甲经济开发区管委会", "乙风景名胜区管委会")),
        ("中央、省属驻市企业和市属集团公司", ("中央、省属驻市企业和市属集团公司",)),
        ("各乡镇安委会、县安委会成员单位", ("各乡镇安委会", "县安委会成员单位")),
    ],
)
def test_recipients(text: str, expected: tuple[str, ...]) -> None:
    assert split_recipients(text) == expected


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("市工信和科技局", "miit"),
        ("县住建和交通局", "housing"),
        ("区文广旅体局", "culture-tourism"),
        ("县教科体局", "education"),
        ("市大数据局", "big-data"),
        ("县融媒体中心", "media-center"),
        ("云湖高新区管委会", "zone"),
    ],
)
def test_merged_departments_and_common_bodies(name: str, family: str) -> None:
    match = load_gazetteer().unit(name, 1)
    assert match is not None
    assert match.row.unit_id == family


@pytest.mark.parametrize(
    ("clause", "roles"),
    [
        (
            "责任领导：张某；责任单位：市应急局、市住建局；完成时限：长期坚持",
            [("joint", "市应急局"), ("joint", "市住建局")],
        ),
        (
            "市应急局牵头，各功能区管委会具体负责落实，持续推进",
            [("lead", "市应急局"), ("implementing", "各功能区管委会")],
        ),
        ("市应急局牵头，各区、镇政府落实", [("lead", "市应急局"), ("implementing", "各区、镇政府")]),
        (
            "市安委办牵头，开发区、市直有关部门配合",
            [("lead", "市安委办"), ("supporting", "开发区"), ("supporting", "市直有关部门")],
        ),
    ],
)
def test_clauses_of_other_places(clause: str, roles: list[tuple[str, str]]) -> None:
    parsed = DutyReader(load_gazetteer(), 2023, 1).read(clause)
    assert [(role.role, role.name) for role in parsed.roles] == roles
    assert parsed.rest == ()


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("省应急厅等有关部门和各市、县委、政府", ["省应急厅", "有关部门", "各市、县委、政府"]),
        ("省工信厅、省商务厅等省有关部门和单位", ["省工信厅", "省商务厅", "省有关部门和单位"]),
        ("省能源局，有关市州党委和政府", ["省能源局", "有关市州党委和政府"]),
        ("市应急局、各地、州、市", ["市应急局", "各地、州、市"]),
        ("市应急局、市安委会各专委办", ["市应急局", "市安委会各专委办"]),
        ("市应急局、市公安局按各自职责分别负责", ["市应急局", "市公安局"]),
    ],
)
def test_lists_of_other_places(listed: str, names: list[str]) -> None:
    parsed = READER.read(listed)
    assert [role.name for role in parsed.roles] == names
    assert parsed.rest == ()


def test_a_blanket_without_verb_holds_for_all() -> None:
    parsed = DutyReader(load_gazetteer(), 2023, 0).read(
        "省应急厅负责。以下任务均涉及各市、州人民政府，不再列出"
    )
    assert [role.name for role in parsed.blanket] == ["各市、州人民政府"]
