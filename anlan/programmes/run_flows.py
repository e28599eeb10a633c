"""The ways of a duty and of what is due: who signs, objects, declares, accepts, decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.kernel.workflow import Facts, Move, State, Workflow
from anlan.programmes import reads_units
from anlan.programmes.actions import run_duties, run_evidence, run_occurrences
from anlan.programmes.models import Duty, Evidence, Occurrence
from anlan.programmes.rules.judging import Case, reached


def duty_facts(duty: Duty) -> Facts:
    """The row's columns, who may act for its unit, and who issued the programme."""
    own = {f.attname: getattr(duty, f.attname) for f in duty._meta.concrete_fields}
    return {
        **own,
        "acting_units": reads_units.acting_units(duty.unit),
        "issuer_path": duty.programme.region_path,
    }


def occurrence_facts(row: Occurrence) -> Facts:
    """The row's columns and those of its duty that guards ask for."""
    own = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    duty = row.duty
    return {
        **own,
        "acting_units": reads_units.acting_units(duty.unit),
        "issuer_path": duty.programme.region_path,
        "kind": duty.obligation.kind,
        "comparator": duty.obligation.comparator,
        "duty_state": duty.state,
    }


def evidence_facts(row: Evidence) -> Facts:
    """The row's columns, and who issued the programmes whose occurrences it proves."""
    own = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    occurrences = row.occurrences.unscoped("the programmes that a proof serves")
    paths = occurrences.values_list("duty__programme__region_path", flat=True).distinct()
    return {**own, "issuer_paths": tuple(paths)}


def own_unit(facts: Facts) -> str | None:
    """Only the unit itself, or the office that acts for it."""
    if facts["actor_is_house"] or facts["actor_unit_id"] in facts["acting_units"]:
        return None
    return "这是其他单位的职责，由该单位办理"


def issuing_office(facts: Facts) -> str | None:
    """Only the level that issued the document decides about its duties."""
    if facts["actor_is_house"] or facts["issuer_path"] in facts["actor_paths"]:
        return None
    return "由制发要点的安委办审核"


def issuing_office_of_proof(facts: Facts) -> str | None:
    """As `issuing_office`, for a proof that may serve several programmes."""
    if facts["actor_is_house"] or set(facts["issuer_paths"]) & set(facts["actor_paths"]):
        return None
    return "由制发要点的安委办审核"


def another_unit(facts: Facts) -> str | None:
    """A duty is not re-assigned to the unit that has it."""
    target = facts["reassigned_to"]
    if target is not None and getattr(target, "pk", target) == facts["unit_id"]:
        return "改派给的就是原单位"
    return None


def whole_need(facts: Facts) -> str | None:
    """A number below the need is progress, not completion."""
    claimed = facts["claimed"]
    if claimed is None or facts["need"] is None:
        return None
    case = Case(
        facts["kind"], facts["starts_on"], facts["ends_on"], facts["due_on"], facts["warn_on"],
        need=facts["need"], value=claimed, comparator=facts["comparator"],
    )  # fmt: skip
    return None if reached(case) else "自报数还没有达到应达数，未完成的请用“登记进度”"


def _signed(actor: Any, row: Duty, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return run_duties.signature(actor)


DUTIES = Workflow(
    key="duties",
    ledger="duties",
    label="职责的签收与改派",
    states=(
        State("issued", "待签收"),
        State("signed", "已签收"),
        State("objected", "申请退回"),
        State("reassigned", "已改派", final=True),
        State("ended", "已终止", final=True),
    ),
    moves=(
        Move("sign", "签收", ("issued",), "signed", guards=(own_unit,), action=_signed),
        Move("object", "申请退回", ("issued", "signed"), "objected", guards=(own_unit,),
             fields=("objection",), required=("objection",)),
        Move("keep", "维持原派", ("objected",), "issued", permission="duties.decide",
             guards=(issuing_office,), fields=("decision",), required=("decision",),
             after=run_duties.tell_kept),
        Move("reassign", "改派", ("issued", "signed", "objected"), "reassigned", permission="duties.decide",
             guards=(issuing_office, another_unit), fields=("reassigned_to", "decision"),
             required=("reassigned_to", "decision"), after=run_duties.give_to_another),
        Move("end", "终止", ("issued", "signed", "objected"), "ended", permission="duties.decide",
             guards=(issuing_office,), fields=("decision",), required=("decision",),
             after=run_duties.let_go),
    ),
    facts=duty_facts,
)  # fmt: skip

OPEN = ("open", "declared", "returned")
OCCURRENCES = Workflow(
    key="occurrences",
    ledger="occurrences",
    label="应办事项的申报与审核",
    states=(
        State("open", "待办"),
        State("declared", "已申报"),
        State("returned", "已退回"),
        State("met", "已完成", final=True),
        State("missed", "未完成", final=True),
        State("cancelled", "已取消", final=True),
    ),
    moves=(
        Move("declare", "申报完成", ("open", "returned"), "declared", guards=(own_unit, whole_need),
             fields=("claimed", "done_on", "statement"), required=("statement",),
             action=run_occurrences.declared,
             after=run_occurrences.judged),
        Move("accept", "审核通过", ("declared",), "met", guards=(issuing_office,), fields=("decision",),
             action=run_occurrences.accepted, after=run_occurrences.judged),
        Move("return", "退回", ("declared",), "returned", permission="occurrences.accept",
             guards=(issuing_office,), fields=("decision",), required=("decision",),
             action=run_occurrences.decided, after=run_occurrences.returned),
        Move("miss", "认定未完成", OPEN, "missed", permission="occurrences.decide", guards=(issuing_office,),
             fields=("decision",), required=("decision",), action=run_occurrences.decided,
             after=run_occurrences.judged),
        Move("cancel", "取消", OPEN, "cancelled", permission="occurrences.decide", guards=(issuing_office,),
             fields=("decision",), required=("decision",), action=run_occurrences.decided,
             after=run_occurrences.judged),
    ),
    facts=occurrence_facts,
)  # fmt: skip

EVIDENCE = Workflow(
    key="evidence",
    ledger="evidence",
    label="佐证的审核",
    states=(State("waiting", "待审"), State("accepted", "已采信", final=True), State("returned", "已退回")),
    moves=(
        Move("accept", "采信", ("waiting",), "accepted", guards=(issuing_office_of_proof,),
             action=run_evidence.decided),
        Move("return", "退回", ("waiting",), "returned", permission="evidence.accept",
             guards=(issuing_office_of_proof,), fields=("decision",), required=("decision",),
             action=run_evidence.decided, after=run_evidence.tell_returned),
        Move("resubmit", "补正后再报", ("returned",), "waiting", permission="evidence.add"),
    ),
    facts=evidence_facts,
)  # fmt: skip

WORKFLOWS = (DUTIES, OCCURRENCES, EVIDENCE)
