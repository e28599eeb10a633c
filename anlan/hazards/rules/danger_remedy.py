"""What a remedy needs before it goes on: five elements, six-element plan, dual report, another pair of eyes.

Each function answers with None, or with the reason in Chinese without a full stop, as it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Facts = Mapping[str, Any]
# 五落实 (责任、措施、资金、时限、预案): common practice, 湖北省生产安全事故隐患排查治理办法 art. 6 (P).
ELEMENTS: tuple[tuple[str, str], ...] = (
    ("responsible", "责任"),
    ("measures", "措施"),
    ("funds", "资金"),
    ("due_on", "时限"),
    ("contingency", "预案"),
)
# While it is being put right, or waits: then it makes sense to name who looks again.
ASSIGNABLE = ("ordered", "rectifying", "checking")
# The plan of a major danger: 总局令第16号 art. 15 (P).
PLAN: tuple[tuple[str, str], ...] = (
    ("goal", "目标和任务"),
    ("methods", "方法和措施"),
    ("resources", "经费和物资"),
    ("organisation", "机构和人员"),
    ("schedule", "时限和要求"),
    ("safety", "安全措施和应急预案"),
)


def missing(facts: Facts, wanted: tuple[tuple[str, str], ...] = ELEMENTS) -> list[str]:
    """Labels of what is not settled; funds of zero are settled."""
    return [label for name, label in wanted if facts.get(name) in (None, "")]


def five_settled(facts: Facts) -> str | None:
    """All five elements stand."""
    left = missing(facts)
    return f"五落实还缺{'、'.join(left)}" if left else None


def plan_made(facts: Facts) -> str | None:
    """A major danger has a treatment plan with all six elements (总局令第16号 art. 15)."""
    if facts["level"] != "major":
        return None
    if not facts.get("plan"):
        return "重大隐患还没有治理方案"
    left = missing(facts["plan"], PLAN)
    return f"治理方案还缺{'、'.join(left)}" if left else None


def dual_reported(facts: Facts) -> str | None:
    """A major danger is reported to the regulator and to the workers' congress (安全生产法 art. 41, V)."""
    if facts["level"] != "major":
        return None
    left = [
        label
        for name, label in (("regulator_told_on", "监管部门"), ("congress_told_on", "职工大会或职代会"))
        if not facts.get(name)
    ]
    return f"重大隐患还没有报告{'、'.join(left)}" if left else None


def photographed_after(facts: Facts) -> str | None:
    """There is a photo of how it looks now."""
    if facts.get("after_photos"):
        return None
    return "重新打开后还没有整改后的照片" if facts.get("reopened") else "还没有整改后的照片"


def verified_by_another(facts: Facts) -> str | None:
    """Who verifies is not who put it right."""
    if facts["actor_is_house"] or facts["rectifier_id"] is None:
        return None
    same = facts["rectifier_id"] == facts["actor_person_id"]
    return "整改完成是您报的，验收要由另一人办理" if same else None


def may_look_again(facts: Facts, person_id: int, name: str, *, office: bool, reaches: bool) -> str | None:
    """Whether this person can be named to look again at a danger: not who puts it right, and one who may.

    office: they act for an office. reaches: a post of theirs may verify and the danger lies in its reach.
    """
    if facts["state"] not in ASSIGNABLE:
        return "现在没有要验收的整改" if facts["state"] in ("found", "graded") else "已经验收或办结"
    if facts["rectifier_id"] == person_id:
        return f"整改完成是{name}报的，验收要由另一人办理"
    if (facts.get("responsible") or "").strip() == name:
        return f"{name}是整改责任人，验收要由另一人办理"
    if not reaches:
        return f"{name}没有验收的权限，或者这条隐患不在其职责范围内"
    if not office and (facts["source"] != "self" or facts["level"] == "major"):
        return "由监管部门验收，不能指派企业人员"
    return None


def regulator_verifies(facts: Facts) -> str | None:
    """A major danger is reviewed by the office, not by the firm (总局令第16号 art. 23, P)."""
    if facts["level"] != "major" or facts["actor_is_house"] or facts["actor_unit_id"]:
        return None
    return "重大隐患由监管部门验收"


def found_by_office(facts: Facts) -> str | None:
    """What an office found, an office grades, orders, verifies and closes; the firm puts it right."""
    if facts["source"] == "self" or facts["actor_is_house"] or facts["actor_unit_id"]:
        return None
    return "监管部门查出的隐患由监管部门办理"


def off_the_list(facts: Facts) -> str | None:
    """What is under listed supervision is delisted before it is closed."""
    return "正在挂牌督办，先办理摘牌" if facts.get("listed") else None


def settled_before(facts: Facts) -> str | None:
    """No request of it waits for its decision."""
    return "还有申请没有审核" if facts.get("pending") else None


def due_after(due_on: date | None, today: date) -> str | None:
    """What is ordered is due today or later."""
    if due_on is None or due_on >= today:
        return None
    return f"整改期限早于今天（{today}）。请选今天或以后的日期"


def longer(old: date | None, new: date, today: date) -> str | None:
    """An extension ends after the present due day, and not in the past."""
    if old is not None and new <= old:
        return f"申请延至的日期要晚于原期限（{old}）"
    return f"申请延至的日期早于今天（{today}）" if new < today else None
