"""Long acts that a person starts, watches, may stop, and may leave: kept as `Job`, run by a worker.

A domain registers what a kind of job does; `start` puts one in the queue in the caller's transaction.
Progress is written beside the act's own transaction, so that it shows before the act is committed. The
one who runs a job holds an advisory lock for as long: a job without its runner is seen at once.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from anlan.kernel import clock, notice
from anlan.kernel.models import Job
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused

log = logging.getLogger(__name__)
Handler = Callable[..., str]
LOCK = 0x616E6C
EVERY = 0.3
KEPT_DAYS = 3
BROKEN = "办理中断，没有写入任何数据。请再试一次；如再中断，请找系统管理员。"
FINAL = {Job.State.DONE, Job.State.FAILED, Job.State.STOPPED}
_handlers: dict[str, Handler] = {}


class Stopped(Exception):
    """The person asked to stop; whatever was open is rolled back."""


class Unfit(Exception):
    """The job cannot be done as it stands; the message says why and what to do."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register `work(actor, progress, **parameters) -> message` for a kind of job."""

    def keep(work: Handler) -> Handler:
        _handlers[kind] = work
        return work

    return keep


def start(actor: Actor, kind: str, label: str, *, ledger: str = "", **parameters: Any) -> Job:
    """Queue a job of a registered kind in the current transaction; `parameters` must be plain JSON."""
    if kind not in _handlers:
        raise LookupError(f"no handler for jobs of kind {kind}")
    with transaction.atomic():
        job: Job = Job.objects.create(
            person_id=actor.person_id,
            seat_id=actor.seat.id if actor.seat else None,
            kind=kind,
            label=label[:200],
            ledger=ledger,
            parameters=parameters,
        )
        run_job.defer(pk=job.pk)
    return job


@app.task(name="kernel.run_job", queue="default", pass_context=False)
def run_job(pk: int) -> None:
    """What the worker calls."""
    run(pk)


def run(pk: int) -> None:
    """Do one job: once, whoever calls, and again only if its runner was lost."""
    progress = Progress(pk)
    try:
        if progress.alone():
            job = _all().filter(pk=pk).exclude(state__in=FINAL).first()
            if job is not None:
                _do(job, progress)
    finally:
        progress.close()


def _do(job: Job, progress: Progress) -> None:
    if job.stop_asked:
        return _end(job, Job.State.STOPPED, "没有开始，什么也没有写入。")
    _all().filter(pk=job.pk).update(state=Job.State.RUNNING, started_at=clock.now())
    state, message = Job.State.DONE, ""
    try:
        with transaction.atomic():
            message = _handlers[job.kind](actor_of(job), progress, **job.parameters)
    except Stopped:
        state, message = Job.State.STOPPED, "没有写入任何数据。"
    except (Refused, Unfit, ValidationError) as error:
        state = Job.State.FAILED
        message = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
    except Exception:
        log.exception("job %s (%s)", job.pk, job.kind)
        state, message = Job.State.FAILED, BROKEN
    _end(job, state, message)


def _end(job: Job, state: Job.State, message: str) -> None:
    with transaction.atomic():
        _all().filter(pk=job.pk).update(state=state, message=message[:500], ended_at=clock.now())
        if job.person_id is not None and state != Job.State.STOPPED:
            text = f"{job.label}：{'办好了。' if state == Job.State.DONE else '没有办成。'}{message}"
            notice.notify([job.person_id], f"job:{job.pk}:{state}", text, link=reverse("job", args=[job.pk]))


def actor_of(job: Job) -> Actor:
    """The person on the seat that they started the job from; raises Refused when they hold it no more."""
    person = get_user_model().objects.filter(pk=job.person_id).first()
    if person is None:
        raise Refused("发起人已不在本系统中，没有办理。")
    actor: Actor = import_string(settings.ANLAN_SEAT_FACTORY)(person, job.seat_id)
    if job.seat_id is not None and (actor.seat is None or actor.seat.id != job.seat_id):
        raise Refused("您已不在发起时的岗位上，没有办理。请换到有权限的岗位再试。")
    return actor


