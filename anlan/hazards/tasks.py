"""What the workers do for hazards by the clock. Thin: the work is in the actions named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.hazards.actions import danger_item, danger_nightly, danger_photos, installation
from anlan.kernel import clock


@app.periodic(cron="40 16 * * *", periodic_id="guarantor-duties")
@app.task(
    name="hazards.guarantor_duties",
    queue="periodic",
    queueing_lock="hazards.guarantor_duties",
    pass_context=False,
)
def guarantor_duties(timestamp: int) -> int:
    """Begin the day's periods and count the missed at 00:40 in Shanghai (16:40 UTC)."""
    begun, missed = installation.plan_duties(clock.today())
    return begun + missed


@app.periodic(cron="50 16 * * *", periodic_id="danger-nightly")
@app.task(
    name="hazards.danger_nightly",
    queue="periodic",
    queueing_lock="hazards.danger_nightly",
    pass_context=False,
)
def danger_night(timestamp: int) -> int:
    """What came again, clocks of what a sheet brought, items served, photos: at 00:50 (16:50 UTC)."""
    marked = danger_nightly.mark_repeated(clock.today()) + danger_nightly.start_clocks()
    return marked + danger_item.catch_up() + danger_photos.catch_up()


@app.periodic(cron="0 0 * * *", periodic_id="danger-remind")
@app.task(
    name="hazards.danger_remind",
    queue="periodic",
    queueing_lock="hazards.danger_remind",
    pass_context=False,
)
def danger_remind(timestamp: int) -> int:
    """Tell firms what falls due soon, at 08:00 in Shanghai (00:00 UTC)."""
    return danger_nightly.remind(clock.today())
