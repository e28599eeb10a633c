"""Is the record whole? Runs the proof and shows the last one (audit administrator)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from anlan.kernel import audit, sealing
from anlan.kernel.models import AuditEntry, AuditSeal
from anlan.kernel.requests import ActorRequest
from anlan.kernel.scope import Actor
from anlan.org.admin_pages.access import needs

SEALS = 20
AT_ONCE = 50_000
WAIT = 2.0
TASK = "org.prove_record"


@dataclass(frozen=True)
class Proof:
    """A proof as it was recorded."""

    ok: bool
    at: datetime
    by: str
    seals: int
    entries: int
    unsealed: int
    late: int
    head: str
    problems: list[str]


@require_http_methods(["GET", "POST"])
@needs("audit.verify")
def proof_page(request: ActorRequest) -> HttpResponse:
    """POST proves the whole chain; GET shows the last proof and the newest seals."""
    if request.method == "POST":
        _start(request)
        return HttpResponseRedirect(reverse("admin-verify"))
    sealed = AuditSeal.objects.aggregate(n=Sum("entries"))["n"] or 0
    running = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing")).exists()
    act = {"label": "核验全部记录", "url": request.path, "post": True, "primary": True}
    if running:
        act["reason"] = "正在核验"
    page = {
        "title": "核验操作日志",
        "crumbs": [{"label": "审计"}],
        "facts": [f"已封印 {sealed:,} 条"],
        "acts": [act],
    }
    seals = AuditSeal.objects.defer("leaves").order_by("-last_id")[:SEALS]
    context = {"page": page, "last": last_proof(), "seals": seals, "running": running}
    return render(request, "org/admin/verify.html", context)


def last_proof() -> Proof | None:
    """The newest recorded proof."""
    found = (
        AuditEntry.objects.unscoped("the last proof of the record")
        .filter(ledger="audit", act="verify_audit")
        .order_by("-id")
        .first()
    )
    if found is None:
        return None
    told: dict[str, Any] = {name: values[1] for name, values in found.differences.items()}
    return Proof(
        ok=told["holds"],
        at=found.at,
        by=found.actor,
        seals=told["seals"],
        entries=told["entries"],
        unsealed=told["unsealed"],
        late=told["late"],
        head=told["head"],
        problems=told["problems"],
    )


def prove(actor: Actor) -> bool:
    """Seal what is final, prove the chain against the head of the last proof, record the outcome."""
    before = last_proof()
    sealing.seal(wait=WAIT)
    verdict = sealing.verify(before.head if before else "")
    told = {
        "holds": verdict.holds,
        "seals": verdict.seals,
        "entries": verdict.entries,
        "unsealed": verdict.unsealed,
        "late": verdict.late,
        "head": verdict.head,
        "problems": [_words(one) for one in verdict.problems[: sealing.MOST_PROBLEMS]],
    }
    note = "记录完整" if verdict.holds else f"{len(verdict.problems)} 处对不上"
    changed = {name: [None, value] for name, value in told.items()}
    audit.record(actor, "verify_audit", None, changed, note=note, subject="操作日志", ledger="audit")
    return verdict.holds


def _words(problem: sealing.Problem) -> str:
    return f"第 {problem.entry} 条{problem.message}" if problem.entry else problem.message


def _start(request: ActorRequest) -> None:
    """A short record is proved at once, a long one by a worker."""
    sealed = AuditSeal.objects.aggregate(n=Sum("entries"))["n"] or 0
    if sealed <= AT_ONCE:
        if prove(request.actor):
            messages.success(request, "已核验：记录完整，没有被删改。")
        else:
            messages.error(request, "已核验：记录被动过，详见下面。请保护现场并马上报告。")
        return
    from anlan.org.tasks import prove_record

    try:
        prove_record.defer(person_id=request.actor.person_id or 0, name=request.actor.label)
        messages.success(request, "已开始核验，可以离开本页。")
    except AlreadyEnqueued:
        messages.warning(request, "已有一次核验在进行，没有再开始。")
