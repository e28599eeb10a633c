"""What the workers do for the register by the clock. Thin: the work is in the functions named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.enterprises import facilities_indexes
from anlan.enterprises.actions import closures, reminders
from anlan.kernel import clock


@app.periodic(cron="10 17 * * *", periodic_id="facility-indexes")
@app.task(
    name="enterprises.facility_indexes",
    queue="periodic",
    queueing_lock="enterprises.facility_indexes",
    pass_context=False,
)
def facility_indexes(timestamp: int) -> None:
    """Index the filtered attributes of kinds that have grown, at 01:10 in Shanghai (17:10 UTC)."""
    facilities_indexes.ensure(False, lambda text: None)


@app.periodic(cron="5 0 * * *", periodic_id="papers-remind")
@app.task(
    name="enterprises.papers_remind",
    queue="periodic",
    queueing_lock="enterprises.papers_remind",
    pass_context=False,
)
def papers_remind(timestamp: int) -> int:
    """Tell firms which papers run out, at 08:05 in Shanghai (00:05 UTC); start terms that a sheet did not."""
    return closures.start_terms() + reminders.remind(clock.today())
