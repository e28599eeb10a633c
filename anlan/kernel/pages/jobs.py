"""The page of a long act: its progress, its end, its result."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import cells, clock, jobs, registry
from anlan.kernel.models import Job
from anlan.kernel.requests import ActorRequest

DONE = Job.State.DONE


def job_for(request: ActorRequest, pk: int) -> Job:
    """One of the person's own jobs, else 404."""
    try:
        return jobs.own(request.actor, pk)
    except Job.DoesNotExist:
        raise Http404 from None


@require_GET
def job_page(request: ActorRequest, pk: int) -> HttpResponse:
    """Progress; for htmx only the part that moves. A finished job that leads to a page goes there."""
    job = job_for(request, pk)
    htmx = bool(getattr(request, "htmx", False))
    if job.state == DONE and job.result_url:
        response: HttpResponse = HttpResponse() if htmx else HttpResponseRedirect(job.result_url)
        if htmx:
            response["HX-Redirect"] = job.result_url
        return response
    template = "kernel/job_body.html" if htmx else "kernel/job.html"
    return render(
        request, template, {"job": drawn(job), "page": {"title": job.label, "crumbs": _crumbs(job)}}
    )


def drawn(job: Job) -> dict[str, Any]:
    """What `kernel/job_body.html` reads."""
    address = reverse("job", args=[job.pk])
    running = job.state in {Job.State.WAITING, Job.State.RUNNING}
    known = registry.ledger(job.ledger) if job.ledger else None
    back = reverse("ledger-list", args=[known.key]) if known else reverse("home")
    result = f"{address}result/" if job.state == DONE and job.result_path else ""
    return {
        "state": job.state,
        "title": job.label,
        "started": cells.moment(job.started_at or job.created_at),
        "note": ("正在停止" if job.stop_asked and running else job.message),
        "error": job.message,
        "done": job.done if job.state == Job.State.RUNNING and job.done else None,
        "total": job.total,
        "percent": min(100, job.done * 100 // job.total) if job.total else None,
        "left_text": _left(job),
        "poll_url": address,
        "stop_url": f"{address}stop/" if running and not job.stop_asked else "",
        "result_url": result,
        "result_label": f"下载 {job.result_name}" if result else "",
        "back_url": job.result_url or back,
    }


def _left(job: Job) -> str:
    """How long it will still take, once a tenth is done."""
    if job.started_at is None or not job.total or job.done * 10 < job.total:
        return ""
    seconds = (clock.now() - job.started_at).total_seconds() * (job.total - job.done) / max(job.done, 1)
    return f"约剩 {max(1, round(seconds))} 秒" if seconds < 90 else f"约剩 {round(seconds / 60)} 分钟"


def _crumbs(job: Job) -> list[dict[str, str]]:
    if not job.ledger:
        return [{"label": job.label}]
    ledger = registry.ledger(job.ledger)
    return [{"label": ledger.label, "url": reverse("ledger-list", args=[ledger.key])}, {"label": job.label}]


@require_POST
def stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask it to stop."""
    job_for(request, pk)
    jobs.ask_stop(request.actor, pk)
    return HttpResponseRedirect(reverse("job", args=[pk]))


@require_GET
def result(request: ActorRequest, pk: int) -> HttpResponse | FileResponse:
    """The file that came of it, to whoever asked for it."""
    job = job_for(request, pk)
    place = jobs.folder(pk) / "result"
    if job.state != DONE or not job.result_path or not place.exists():
        raise Http404
    return FileResponse(place.open("rb"), as_attachment=True, filename=job.result_name)


urlpatterns = [
    path("jobs/<int:pk>/", job_page, name="job"),
    path("jobs/<int:pk>/stop/", stop, name="job-stop"),
    path("jobs/<int:pk>/result/", result, name="job-result"),
]
