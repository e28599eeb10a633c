"""What the workers do for programmes by the clock. Thin: the work is in the actions named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.programmes import chase_jobs, report_jobs, review_jobs  # noqa: F401 (bring kinds of jobs)
from anlan.programmes.actions import chase_nudges, report_deadlines, run_judging


@app.periodic(cron="20 17 * * *", periodic_id="judge")
@app.task(name="programmes.judge", queue="periodic", queueing_lock="programmes.judge", pass_context=False)
def judge(timestamp: int) -> int:
    """Judge every occurrence at 01:20 in Shanghai (17:20 UTC)."""
    return run_judging.judge().changed


@app.periodic(cron="30 23 * * *", periodic_id="nudge")
@app.task(name="programmes.nudge", queue="periodic", queueing_lock="programmes.nudge", pass_context=False)
def nudge(timestamp: int) -> int:
    """Tell of what comes near at 07:30 in Shanghai (23:30 UTC), after the night's judging; and of reports."""
    report_deadlines.tell()
    return chase_nudges.nudge().occurrences
