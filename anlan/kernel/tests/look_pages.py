"""The sample pages of the gallery: what each template is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from anlan.kernel import cells
from anlan.kernel.cells import Cell
from anlan.kernel.tests.look_samples import COLUMNS, DANGERS, MENU, POSTS, PROBLEMS, Head


@dataclass
class Row:
    """One row of the sample list."""

    key: str
    url: str
    cells: list[Any]
    selected: bool = False
    name: str = ""


@dataclass
class Filter:
    """One filter of the sample list."""

    name: str
    label: str
    kind: str
    value: str = ""
    value_label: str = ""
    value_from: str = ""
    value_to: str = ""
    url: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    hidden_more: bool = False
    on_phone: bool = False


class SampleForm(forms.Form):
    """The form of mock 15c, with three mistakes when it is bound to nothing."""

    enterprise = forms.CharField(
        label="企业",
        help_text="输入名称、拼音首字母或信用代码",
        widget=forms.TextInput(
            {"data-picker": "", "data-url": "/pick/", "data-label": "江西信源化工（演示）"}
        ),
    )
    description = forms.CharField(label="隐患描述", widget=forms.Textarea({"rows": 2}))
    level = forms.ChoiceField(
        label="级别", choices=[("ordinary", "一般"), ("major", "重大")], widget=forms.RadioSelect
    )
    due = forms.DateField(label="整改期限", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    industry = forms.ChoiceField(label="行业", choices=[("gas", "燃气"), ("fire", "消防")], required=False)
    photo = forms.FileField(label="照片")
    notify = forms.BooleanField(label="下达后通知企业安全员", required=False)

    def clean_due(self) -> date:
        """A due day in the past is refused in three parts: where, what, how."""
        raise forms.ValidationError("期限早于今天（2023-06-20）。请选今天以后的日期。")


class SignInForm(forms.Form):
    """The two boxes of the sign-in page."""

    login = forms.CharField(label="账号")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(label="验证器显示的 6 位数")
    secret = "JBSW Y3DP EHPK 3PXP"


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(label="文件")


def shell() -> dict[str, Any]:
    """The frame: menu, post, name, notices."""
    return {
        "post_label": "上饶市安委办 · 综合协调科",
        "person_name": "陈立新",
        "posts": POSTS,
        "menu": MENU[:-2],
        "foot_menu": MENU[-2:],
        "demo": True,
        "today": date(2023, 6, 20),
        "unread": 6,
        "role": "office",
    }


def list_page(size: int = 12) -> dict[str, Any]:
    """The hidden-danger ledger of mock 07; size rows."""
    regions = [(str(n), name, False) for n, name in enumerate(("信州", "广丰", "铅山", "婺源"))]
    rows = []
    for n in range(size):
        state, due, day, number, text, firm, region, industry, grade = DANGERS[n % len(DANGERS)]
        major = Cell("level", grade, level="red" if grade == "重大" else "")
        rows.append(
            Row(
                str(n),
                f"/row/{n}/",
                [
                    Cell("light", due, light=state, note=day),
                    number,
                    cells.link(text, f"/row/{n}/"),
                    firm,
                    region,
                    industry,
                    major,
                    "整改中",
                    Cell("money", 32000 + n),
                    Cell("fx", n * 400, url="/list/"),
                ],
                name=number,
            )
        )
    return {
        "title": "隐患治理",
        "url": "/list/",
        "facts": ["上饶市，全部县区", "重大 23 条未销号，逾期 3 条"],
        "acts": [
            {"label": "导入", "url": "/import_upload/", "icon": "upload", "office_only": True},
            {"label": "导出", "url": "/job/", "icon": "download", "office_only": True},
            {"label": "登记隐患", "url": "/form/", "icon": "plus", "primary": True},
        ],
        "views": [
            {"label": "未销号", "url": "/list/", "count": "1,000+", "current": True},
            {"label": "重大", "url": "/list/?level=major", "count": "23"},
            {"label": "已逾期", "url": "/list/?late=1", "count": "47"},
            {"label": "等我验收", "url": "/list/?mine=1", "count": "6"},
        ],
        "save_view_url": "/columns/",
        "filters": [
            Filter("q", "描述、企业、编号", "text"),
            Filter("region", "县区", "picker", url="/pick/"),
            Filter(
                "level",
                "级别",
                "choice",
                options=[("ordinary", "一般", False), ("major", "重大", False)],
                on_phone=True,
            ),
            Filter("industry", "行业", "choice", options=regions),
            Filter("due", "期限", "date", hidden_more=True),
            Filter("cost", "资金", "range", hidden_more=True),
        ],
        "columns": COLUMNS,
        "rows": rows,
        "columns_url": "/columns/",
        "column_note": "列 10/16",
        "bulk": [
            {"label": "指派验收人", "url": "/list/"},
            {"label": "发催办", "url": "/list/", "ask": "会通知 3 家。"},
        ],
        "pager": {
            "shown": size,
            "total_text": "1,000+",
            "capped": True,
            "count_url": "/list/?count=exact",
            "prev_url": "",
            "next_url": "/list/?after=50",
            "order_label": "按期限从近到远",
        },
    }


def detail_page() -> dict[str, Any]:
    """The danger of mock 08."""
    late, done = cells.light("r", "逾期"), cells.light("g", "已落实")
    five = [
        Row("1", "", ["责任", "店主承担整改，镇分管领导盯办", "店主、镇分管领导", done]),
        Row("2", "", ["措施", "二层住户迁出，经营与居住防火分隔", "方案 05-22 审定", done]),
        Row("3", "", ["时限", "原限 06-18，申请 07-03", "2023-06-18", late]),
    ]
    heads = [Head(one, one) for one in ("要素", "内容", "落实人 / 金额 / 日期", "状态")]
    return {
        "title": "烟花爆竹零售店“下店上宅”，二层住人与库房未分隔",
        "crumbs": [{"label": "隐患治理", "url": "/list/"}, {"label": "ZD-2023-0059"}],
        "facts": [cells.level("red", "重大隐患", True), cells.light("r", "整改逾期 2 天"), "铅山县 · 永平镇"],
        "acts": [
            {"label": "打印", "url": "/print/", "icon": "printer", "office_only": True},
            {"label": "退回整改", "url": "/list/", "post": True, "ask": "退回后期限不变，企业会收到通知。"},
            {"label": "申请验收", "url": "/list/", "reason": "五项齐全才能申请验收"},
            {"label": "审核延期", "url": "/form/", "primary": True},
        ],
        "steps": [
            {"label": "排查登记", "state": "done", "note": "05-18 永平镇安监站"},
            {"label": "下达整改", "state": "done", "note": "05-20 限 06-18 前"},
            {"label": "整改中", "state": "now", "note": "申请延期 15 天"},
            {"label": "验收", "state": "todo", "note": "非整改人办理"},
            {"label": "销号", "state": "todo"},
        ],
        "tabs": [
            {"label": "办理", "url": "/detail/", "current": True},
            {"label": "附件", "url": "/detail/", "count": 4},
        ],
        "notes": [
            {
                "tone": "y",
                "icon": "clock-exclamation",
                "title": "等您审核：延期申请。",
                "text": "业主称二层住户腾退需签补偿协议，申请延至 2023-07-03。",
                "url": "/form/",
                "link": "看申请",
            }
        ],
        "sections": [
            {
                "title": "整改“五落实”",
                "kind": "table",
                "note": "五项齐全才能申请验收",
                "end": "已落实 4/5",
                "columns": heads,
                "rows": five,
            },
            {"title": "证照", "kind": "table", "columns": [], "rows": [], "empty": "还没有登记证照。"},
        ],
        "side": [
            {
                "title": "基本情况",
                "kind": "kv",
                "rows": [
                    ("所在单位", cells.link("铅山某烟花爆竹零售店（演示）", "/detail/")),
                    ("判定依据", cells.tag("条款待核", "warn")),
                    ("整改期限", date(2023, 6, 18)),
                    ("整改人", "店主"),
                    ("验收人", ""),
                    ("罚款", None),
                ],
            }
        ],
        "timeline": [
            {"time": "06-19 00:00", "text": "超过整改期限，转红灯", "kind": "bad"},
            {
                "time": "06-17 15:52",
                "text": "修改",
                "kind": "",
                "who": "店主",
                "changes": [{"label": "整改期限", "before": date(2023, 6, 18), "after": date(2023, 7, 3)}],
            },
            {"time": "06-08 08:00", "text": "临期提醒已送达店主", "kind": "sys"},
        ],
    }


def import_page(title: str, at: int) -> dict[str, Any]:
    """The head of an import page whose step `at` is the present one."""
    steps = [
        ("1 选文件", "鄱阳县5月隐患台账.xlsx"),
        ("2 试读", "还没有写入任何数据"),
        ("3 写入", "可整批撤销"),
    ]
    states = ["done" if n < at else "now" if n == at else "todo" for n in range(3)]
    return {
        "title": title,
        "crumbs": [{"label": "隐患治理", "url": "/list/"}, {"label": "导入"}],
        "steps": [
            {"label": label, "note": note, "state": state}
            for (label, note), state in zip(steps, states, strict=True)
        ],
    }


def mapping() -> list[dict[str, Any]]:
    """Four headings of a file and what they became."""
    fields = [("", "描述", False), ("due", "整改期限", True)]
    found = [
        ("隐患内容", "描述", "g", "对上"),
        ("受检单位", "企业", "g", "对上"),
        ("完成时间", "整改期限", "y", "请确认"),
        ("备注2", "", "o", "不导入"),
    ]
    return [
        {
            "heading": heading,
            "field": name,
            "light": light,
            "word": word,
            "name": f"map_{n}",
            "samples": ["45107", "2023.6.30"],
            "options": fields,
        }
        for n, (heading, name, light, word) in enumerate(found)
    ]


def preview() -> dict[str, Any]:
    """Mock 14."""
    figs = [
        {"label": "读到", "value": 428, "unit": "行", "note": "跳过标题 2 行、合计 1 行"},
        {"label": "可写入", "value": 411, "unit": "行", "url": "/list/", "note": "新增 396，更新 15"},
        {
            "label": "有错，不写入",
            "value": 14,
            "unit": "行",
            "url": "/list/",
            "red": True,
            "note": "可下载后改好再传",
        },
        {"label": "疑似重复", "value": 3, "unit": "行", "url": "/list/"},
        {"label": "本月检查", "value": None, "note": "0 与未报要分开"},
    ]
    return {
        "page": import_page("导入隐患台账", 1),
        "figs": figs,
        "shown_label": "有错的行",
        "errors": PROBLEMS,
        "errors_file_url": "/list/",
        "errors_pager": {"first": 1, "last": 6, "total": 14, "next": "/list/"},
        "mapping": mapping(),
        "map_url": "/import_map/",
        "write_label": "写入 411 行",
        "write_url": "/list/",
        "again_url": "/import_upload/",
        "list_url": "/list/",
        "undo_url": "/list/",
        "undo_until": "2023-07-20",
        "subject_label": "企业",
    }


def job(state: str) -> dict[str, Any]:
    """A long job in one of its states."""
    return {
        "page": {
            "title": "导出隐患台账",
            "crumbs": [{"label": "隐患治理", "url": "/list/"}, {"label": "导出"}],
        },
        "job": {
            "title": "导出 128,400 行",
            "state": state,
            "done": 83460,
            "total": 128400,
            "percent": 65,
            "left_text": "约剩 1 分钟",
            "stop_url": "/list/",
            "poll_url": "/job_body/",
            "result_url": "/list/",
            "result_label": "下载",
            "back_url": "/list/",
            "error": "磁盘已满，没有写完。请清理后再试。",
        },
    }


def conflict() -> dict[str, Any]:
    """Two people saved the same row."""
    return {
        "page": {"title": "修改隐患", "crumbs": [{"label": "隐患治理", "url": "/list/"}]},
        "conflict": {
            "who": "铅山县应急局 李敏",
            "when": "08:42",
            "version": 4,
            "idempotency": "k",
            "action": "/list/",
            "discard_url": "/detail/",
            "kept": [("description", "x")],
            "fields": [
                {
                    "name": "due",
                    "label": "整改期限",
                    "mine": "2023-07-03",
                    "theirs": "2023-06-30",
                    "before": "2023-06-18",
                },
                {
                    "name": "fixer",
                    "label": "整改人",
                    "mine": "店主",
                    "theirs": "店员",
                    "before": "店主",
                    "same_as_before": True,
                },
            ],
        },
    }


def accounts() -> list[dict[str, str]]:
    """The demo accounts of mock 01."""
    return [
        {"identity": "市级安委办", "unit": "上饶市安委办", "login": "srawb", "sees": "全市“12+3”"},
        {"identity": "县级执法员", "unit": "婺源县应急管理局", "login": "wyzf01", "sees": "本县"},
    ]


def chart() -> dict[str, Any]:
    """Twelve weeks of two series."""
    return {
        "kind": "line",
        "unit": "件",
        "x": [f"{n} 周" for n in range(1, 13)],
        "series": [
            {"name": "办结", "data": [31, 28, 35, 40, 22, 38, 44, 41, 46, 52, 49, 55]},
            {
                "name": "新增",
                "data": [36, 34, 33, 42, 30, 41, 40, 44, 43, 47, 45, 44],
                "tone": "grey",
                "dashed": True,
            },
        ],
    }
