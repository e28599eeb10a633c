"""The ways of a danger, of its requests and of its listing: who grades, orders, verifies, closes, decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_decide as decide
from anlan.hazards.actions import danger_list as listing
from anlan.hazards.actions import danger_people as people
from anlan.hazards.models import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.rules import danger_clocks, danger_remedy
from anlan.hazards.rules.danger_photos import AFTER
from anlan.kernel import clock, files, parameters
from anlan.kernel.due import Term, Unit
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.workflow import Clock, Facts, Move, State, Workflow

UNDER_WAY = ("graded", "ordered", "rectifying", "checking")


def columns(row: ScopedModel) -> dict[str, object]:
    """The row's own columns."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def facts(row: HiddenDanger) -> Facts:
    """The columns, the plan, whether photos of afterwards hang there, whether a request waits."""
    hidden = "the facts that a guard asks of a danger that was found visible"
    plan = DangerPlan.objects.unscoped(hidden).filter(danger=row).values().first()
    after = files.attached(row).filter(kind=AFTER)
    if row.reopened_at:
        # What was photographed before it was reopened has proved nothing.
        after = after.filter(uploaded_at__gte=row.reopened_at)
    waiting = DangerRequest.objects.unscoped(hidden).filter(danger=row, state="asked")
    return {
        **columns(row),
        "plan": plan,
        "after_photos": after.count(),
        "pending": waiting.exists(),
    }


def of_danger(row: DangerRequest | DangerListing) -> Facts:
    """The row's columns and those of its danger that guards ask for."""
    danger = row.danger
    return {**columns(row), "danger_state": danger.state, "danger_unit_id": danger.regulator_id}


def until_due(given: Facts) -> Term | None:
    """From today to the due day."""
    due = given["due_on"]
    return Term((due - clock.today()).days) if due and due >= clock.today() else None


def until_review(given: Facts) -> Term | None:
    """By when the office looks again."""
    found = danger_clocks.review(
        str(given["industry"]), str(given["level"]), bool(given["needs_stop"]),
        int(parameters.value("dangers.review_days")),
    )  # fmt: skip
    return Term(found.amount, Unit(found.unit)) if found else None


def returned(actor: Actor, row: HiddenDanger, values: Mapping[str, Any]) -> None:
    """The same due day holds again, and the firm hears why."""
    act.clock_again(actor, row, values)
    people.tell_returned(actor, row, values)


def ordinary_only(given: Facts) -> str | None:
    """A major danger is not put right in passing."""
    return None if given["level"] == "ordinary" else "重大隐患要下达整改并制定治理方案"


def another_decides(given: Facts) -> str | None:
    """Who asks does not decide."""
    if given["actor_is_house"] or given["asker_id"] is None:
        return None
    return "申请是您提的，由另一人审核" if given["asker_id"] == given["actor_person_id"] else None


def office_decides(given: Facts) -> str | None:
    """Requests are decided by an office."""
    return None if given["actor_is_house"] or given["actor_unit_id"] else "由监管部门审核"


def asker_only(given: Facts) -> str | None:
    """Only who asked takes a request back."""
    if given["actor_is_house"] or given["asker_id"] in (None, given["actor_person_id"]):
        return None
    return "由申请人撤回"


GRADING = ("criterion", "needs_stop", "beyond_own")
FIVE = tuple(name for name, _ in danger_remedy.ELEMENTS)
RECTIFY = Clock("rectify", "整改", until_due)
REVIEW = Clock("review", "验收审查", until_review)

