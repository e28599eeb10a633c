"""What the workers run for the kernel. Thin: the work is in the modules named."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.kernel import (
    notice,
    periodic,  # noqa: F401 (brings tasks of its own)
    shadow,
    totals,
)
from anlan.kernel.exchange import running  # noqa: F401 (brings tasks and kinds of jobs)


@app.periodic(cron="* * * * *", periodic_id="deliver")
@app.task(name="kernel.deliver", queue="default", queueing_lock="kernel.deliver", pass_context=False)
def deliver(timestamp: int) -> int:
    """Send the notices that are due; a slow mail server must not hold up what goes by the clock."""
    return notice.deliver()


@app.task(name="kernel.file_gathered", queue="default", pass_context=False)
def file_gathered(tables: list[str]) -> int:
    """After a bulk insert: file what the text indexes have gathered, and sum up what the totals have."""
    totals.fold()
    return shadow.file_gathered(tables)
