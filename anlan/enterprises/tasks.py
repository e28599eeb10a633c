"""What the workers do for the register by the clock. Thin: the work is in the functions named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.enterprises import facilities_indexes


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
