"""Background jobs: what waits, what failed, which workers live, what runs by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from anlan.kernel import audit
from anlan.kernel.models import Job
from anlan.kernel.requests import ActorRequest
from anlan.org.admin_pages.access import needs

ALIVE = timedelta(seconds=60)
SHOWN = 50
# What the operator reads in place of the names under which queues and tasks are registered.
QUEUES = {"default": "日常作业", "periodic": "定时作业"}
TASKS = {
    "kernel.run_job": "有人发起的作业",
    "kernel.deliver": "送出通知和邮件",
    "kernel.clear_files": "清理过期的导入导出文件",
    "kernel.seal_audit": "封印操作日志",
    "kernel.fold_totals": "合并台账计数",
    "kernel.file_gathered": "整理导入后的查找索引",
    "enterprises.facility_indexes": "整理设施台账的属性索引",
    "hazards.guarantor_duties": "生成包保责任人的履职事项",
    "org.prove_record": "核验操作日志",
    "org.tidy_sessions": "清理旧的登录会话",
    "programmes.judge": "研判要点落实进度",
    "programmes.nudge": "到期前提醒",
}


@dataclass(frozen=True)
class Queue:
    """One queue at a glance."""

    name: str
    waiting: int
    running: int
    failed: int
    oldest: Any


@require_GET
@needs("jobs.monitor")
def queue_page(request: ActorRequest) -> HttpResponse:
    """Queues, workers, the clock's tasks, failures, and what people have started."""
    now = timezone.now()
    workers = list(ProcrastinateWorker.objects.order_by("id"))
    alive = sum(worker.last_heartbeat > now - ALIVE for worker in workers)
    failures = list(_failures())
    page = {
        "title": "作业监视",
        "crumbs": [{"label": "系统管理"}],
        "facts": [f"{alive} 个工作进程在运行", f"{len(failures)} 个失败等待处理"],
    }
    return render(
        request,
        "org/admin/queue.html",
        {
            "page": page,
            "alive": alive,
            "queues": list(_queues()),
            "workers": [(one, one.last_heartbeat > now - ALIVE) for one in workers],
            "clock": _clock(),
            "failures": failures,
            "jobs": Job.objects.visible_to(request.actor).select_related("person").order_by("-id")[:SHOWN],
            "may_retry": request.actor.may("jobs.retry"),
        },
    )


@require_POST
@needs("jobs.monitor", post="jobs.retry")
def retry(request: ActorRequest, number: int) -> HttpResponse:
    """Run a failed job once more."""
    job = ProcrastinateJob.objects.filter(pk=number, status="failed").first()
    if job is None:
        raise Http404
    app.job_manager.retry_job_by_id(job_id=job.pk, retry_at=timezone.now())
    audit.record(request.actor, "retry_job", None, subject=job.task_name, subject_id=job.pk, ledger="jobs")
    messages.success(request, f"作业 {job.pk} 已重新排队。")
    return HttpResponseRedirect(reverse("admin-queue"))


def _queues() -> Any:
    rows = (
        ProcrastinateJob.objects.filter(status__in=("todo", "doing", "failed"))
        .values("queue_name")
        .annotate(
            waiting=Count("id", filter=Q(status="todo"), distinct=True),
            running=Count("id", filter=Q(status="doing"), distinct=True),
            failed=Count("id", filter=Q(status="failed"), distinct=True),
            oldest=Min("procrastinateevent__at", filter=Q(status="todo")),
        )
        .order_by("queue_name")
    )
    for row in rows:
        name = QUEUES.get(row["queue_name"], row["queue_name"])
        yield Queue(name, row["waiting"], row["running"], row["failed"], row["oldest"])


def _failures() -> Any:
    events = ProcrastinateEvent.objects.filter(type="failed", job__status="failed")
    for event in events.select_related("job").order_by("-at", "-id")[:SHOWN]:
        job = event.job
        name, queue = TASKS.get(job.task_name, job.task_name), QUEUES.get(job.queue_name, job.queue_name)
        yield {"job": job, "name": name, "queue": queue, "at": event.at}


def _clock() -> list[dict[str, Any]]:
    rows = ProcrastinatePeriodicDefer.objects.values("task_name").annotate(last=Max("defer_timestamp"))
    return [
        {
            "name": TASKS.get(row["task_name"], row["task_name"]),
            "last": datetime.fromtimestamp(row["last"], UTC) if row["last"] else None,
        }
        for row in rows.order_by("task_name")
    ]
