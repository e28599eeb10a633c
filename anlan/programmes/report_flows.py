"""The way of a unit's report: filled, submitted, returned or accepted; locked by its days."""

from __future__ import annotations

from typing import Any

from anlan.kernel.workflow import Facts, Move, State, Workflow
from anlan.programmes import reads_report
from anlan.programmes.actions import report as acts
from anlan.programmes.actions import report_deadlines

SHOWN = 8


def own_unit(facts: Facts) -> str | None:
    """Only the unit itself, or the office that acts for it."""
    if facts["actor_is_house"] or facts["actor_unit_id"] in facts["acting_units"]:
        return None
    return "这是其他单位的报告，由该单位填报"


def issuing_office(facts: Facts) -> str | None:
    """Only the level that issued the document decides about the reports on it."""
    if facts["actor_is_house"] or facts["issuer_path"] in facts["actor_paths"]:
        return None
    return "由制发要点的安委办审核"


def entry_open(facts: Facts) -> str | None:
    """Nothing moves after the lock, unless an exception runs."""
    if facts["actor_is_house"] or facts["open_today"]:
        return None
    day = facts["last_day"]
    return f"填报已于 {day.isoformat()} 后锁定，需要补报请向安委办申请补报许可"


def all_said(facts: Facts) -> str | None:
    """Every item has words of its own; which have not stands in the reason."""
    unsaid = facts["unsaid"]
    if not unsaid:
        return None
    named = "、".join(f"第{no}条" for no in unsaid[:SHOWN])
    more = f"等 {len(unsaid)} 条" if len(unsaid) > SHOWN else ""
    return f"{named}{more}还没有写完成情况；确实写不了的，用“缺项提交”并说明原因"


def some_unsaid(facts: Facts) -> str | None:
    """A whole report needs no excuse."""
    return None if facts["unsaid"] else "各条都已填写，直接提交即可"


def not_accepted(facts: Facts) -> str | None:
    """After acceptance the lower level cannot take its report back."""
    if facts["state"] == "accepted":
        return "上级已采用。确需修改，请联系制发要点的安委办退回"
    return None


def says_something(facts: Facts) -> str | None:
    """An empty form is not a report."""
    return None if facts["filled"] else "这是一张空表，只能退回"


def those_below_first(facts: Facts) -> str | None:
    """Acceptance goes up the tree."""
    count = facts["waiting_below"]
    return f"该地还有 {count} 份下级报告没有审核，先由其安委办审核" if count else None


def _sent(actor: Any, row: Any, values: Any) -> dict[str, Any]:
    return acts.sent(actor, row)


def _decided(actor: Any, row: Any, values: Any) -> dict[str, Any]:
    return {"decided_by": actor.label[:120]}


def _returned(actor: Any, row: Any, values: Any) -> None:
    acts.tell_decided(actor, row, values)
    report_deadlines.follow(actor, row)


REPORTS = Workflow(
    key="reports",
    ledger="reports",
    label="报告的填报与审核",
    states=(
        State("open", "填报中"),
        State("submitted", "已提交"),
        State("returned", "已退回"),
        State("accepted", "已采用", final=True),
    ),
    moves=(
        Move("submit", "提交", ("open", "returned"), "submitted", guards=(own_unit, entry_open, all_said),
             action=_sent, after=report_deadlines.follow),
        Move("submit-short", "缺项提交", ("open", "returned"), "submitted", permission="reports.submit",
             guards=(own_unit, entry_open, some_unsaid), note="缺项原因", action=_sent,
             after=report_deadlines.follow),
        Move("withdraw", "撤回", ("submitted", "accepted"), "open", permission="reports.submit",
             guards=(own_unit, not_accepted, entry_open), after=report_deadlines.follow),
        Move("accept", "采用", ("submitted",), "accepted", permission="reports.decide",
             guards=(issuing_office, says_something, those_below_first), action=_decided,
             after=acts.tell_decided),
        Move("return", "退回", ("submitted", "accepted"), "returned", permission="reports.decide",
             guards=(issuing_office,), fields=("decision",), required=("decision",), action=_decided,
             after=_returned),
    ),
    facts=reads_report.report_facts,
)  # fmt: skip
WORKFLOWS = (REPORTS,)
