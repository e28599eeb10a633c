"""Queued jobs done by a real worker, as `anlan up` runs one: for tests that commit (transaction=True)."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from anlan.kernel.models import Job


def work() -> None:
    """Let a worker take everything that is queued, and come back when nothing is left."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(
            wait=False, queues=["default"], concurrency=1, install_signal_handlers=False, listen_notify=False
        )
    _part()


def _part() -> None:
    """End the worker's connections: its threads would keep them, and the test's database with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def newest() -> Job:
    """The job started last."""
    found: Job = Job.objects.unscoped("test").latest("pk")
    return found