def own(actor: Actor, pk: int) -> Job:
    """One of the actor's own jobs, as it stands now; raises Job.DoesNotExist."""
    job: Job = _all().get(pk=pk, person_id=actor.person_id)
    if job.state == Job.State.RUNNING and not _has_runner(pk):
        job.refresh_from_db(from_queryset=_all())
        if job.state == Job.State.RUNNING:
            _end(job, Job.State.FAILED, BROKEN)
            job.refresh_from_db(from_queryset=_all())
    return job


def ask_stop(actor: Actor, pk: int) -> Job:
    """Ask the runner to stop at its next step; a job that still waits never starts."""
    job = own(actor, pk)
    _all().filter(pk=pk).exclude(state__in=FINAL).update(stop_asked=True)
    if _all().filter(pk=pk, state=Job.State.WAITING).update(state=Job.State.STOPPED, ended_at=clock.now()):
        job.refresh_from_db(from_queryset=_all())
    return job


def folder(pk: int) -> Path:
    """Where a job leaves its result."""
    return Path(settings.FILES) / "jobs" / str(pk)


def clear_old() -> int:
    """Remove results older than KEPT_DAYS, and end jobs whose runner is gone; how many results went."""
    for pk in _all().filter(state=Job.State.RUNNING).values_list("pk", flat=True):
        if not _has_runner(pk):
            _all().filter(pk=pk, state=Job.State.RUNNING).update(
                state=Job.State.FAILED, message=BROKEN, ended_at=clock.now()
            )
    old = _all().filter(ended_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).exclude(result_path="")
    gone = list(old[:1000])
    for job in gone:
        shutil.rmtree(folder(job.pk), ignore_errors=True)
    _all().filter(pk__in=[job.pk for job in gone]).update(result_path="")
    return len(gone)


class Progress:
    """What a running job tells of itself, over a connection of its own."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self._connection = connection.copy(alias=connection.alias)
        self._next = 0.0

    def alone(self) -> bool:
        """Take the job's lock; False while somebody else runs it."""
        return bool(self._ask("SELECT pg_try_advisory_lock(%s, %s)", LOCK, self.pk)[0])

    def __call__(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far the work is; raises Stopped if the person has asked for it. Cheap to call often."""
        if time.monotonic() < self._next and total is None and message is None:
            return
        self._next = time.monotonic() + EVERY
        row = self._ask(
            "UPDATE kernel_job SET done = %s, total = coalesce(%s, total), message = coalesce(%s, message)"
            " WHERE id = %s RETURNING stop_asked",
            done, total, message, self.pk,
        )  # fmt: skip
        if row is not None and row[0]:
            raise Stopped

    def result(self, name: str) -> Path:
        """Where to write the result that will be offered as `name`."""
        home = folder(self.pk)
        home.mkdir(parents=True, exist_ok=True)
        self._set("result_name = %s, result_path = 'result'", name[:200])
        return home / "result"

    def leads_to(self, address: str) -> None:
        """The page that shows what came of it."""
        self._set("result_url = %s", address)

    def close(self) -> None:
        """Let the lock go."""
        self._connection.close()

    def _set(self, changes: str, value: str) -> None:
        # Over the own connection as well: a row locked by the act would keep its progress from being told.
        self._ask(f"UPDATE kernel_job SET {changes} WHERE id = %s RETURNING id", value, self.pk)

    def _ask(self, query: str, *parameters: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchone()


def _has_runner(pk: int) -> bool:
    """Whether somebody holds the job's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2"
            " AND datname = current_database())",
            [LOCK, pk],
        )
        return bool(cursor.fetchone()[0])


def _all() -> Any:
    return Job.objects.unscoped("jobs are asked for by their owner or by the house")
