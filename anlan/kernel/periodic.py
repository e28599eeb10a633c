"""What the kernel does by the clock. Thin: the work is in `sealing` and `totals`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from anlan.kernel import sealing, totals


@app.periodic(cron="* * * * *", periodic_id="seal")
@app.task(name="kernel.seal_audit", queue="periodic", queueing_lock="kernel.seal_audit", pass_context=False)
def seal_audit(timestamp: int) -> int:
    """Seal what has been recorded and is final."""
    return sealing.seal()


@app.periodic(cron="* * * * *", periodic_id="fold")
@app.task(name="kernel.fold_totals", queue="periodic", queueing_lock="kernel.fold_totals", pass_context=False)
def fold_totals(timestamp: int) -> bool:
    """Sum the differences of the kept totals together."""
    return totals.fold()