DANGERS = Workflow(
    key="dangers",
    ledger="dangers",
    label="隐患闭环",
    states=tuple(
        State(key, str(label), final=key in ("closed", "void")) for key, label in HiddenDanger.State.choices
    ),
    moves=(
        Move("grade", "判定级别", ("found",), "graded", fields=GRADING, action=act.graded,
             guards=(danger_remedy.found_by_office,)),
        Move("order", "下达整改", ("graded",), "ordered", fields=FIVE, required=("responsible", "due_on"),
             guards=(danger_remedy.found_by_office,), action=act.ordered, starts=(RECTIFY,),
             after=people.tell_ordered),
        Move("fix", "当场整改完成", ("graded",), "checking", permission="dangers.submit",
             guards=(ordinary_only, danger_remedy.photographed_after), fields=("rectification",),
             required=("rectification",), action=act.fixed, after=people.tell_submitted),
        Move("start", "开始整改", ("ordered",), "rectifying", permission="dangers.submit",
             fields=("measures", "funds", "contingency")),
        Move("submit", "自查合格，报请验收", ("ordered", "rectifying"), "checking",
             guards=(danger_remedy.five_settled, danger_remedy.plan_made, danger_remedy.dual_reported,
                     danger_remedy.photographed_after),
             fields=("rectification", "self_check"), required=("rectification", "self_check"),
             action=act.submitted, meets=("rectify",), starts=(REVIEW,), after=people.tell_submitted),
        Move("verify", "验收合格", ("checking",), "verified",
             guards=(danger_remedy.verified_by_another, danger_remedy.found_by_office,
                     danger_remedy.regulator_verifies, danger_remedy.photographed_after,
                     danger_remedy.settled_before),
             fields=("verification",), required=("verification",), action=act.verified,
             meets=("review",), after=people.tell_verified),
        Move("close", "销号", ("verified",), "closed",
             guards=(danger_remedy.found_by_office, danger_remedy.off_the_list,
                     danger_remedy.settled_before),
             action=act.closed,
             confirm="销号后这条隐患不再整改，确认已经验收合格。"),
        Move("return", "退回整改", ("checking", "verified"), "rectifying", permission="dangers.verify",
             note="退回理由", meets=("review",), after=returned),
        Move("raise", "升为重大", UNDER_WAY, "graded", permission="dangers.grade", guards=(ordinary_only,),
             fields=GRADING, note="升级理由", action=decide.raised, cancels=("rectify", "review")),
        Move("reopen", "重新打开", ("closed",), "rectifying", permission="dangers.close",
             guards=(danger_remedy.found_by_office,), fields=("due_on",), required=("due_on",),
             note="重新打开的理由", action=act.reopened, starts=(RECTIFY,), after=people.tell_reopened),
        Move("void", "作废", ("found", "graded"), "void", note="作废理由",
             guards=(danger_remedy.found_by_office, danger_remedy.settled_before)),
    ),
    facts=facts,
)  # fmt: skip

REQUESTS = Workflow(
    key="danger-requests",
    ledger="danger-requests",
    label="隐患申请的审核",
    states=tuple(
        State(key, str(label), final=key != "asked") for key, label in DangerRequest.State.choices
    ),
    moves=(
        Move("approve", "同意", ("asked",), "approved", permission="danger-requests.decide",
             guards=(office_decides, another_decides), fields=("decision",), required=("decision",),
             action=decide.decided, after=decide.apply, meets=("decide",)),
        Move("refuse", "不同意", ("asked",), "refused", permission="danger-requests.decide",
             guards=(office_decides, another_decides), fields=("decision",), required=("decision",),
             action=decide.decided, after=decide.tell_refused, meets=("decide",)),
        Move("withdraw", "撤回", ("asked",), "withdrawn", permission="danger-requests.add",
             guards=(asker_only,), confirm="撤回后可以重新申请。"),
    ),
    facts=of_danger,
)  # fmt: skip

LISTINGS = Workflow(
    key="danger-listings",
    ledger="danger-listings",
    label="挂牌与摘牌",
    states=tuple(
        State(key, str(label), final=key in ("delisted", "revoked"))
        for key, label in DangerListing.State.choices
    ),
    moves=(
        Move("file", "登记备案", ("listed",), "listed", permission="danger-listings.change",
             fields=("filed_on",), required=("filed_on",), meets=("file",)),
        Move("publish", "登记公示", ("listed",), "listed", permission="danger-listings.change",
             fields=("published_on", "published_at_url"), required=("published_on",), meets=("publish",)),
        Move("apply", "申请验收摘牌", ("listed",), "applied", permission="danger-listings.apply",
             fields=("applied_on",), required=("applied_on",), guards=(listing.put_right,),
             starts=(Clock("review", "现场审查", listing.review_term),)),
        Move("delist", "摘牌", ("applied",), "delisted", guards=(office_decides, listing.put_right),
             fields=("opinion", "delisted_on"), required=("opinion", "delisted_on"),
             meets=("review", "due"), after=listing.delisted),
        Move("refuse", "不予摘牌", ("applied",), "listed", permission="danger-listings.delist",
             guards=(office_decides,), fields=("opinion",), required=("opinion",), meets=("review",)),
        Move("revoke", "撤销挂牌", ("listed", "applied"), "revoked", permission="danger-listings.delist",
             guards=(office_decides,), note="撤销理由", after=listing.delisted),
        Move("publish-end", "登记摘牌公示", ("delisted",), "delisted", permission="danger-listings.change",
             fields=("end_published_on", "end_published_at_url"), required=("end_published_on",),
             meets=("publish-end",)),
    ),
    facts=of_danger,
)  # fmt: skip

WORKFLOWS = (DANGERS, REQUESTS, LISTINGS)
