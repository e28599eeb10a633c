"""What hidden dangers declare: ledgers, ways, measures, settings, menu."""

from __future__ import annotations

from collections.abc import Callable

from anlan.hazards.actions import danger_item
from anlan.hazards.danger_flows import WORKFLOWS
from anlan.hazards.danger_home import HOME_PANELS
from anlan.hazards.danger_ledgers import LEDGERS
from anlan.hazards.danger_measures import MEASURES
from anlan.hazards.reads_danger_statistics import TALLY
from anlan.kernel.parameters import Parameter
from anlan.kernel.shell import Entry

__all__ = ["ACTS", "HOME_PANELS", "LEDGERS", "MEASURES", "MENU", "PARAMETERS", "TALLIES", "WORKFLOWS"]

GROUP = "隐患治理"
LOCAL = "地方例（青岛），待核：没有全国统一的数，请按本地规定改"
PARAMETERS = (
    Parameter("dangers.review_days", "重大隐患验收审查", 10, GROUP, "日",
              "总局令第16号第23条，收到申请后现场审查；条文待核", least=1, most=60),
    Parameter("dangers.silent_days", "企业多久没有自查隐患算沉默", 30, GROUP, "日",
              "本系统的提示线，不是法定数", least=1, most=366),
    Parameter("dangers.quick_minutes", "录入后几分钟内销号要提示", 10, GROUP, "分钟",
              "本系统的提示线，不是法定数", least=1, most=1440),
    Parameter("dangers.photo_days", "照片早于发现日期几天以上要提示", 1, GROUP, "日",
              "本系统的提示线，不是法定数", least=0, most=366),
    Parameter("dangers.photo_metres", "拍摄位置离隐患、厂区或企业多远要提示", 1000, GROUP, "米",
              "本系统的提示线，不是法定数；矿山、园区占地大的可放宽", least=50, most=100_000),
    Parameter("dangers.decide_days", "延期等申请的审核", 10, GROUP, "个工作日", LOCAL, least=1, most=60),
    Parameter("dangers.transfer_days", "移送单的接收答复", 5, GROUP, "个工作日", "待核，请按本地规定改",
              least=1, most=60),
    Parameter("dangers.listing_file_days", "挂牌后备案", 3, GROUP, "个工作日", LOCAL, least=1, most=60),
    Parameter("dangers.listing_publish_days", "挂牌后公示", 5, GROUP, "个工作日", LOCAL, least=1, most=60),
    Parameter("dangers.listing_end_days", "摘牌后公示", 5, GROUP, "个工作日", LOCAL, least=1, most=60),
    Parameter("dangers.listing_months", "挂牌督办最长期限", 12, GROUP, "个月", LOCAL, least=1, most=60),
    Parameter("dangers.listing_ask_days", "挂牌延期申请提前", 20, GROUP, "个工作日", LOCAL,
              least=0, most=120),
)  # fmt: skip
ACTS = (
    ("report", "双报告"),
    ("plan", "制定治理方案"),
    ("extend", "延期"),
    ("downgrade", "降为一般"),
    ("transfer", "移送"),
    ("list", "挂牌督办"),
    ("delist", "摘牌"),
    ("nudge", "催办"),
    ("assign", "指派验收人"),
    ("letter", "并入督办单"),
    ("letter-out", "移出督办单草稿"),
    ("tie", "对应要点"),
    ("unassign", "取消指派"),
)
TALLIES = (TALLY,)


def tie_items(demo: bool, say: Callable[[str], object]) -> None:
    """The last step of the set-up: dangers are tied to the items that they serve, as every night."""
    if tied := danger_item.catch_up():
        say(f"{tied:,} 条隐患按行业和指标对应到要点条目")


MENU = (
    Entry("hazards", "danger-phone", "报隐患", "danger-phone", "dangers.add", icon="camera"),
    Entry("hazards", "danger-statistics", "隐患统计", "danger-statistics", "dangers.view", icon="chart-bar"),
    Entry(
        "hazards",
        "danger-silent",
        "沉默企业",
        "danger-silent",
        "enterprises.view",
        icon="volume-off",
        office=True,
    ),
)
