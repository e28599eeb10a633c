"""Kinds and figures of single clauses; each row is one rule or one trap of the reading rules."""

from __future__ import annotations

import pytest

from anlan.programmes.compiler.clauses import mask, sentences
from anlan.programmes.compiler.dates import dates, full_date
from anlan.programmes.compiler.document import Obligation
from anlan.programmes.compiler.mapped import Mapped, Quoter
from anlan.programmes.compiler.numerals import number
from anlan.programmes.compiler.obligations import ItemReader


def read(text: str, due: str | None = None) -> list[Obligation]:
    """The obligations of a text, in a document of 2023."""
    body = Mapped(text, list(range(len(text))))
    return [o for s in ItemReader(Quoter(text, ()), 2023).read_text(body, due) for o in s.obligations]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("深入开展车辆非法改装专项整治行动。", "campaign"),
        ("开展“打非治违”活动。", "campaign"),
        ("创新开展“安全生产月”“防灾减灾日”等主题宣传活动。", "campaign"),
        ("集中整治电动自行车违规停放等问题。", "campaign"),
        ("推进国家安全发展示范城市和综合减灾示范创建。", "campaign"),
        ("组织开展集中培训。", "standing"),
        ("及时组织开展专项督导检查。", "standing"),
        ("持续推进消防安全隐患排查整治。", "standing"),
        ("组织企业开展对标活动。", "standing"),
        ("进一步规范专项执法、明查暗访等检查程序。", "standing"),
        ("纳入安委会专项巡查重点。", "standing"),
        ("加大对三年行动的调度通报力度。", "standing"),
        ("督促企业落实“五个一”活动。", "standing"),
        ("出台我市燃气管理办法。", "regulation"),
        ("健全完善生产安全事故应急预案。", "regulation"),
        ("加快地方性法规规章的制定修订工作。", "regulation"),
        ("制定宣教计划。", "standing"),
        ("完善约谈通报制度。", "standing"),
        ("鼓励企业制定更加严格的安全生产标准。", "standing"),
        ("细化减少方案。", "standing"),
        ("建设安全教育体验基地。", "build"),
        ("推进“智慧工地”建设。", "build"),
        ("完善人员定位系统。", "build"),
        ("深化“互联网+”监管试点。", "build"),
        ("推进应急救援队伍建设。", "standing"),
        ("加大通村公路安全防护设施建设力度。", "standing"),
        ("提高指挥平台的建设覆盖面。", "standing"),
        ("建立健全应急物资储备体系。", "standing"),
        ("推进平安工地建设全覆盖。", "coverage"),
        ("对所有加油站逐一开展检查。", "coverage"),
        ("对重点单位开展“全覆盖”执法检查。", "coverage"),
        ("构建全方位、全覆盖的风险防范体系。", "standing"),
        ("固化“三个一律”措施。", "standing"),
        ("坚决杜绝重特大事故。", "target"),
        ("坚决遏制重特大事故。", "standing"),
        ("定期组织开展应急演练。", "cadence"),
        ("集中整治定期检验不到位等问题。", "campaign"),
        ("对重大隐患依法实施按日连续处罚。", "standing"),
        ("对运行超过20年的老旧管道开展排查评估。", "standing"),
        ("持续深化30万吨/年以下和长期停产煤矿分类处置。", "standing"),
        ("继续选树一批执法标兵。", "standing"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert [o.kind for o in read(text)][:1] == [kind]


@pytest.mark.parametrize(
    ("text", "value", "unit", "comparator", "period"),
    [
        ("每季度至少公布3个案例。", 3, "个", ">=", "quarter"),
        ("至少半年组织1次集中学习。", 1, "次", ">=", "half_year"),
        ("每两个月至少上报1个典型案例。", 1, "个", ">=", "two_months"),
        ("坚持以每月16日为警示日。", 1, "次", "=", "month"),
        ("每季度向市安委办报送典型案例。", 1, "次", "=", "quarter"),
        ("乡镇每周巡查不少于两次。", 2, "次", ">=", "week"),
        ("定期公布检查结果。", None, None, None, None),
    ],
)
def test_cadence(
    text: str, value: int | None, unit: str | None, comparator: str | None, period: str | None
) -> None:
    found = read(text)[0]
    assert (found.kind, found.value, found.unit, found.comparator, found.period) == (
        "cadence",
        value,
        unit,
        comparator,
        period,
    )


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit", "comparator"),
    [
        ("关闭不符合安全生产条件的非煤矿山50座以上。", "quota", 50, "座", ">="),
        ("尾矿库减少15座。", "quota", 15, "座", "="),
        ("培训从业人员三百人次。", "quota", 300, "人次", "="),
        ("安装率达到95%。", "quota", 95, "%", ">="),
        ("推动单班下井作业人数全部降至500人以下。", "limit", 500, "人", "<="),
        ("作业人数不超过9人。", "limit", 9, "人", "<="),
        ("对结案满10个月的事故，开展现场评估。", "delay", 10, "月", ">="),
        ("接到举报后，10个工作日内办结。", "delay", 10, "工作日", "<="),
        ("事故死亡人数下降百分之十五以上。", "target", 15, "%", ">="),
    ],
)
def test_figures(text: str, kind: str, value: int, unit: str, comparator: str) -> None:
    found = read(text)[-1]
    assert (found.kind, found.value, found.unit, found.comparator) == (kind, value, unit, comparator)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("新建消火栓80个、消防站2座。", [("quota", 80, "个", "="), ("quota", 2, "座", "=")]),
        ("建设1个储备库、2个避难场所。", [("quota", 1, "个", "="), ("quota", 2, "个", "=")]),
        ("至少建成1个体验馆、2个考点。", [("quota", 1, "个", ">="), ("quota", 2, "个", ">=")]),
        ("完成30个村、5个社区示范创建。", [("quota", 30, "个", "=")]),
        ("打造安全社区3个，示范街道2个。", [("quota", 3, "个", "="), ("quota", 2, "个", "=")]),
        ("较大事故零发生、一般事故零增长。", [("target", 0, "起", "="), ("target", 0, "起", "=")]),
        (
            "每半年至少召开1次会议、开展2次督查。",
            [("cadence", 1, "次", ">="), ("cadence", 2, "次", ">=")],
        ),
        (
            "主要负责人每年检查不少于4次，分管负责人不少于12次。",
            [("cadence", 4, "次", ">="), ("cadence", 12, "次", ">=")],
        ),
        ("培训时间不得少于24学时。", [("quota", 24, "学时", ">=")]),
        ("整改时间不得超过3个月。", [("limit", 3, "个月", "<=")]),
        ("每个乡镇至少建立1支救援队伍。", [("quota", 1, "支", ">=")]),
        ("90%以上的企业完成标准化创建。", [("quota", 90, "%", ">=")]),
        ("推动200个小区开展消防设施改造。", [("quota", 200, "个", "=")]),
        ("对30人以上企业开展检查。", [("standing", None, None, None)]),
        ("上线率、整改率分别达到100%、95%。", [("quota", 100, "%", ">=")]),
        ("重大事故隐患整改率100%。", [("quota", 100, "%", "=")]),
        ("打造3条“平安路”。", [("quota", 3, "条", "=")]),
        ("坚持十五条硬措施。", [("standing", None, None, None)]),
        ("万车死亡率控制在1.5以下。", [("limit", 1.5, None, "<=")]),
        ("每月26日前，向镇安委会上报工作总结。", [("cadence", 1, "次", "=")]),
    ],
)
def test_several_figures(text: str, figures: list[tuple[str, float | None, str | None, str | None]]) -> None:
    assert [(o.kind, o.value, o.unit, o.comparator) for o in read(text)] == figures


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("制定燃气整治方案，并开展专项整治行动。", ["regulation", "campaign"]),
        ("建立风险数据库，并每季度更新一次。", ["build", "cadence"]),
        ("安装报警装置，并保障其正常使用。", ["standing"]),
        ("推动园区认定工作并开展安全风险评估。", ["standing"]),
        ("气瓶质量追溯体系基本建成。", ["standing"]),
    ],
)
def test_what_follows_and(text: str, kinds: list[str]) -> None:
    assert [o.kind for o in read(text)] == kinds


