"""The way of a closure: who may do which step, and what must be on record before it is struck off."""

from __future__ import annotations

from anlan.enterprises.actions import closures as acts
from anlan.kernel.workflow import Facts, Move, State, Workflow


def no_licence_stands(facts: Facts) -> str | None:
    """Struck off is what holds no licence any more."""
    count = facts["licences"]
    return f"还有 {count} 件有效证照没有注销，请先办“登记注销证照”" if count else None


def proven(facts: Facts) -> str | None:
    """Struck off is what can be shown to be."""
    return None if facts["files"] else "还没有上传验收意见、销号文件或现场照片"


FLOW = Workflow(
    key="closures",
    ledger="closures",
    label="关闭退出",
    facts=acts.facts,
    states=(
        State("planned", "已列入"),
        State("announced", "已公告"),
        State("stopped", "已停产"),
        State("dismantled", "已拆除（闭库）"),
        State("unlicensed", "证照已注销"),
        State("delisted", "已验收销号", final=True),
        State("revived", "死灰复燃"),
        State("withdrawn", "已调出", final=True),
    ),
    moves=(
        Move("announce", "登记公告", ("planned",), "announced", permission=acts.STEP_PERMISSION,
             fields=("announced_on", "announcement"), required=("announced_on",)),
        Move("stop", "登记停产", ("planned", "announced"), "stopped", permission=acts.STEP_PERMISSION,
             fields=("stopped_on",), required=("stopped_on",)),
        Move("dismantle", "登记拆除或闭库", ("stopped",), "dismantled", permission=acts.STEP_PERMISSION,
             fields=("dismantled_on",), required=("dismantled_on",)),
        Move("end-licences", "登记注销证照", ("dismantled",), "unlicensed", permission=acts.STEP_PERMISSION,
             fields=("licences_ended_on",), required=("licences_ended_on",), action=acts.end_licences),
        Move("accept", "验收销号", ("dismantled", "unlicensed"), "delisted",
             guards=(no_licence_stands, proven), fields=("accepted_on", "acceptor", "proof_number"),
             required=("accepted_on", "acceptor", "proof_number"), meets=(acts.TERM,)),
        Move("withdraw", "调出计划", ("planned", "announced", "stopped"), "withdrawn",
             permission="closures.change", note="调出理由（整改后具备条件等）", action=acts.withdrawn),
        Move("revive", "登记死灰复燃", ("delisted",), "revived", permission=acts.STEP_PERMISSION,
             fields=("revived_on",), required=("revived_on",), note="发现的情况"),
        Move("close-again", "登记再次取缔", ("revived",), "delisted", permission=acts.ACCEPT,
             fields=("closed_again_on",), required=("closed_again_on",), note="取缔的情况"),
    ),
)  # fmt: skip
WORKFLOWS = (FLOW,)
