"""Sample rows for the gallery of the look; firms and figures are invented."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Head:
    """A column head."""

    key: str
    label: str
    css: str = ""
    unit: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry of the menu."""

    key: str
    label: str
    icon: str
    url: str = "/list/"
    count: int = 0
    hot: bool = False
    current: bool = False
    open: bool = False
    children: tuple[Entry, ...] = field(default_factory=tuple)


COLUMNS = [
    Head("due", "期限", "c-due"),
    Head("number", "编号", "c-no"),
    Head("text", "隐患", "c-t"),
    Head("firm", "企业", "c-f"),
    Head("region", "县区", "c-r"),
    Head("industry", "行业", "c-k"),
    Head("level", "级别", "c-l"),
    Head("state", "状态", "c-s"),
    Head("cost", "资金", unit="元", numeric=True),
    Head("times", "次数", numeric=True),
]
DANGERS = [
    (
        "r",
        "逾期 2 天",
        "06-18",
        "ZD-0059",
        "“下店上宅”，二层住人与库房未分隔",
        "铅山某烟花爆竹零售店",
        "铅山",
        "烟花爆竹",
        "重大",
    ),
    (
        "r",
        "逾期 1 天",
        "06-19",
        "ZD-0058",
        "打磨间粉尘涉爆，除尘器无泄爆装置",
        "玉山某铝制品厂",
        "玉山",
        "工贸",
        "重大",
    ),
    (
        "y",
        "今天",
        "06-20",
        "YB-4131",
        "疏散楼梯堆放杂物，常闭防火门敞开",
        "婺源某民宿",
        "婺源",
        "消防",
        "一般",
    ),
    (
        "y",
        "剩 2 天",
        "06-22",
        "ZD-0061",
        "氨制冷机房无氨气浓度报警",
        "余干某水产冷库",
        "余干",
        "工贸",
        "重大",
    ),
    ("g", "剩 5 天", "06-25", "YB-4155", "液化气瓶超期未检 4 只", "万年某小吃店", "万年", "燃气", "一般"),
    (
        "o",
        "未到期",
        "09-30",
        "YB-4161",
        "自建房经营场所电气线路私拉 <b>",
        "横峰某网吧",
        "横峰",
        "自建房",
        "一般",
    ),
]
POSTS = [
    {"id": 1, "label": "上饶市安委办 · 综合协调科", "current": True},
    {"id": 2, "label": "上饶市应急管理局 · 危化科", "current": False},
]
MENU = [
    Entry("desk", "我的办公桌", "inbox", count=8),
    Entry("run", "要点落实", "list-check"),
    Entry("press", "督办考核", "mail-forward"),
    Entry(
        "danger",
        "风险隐患",
        "alert-triangle",
        open=True,
        children=(
            Entry("hazards", "隐患治理", "", current=True),
            Entry("risk", "风险地图", ""),
        ),
    ),
    Entry("watch", "监测预警", "activity", count=3, hot=True),
    Entry("firm", "企业档案", "building"),
    Entry("basis", "法规与判定标准", "book"),
    Entry("settings", "设置", "settings"),
]
PROBLEMS = [
    {
        "line": 17,
        "subject": "鄱阳某混凝土（演示）",
        "column": "信用代码",
        "value": "91361128MADEM0A23X",
        "reason": "末位校验不对，按前 17 位应为 3；请核对执照",
    },
    {
        "line": 42,
        "subject": "饶州某酒店（演示）",
        "column": "整改期限",
        "value": "2023-02-30",
        "reason": "2 月没有 30 日",
    },
    {
        "line": 58,
        "subject": "谢家滩某石料（演示）",
        "column": "县区",
        "value": "波阳县",
        "reason": "旧称；选“鄱阳县”后可写入",
        "fix": "改为鄱阳县",
        "fix_url": "/list/",
    },
    {"line": 133, "subject": "", "column": "整改人", "value": "", "reason": "整改人必填"},
]
