"""What the workers run for the organisation. Thin: the work is in the modules named."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.kernel.scope import Actor
from anlan.org import sessions
from anlan.org.admin_pages import proof


@app.task(name="org.prove_record", queueing_lock="org.prove_record", pass_context=False)
def prove_record(person_id: int, name: str) -> bool:
    """Prove the whole record for the person who asked."""
    return bool(proof.prove(Actor(person_id=person_id, name=name)))


@app.periodic(cron="17 3 * * *", periodic_id="tidy")
@app.task(name="org.tidy_sessions", queue="periodic", queueing_lock="org.tidy_sessions", pass_context=False)
def tidy_sessions(timestamp: int) -> int:
    """Forget sessions that are long over."""
    return sessions.tidy(timezone.now())
