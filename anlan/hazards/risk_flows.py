"""The ways of a risk point and of what hangs on an installation: who asks, who decides, what runs."""

from __future__ import annotations

from anlan.hazards.actions import installation as acts
from anlan.hazards.actions import risk as grading
from anlan.hazards.models.installation import MAJOR
from anlan.kernel.workflow import Facts, Move, State, Workflow


def another_person(facts: Facts) -> str | None:
    """Whoever asks does not approve."""
    asked = facts["proposal"] or {}
    if asked.get("by_id") is not None and asked["by_id"] == facts["actor_person_id"]:
        return "申请人和批准人不能是同一人，请由另一人批准"
    return None


def graded(facts: Facts) -> str | None:
    """Reviewed is what was graded."""
    return None if facts["residual_colour"] else "还没有评估，请先填写取值"


POINTS = Workflow(
    key="risk-points",
    ledger="risks",
    label="风险点的降级、复核与消除",
    states=(
        State("in-force", "在管"),
        State("lowering", "待批降级"),
        State("retired", "已消除", final=True),
    ),
    moves=(
        Move("review", "登记复核", ("in-force",), "in-force", permission="risks.change", guards=(graded,),
             note="复核情况（措施是否有效、风险有无变化）", action=grading.reviewed, meets=(grading.REVIEW,),
             after=grading.review_again),
        Move("propose", "申请降级", ("in-force",), "lowering", permission="risks.change", guards=(graded,),
             fields=("proposal",), required=("proposal",), note="降级理由", action=grading.proposed),
        Move("approve", "批准降级", ("lowering",), "in-force", guards=(another_person,),
             action=grading.approved, meets=(grading.REVIEW,), after=grading.review_again,
             confirm="批准后，风险点立即按申请的取值降低颜色。"),
        Move("refuse", "不批准或撤回", ("lowering",), "in-force", permission="risks.change",
             note="不批准或撤回的理由", action=grading.let_stand),
        Move("retire", "消除风险点", ("in-force",), "retired", permission="risks.approve",
             note="消除依据（设备拆除、作业取消等）", action=grading.retired),
    ),
)  # fmt: skip


def known_level(facts: Facts) -> str | None:
    """Filed is what was reckoned to be one."""
    return None if facts["level"] in MAJOR else "还没有算出级别，或者不构成重大危险源"


def not_filed_so(facts: Facts) -> str | None:
    """Filed again only where the level has changed."""
    return "级别没有变化，不需要重新备案" if facts["filed_level"] == facts["level"] else None


INSTALLATIONS = Workflow(
    key="installations",
    ledger="installations",
    label="重大危险源的备案与核销",
    states=(
        State("unfiled", "未备案"),
        State("filed", "已备案"),
        State("removed", "已核销", final=True),
    ),
    moves=(
        Move("file", "登记备案", ("unfiled",), "filed", guards=(known_level,),
             fields=("filed_on", "filing_number"), required=("filed_on", "filing_number"),
             action=acts.filed, meets=(acts.FILING,)),
        Move("file-again", "重新备案", ("filed",), "filed", permission="installations.file",
             guards=(known_level, not_filed_so), fields=("filed_on", "filing_number"),
             required=("filed_on", "filing_number"), action=acts.filed, meets=(acts.FILING,)),
        Move("write-off", "核销", ("unfiled", "filed"), "removed", note="核销依据（拆除、停用、量已减少等）",
             action=acts.written_off),
    ),
)  # fmt: skip

DUTIES = Workflow(
    key="guarantor-duties",
    ledger="guarantor-duties",
    label="包保责任人的履职",
    states=(State("open", "待履职"), State("missed", "未履职"), State("done", "已履职", final=True)),
    moves=(
        Move("record", "登记履职", ("open", "missed"), "done", guards=(acts.not_ahead,),
             fields=("done_on", "finding", "dangers_found", "before_holiday"),
             required=("done_on", "finding", "dangers_found"), action=acts.recorded, meets=(acts.DUTY,)),
        Move("miss", "计为未履职", ("open",), "missed", permission="guarantor-duties.decide",
             confirm="周期已过、没有履职记录时，由系统每晚自动计入。"),
    ),
)  # fmt: skip

WORKFLOWS = (POINTS, INSTALLATIONS, DUTIES)
