"""Long acts: run once, seen while they run, stopped when asked, failed when lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from anlan.kernel import jobs
from anlan.kernel.models import Job, Notice
from anlan.kernel.scope import Actor, Seat
from anlan.kernel.writing import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Actor:
    settings.FILES = tmp_path
    person = get_user_model().objects.create_user(username="runner", password=None, name="办事员")
    seat = Seat(7, "岗位", person_id=person.pk)
    who = Actor(person.pk, "办事员", (seat,), seat)
    monkeypatch.setattr(jobs, "actor_of", lambda job: who)
    return who


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Register a handler under the name "test" for one test."""

    def keep(work: Any) -> None:
        monkeypatch.setitem(jobs._handlers, "test", work)

    yield keep


def stored(job: Job) -> Job:
    return Job.objects.unscoped("test").get(pk=job.pk)


def test_a_job_runs_once_and_tells_its_owner(actor, kind):
    calls: list[Any] = []
    kind(lambda who, progress, word: calls.append((who, word)) or "三行。")
    job = jobs.start(actor, "test", "试一试", word="好")
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert calls == [(actor, "好")]
    assert (stored(job).state, stored(job).message) == (Job.State.DONE, "三行。")
    told = Notice.objects.unscoped("test").get(person_id=actor.person_id)
    assert told.text == "试一试：办好了。三行。" and told.link == f"/jobs/{job.pk}/"


def test_progress_shows_before_the_act_is_committed(actor, kind):
    seen: list[Any] = []

    def work(who: Actor, progress: jobs.Progress) -> str:
        progress(5, total=10, message="正在办")
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT done, total, message, state FROM kernel_job WHERE id = %s", [progress.pk])
            seen.append(cursor.fetchone())
        other.close()
        return ""

    kind(work)
    jobs.run(jobs.start(actor, "test", "x").pk)
    assert seen == [(5, 10, "正在办", "running")]


def test_a_stop_ends_it_and_nothing_is_written(actor, kind):
    def work(who: Actor, progress: jobs.Progress) -> str:
        get_user_model().objects.create_user(username="halfway", password=None, name="半截")
        jobs.ask_stop(who, progress.pk)
        progress(1, total=2)
        raise AssertionError("went on")

    # The asking comes over another connection in life; here it shares the one of the act, so commit it.
    def asked(who: Actor, progress: jobs.Progress) -> str:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE kernel_job SET stop_asked = true WHERE id = %s", [progress.pk])
        other.close()
        get_user_model().objects.create_user(username="halfway", password=None, name="半截")
        progress(1, total=2)
        raise AssertionError("went on")

    kind(asked)
    job = jobs.start(actor, "test", "x")
    jobs.run(job.pk)
    assert stored(job).state == Job.State.STOPPED
    assert not get_user_model().objects.filter(username="halfway").exists()


def test_a_job_stopped_before_it_began_never_runs(actor, kind):
    kind(lambda who, progress: pytest.fail("ran"))
    job = jobs.start(actor, "test", "x")
    assert jobs.ask_stop(actor, job.pk).state == Job.State.STOPPED
    jobs.run(job.pk)
    assert stored(job).state == Job.State.STOPPED


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Refused("没有权限。"), "没有权限。"),
        (jobs.Unfit("文件坏了。"), "文件坏了。"),
        (ZeroDivisionError("secret detail"), jobs.BROKEN),
    ],
)
def test_a_failure_is_told_in_words_for_people(actor, kind, error, message):
    def work(who: Actor, progress: jobs.Progress) -> str:
        raise error

    kind(work)
    job = jobs.start(actor, "test", "x")
    jobs.run(job.pk)
    assert (stored(job).state, stored(job).message) == (Job.State.FAILED, message)


def test_two_workers_do_not_run_the_same_job(actor, kind):
    calls: list[str] = []

    def work(who: Actor, progress: jobs.Progress) -> str:
        calls.append("ran")
        jobs.run(progress.pk)
        return ""

    kind(work)
    jobs.run(jobs.start(actor, "test", "x").pk)
    assert calls == ["ran"]


def test_a_job_whose_runner_was_lost_is_seen_and_may_run_again(actor, kind):
    kind(lambda who, progress: "好")
    job = jobs.start(actor, "test", "x")
    Job.objects.unscoped("test").filter(pk=job.pk).update(state=Job.State.RUNNING)
    assert jobs.own(actor, job.pk).state == Job.State.FAILED
    Job.objects.unscoped("test").filter(pk=job.pk).update(state=Job.State.RUNNING)
    jobs.run(job.pk)
    assert stored(job).state == Job.State.DONE


def test_results_go_after_three_days(actor, kind):
    kind(lambda who, progress: progress.result("结果.xlsx").write_text("x") and "")
    job = jobs.start(actor, "test", "x")
    jobs.run(job.pk)
    assert (jobs.folder(job.pk) / "result").exists() and stored(job).result_name == "结果.xlsx"
    assert jobs.clear_old() == 0
    Job.objects.unscoped("test").update(ended_at=timezone.now() - timedelta(days=4))
    assert jobs.clear_old() == 1 and not jobs.folder(job.pk).exists()


def test_only_the_owner_finds_it(actor, kind):
    kind(lambda who, progress: "")
    job = jobs.start(actor, "test", "x")
    with pytest.raises(Job.DoesNotExist):
        jobs.own(Actor(person_id=actor.person_id + 1), job.pk)


def test_whoever_left_the_post_gets_it_refused(db, monkeypatch):
    person = get_user_model().objects.create_user(username="left", password=None, name="离任者")
    job = Job.objects.create(person_id=person.pk, seat_id=99, kind="x", label="x")
    with pytest.raises(Refused, match="不在发起时的岗位"):
        jobs.actor_of(job)
