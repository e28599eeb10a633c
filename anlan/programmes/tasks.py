"""What the workers do for programmes by the clock. Thin: the work is in the actions named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.programmes import review_jobs  # noqa: F401 (brings a kind of job)
from anlan.programmes.actions import run_judging


@app.periodic(cron="20 17 * * *", periodic_id="judge")
@app.task(name="programmes.judge", queue="periodic", queueing_lock="programmes.judge", pass_context=False)
def judge(timestamp: int) -> int:
    """Judge every occurrence at 01:20 in Shanghai (17:20 UTC)."""
    return run_judging.judge().changed