def test_a_year_in_front_holds_for_the_rest_of_the_sentence() -> None:
    found = read("2023年制定《甲办法》，修订《乙导则》；完善巡查机制。")
    assert [(o.kind, o.by) for o in found] == [
        ("regulation", "2023-12-31"),
        ("regulation", "2023-12-31"),
        ("standing", None),
    ]


def test_what_is_to_be_finished_is_due_at_the_end_of_the_year() -> None:
    found = read("完成自建房排查摸底。")[0]
    assert (found.by, found.also) == ("2023-12-31", ("deadline",))


def test_the_due_date_of_a_duty_clause_yields_to_a_date_in_the_text() -> None:
    found = read("制定方案。6月底前完成排查。", due="2023-11-30")
    assert [o.by for o in found] == ["2023-11-30", "2023-06-30"]


def test_how_and_why_go_with_the_act() -> None:
    text = "以专项整治为抓手，针对突出问题，开展联合检查，确保整改到位，严厉打击违法行为。"
    assert [o.quote for o in read(text)] == [
        "以专项整治为抓手，针对突出问题，开展联合检查，确保整改到位",
        "严厉打击违法行为",
    ]


def test_a_full_stop_inside_quotation_marks_ends_nothing() -> None:
    text = "落实“安全第一。预防为主”方针，加强管理。"
    assert len(list(sentences(text, mask(text)))) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6月底", "2023-06-30"),
        ("6月15日前", "2023-06-15"),
        ("12月底前", "2023-12-31"),
        ("2月底前", "2023-02-28"),
        ("年底前", "2023-12-31"),
        ("2022年底", "2022-12-31"),
        ("今年底前", "2023-12-31"),
        ("2022年6月底", "2022-06-30"),
        ("三季度末", "2023-09-30"),
        ("6月前", "2023-06-30"),
        ("第三季度完成", "2023-09-30"),
        ("1225日前", "2023-12-25"),
        ("2023625日前", "2023-06-25"),
        ("次年1月5日前", "2024-01-05"),
    ],
)
def test_dates(text: str, day: str) -> None:
    assert [d.day for d in dates(text, 2023)] == [day]


@pytest.mark.parametrize(
    "text", ["2023年以来", "每两个月", "10个月", "三年行动", "两年内实现", "13月底", "2月30日"]
)
def test_no_dates(text: str) -> None:
    assert dates(text, 2023) == []


def test_full_dates_in_both_scripts() -> None:
    assert full_date("二〇二二年一月十五日") == full_date("2022年1月15日") == "2022-01-15"


def test_a_date_that_lost_its_words() -> None:
    assert full_date("2022615日") == full_date("2022615") == "2022-06-15"
    assert full_date("2022115日") is None
    assert full_date("共2022115人") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("两", 2),
        ("十", 10),
        ("二十五", 25),
        ("一百零三", 103),
        ("1,200", 1200),
        ("99.5", 99.5),
        ("二〇二二", 2022),
        ("安", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value
