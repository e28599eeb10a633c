"""The example domain's way of a fault, and its measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from anlan.kernel import clock
from anlan.kernel.due import Term, Unit
from anlan.kernel.measure import Count, Coverage, Measure, Ratio, Sum
from anlan.kernel.workflow import Clock, Facts, Move, State, Workflow

FIFTEEN, THIRTY = Term(15, Unit.WORKING_DAYS), Term(30, Unit.DAYS)


def mending_time(facts: Facts) -> Term:
    """A major fault gets 30 days, an ordinary one 15 working days."""
    return THIRTY if facts["level"] == "major" else FIFTEEN


def mender_known(facts: Facts) -> str | None:
    """Nothing is ordered from nobody."""
    return None if facts["mender"] else "还没有写明整改人"


def verified_by_another(facts: Facts) -> str | None:
    """Who verifies is not who mended."""
    same = facts["verifier"] and facts["verifier"] == facts["mender"]
    return "验收人与整改人不能是同一人" if same else None


def closed_today(actor: Any, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Closing sets the day."""
    return {"closed_on": clock.today()}


FAULT_FLOW = Workflow(
    key="fault",
    ledger="faults",
    label="问题闭环",
    states=(
        State("found", "已发现"),
        State("ordered", "已下达"),
        State("mending", "整改中"),
        State("verifying", "待验收", public="整改中"),
        State("closed", "已销号", public="已整改", final=True),
    ),
    moves=(
        Move("order", "下达", ("found",), "ordered", fields=("mender",), required=("mender",)),
        Move(
            "start",
            "开始整改",
            ("ordered",),
            "mending",
            guards=(mender_known,),
            starts=(Clock("mend", "整改", mending_time),),
        ),
        Move("report", "报请验收", ("mending",), "verifying", pauses=("mend",)),
        Move("return", "退回整改", ("verifying",), "mending", note="退回理由", resumes=("mend",)),
        Move(
            "close",
            "销号",
            ("verifying",),
            "closed",
            fields=("verifier",),
            required=("verifier",),
            guards=(verified_by_another,),
            action=closed_today,
            meets=("mend",),
        ),
    ),
)

FOUND = Measure(
    "faults-found", "发现问题", "项", "faults", "found_on", "按发现日期计", Count(), industry="industry"
)
COST = Measure(
    "faults-cost", "整改资金", "元", "faults", "found_on", "按发现日期计，未填不计为零", Sum("cost")
)
RATE = Measure(
    "faults-rate",
    "整改率",
    "%",
    "faults",
    "found_on",
    "期内发现的问题中已销号的占比",
    Ratio(top=Q(state="closed")),
    better="up",
    industry="industry",
)
OPEN = Measure(
    "faults-open",
    "未销号问题",
    "项",
    "faults",
    "found_on",
    "期末已发现而未销号",
    Count(),
    better="down",
    kind="stock",
    until="closed_on",
)
CHECKED = Measure(
    "sites-checked",
    "检查覆盖率",
    "%",
    "faults",
    "found_on",
    "期内登记过问题的场所占全部场所",
    Coverage("sites", "site"),
    better="up",
    industry="industry",
)

WORKFLOWS = (FAULT_FLOW,)
MEASURES = (FOUND, COST, RATE, OPEN, CHECKED)
