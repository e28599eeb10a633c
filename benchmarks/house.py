"""The product in this process, on a database of its own: what the measuring programs share.

A database that takes minutes to fill is kept beside the other measured one (`var/bench`) and found again
until a migration or the wanted rows change; the others go when they were measured.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from anlan.launch.paths import PROJECT
from benchmarks import database

ROUNDS, WARM_UP = 40, 5


@contextmanager
def opened(day: date, settings: str = "config.settings") -> Iterator[None]:
    """The product with an empty database, set to a day; the database goes again afterwards."""
    from anlan.launch.testing import ensure_test_database

    _start(day, ensure_test_database(), settings)
    from django.test.utils import setup_databases, teardown_databases

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(kept, verbosity=0)


@contextmanager
def kept(day: date, name: str, wanted: str, fill: Callable[[], None]) -> Iterator[bool]:
    """The product with the database `name`, filled unless it stands as `wanted`; yields whether it did."""
    server = database.start()
    _start(day, _database(server, name), "config.settings")
    from django.core.management import call_command

    mark = database.FOLDER / f"{name}.mark"
    told = hashlib.sha256(f"{wanted} {_migrations()}".encode()).hexdigest()
    stood = mark.exists() and mark.read_text() == told
    if not stood:
        mark.unlink(missing_ok=True)
        _empty()
        call_command("migrate", verbosity=0)
        fill()
        mark.write_text(told)
    yield stood


def signed_in(person: Any) -> Any:
    """A browser of Django's test client, signed in: session, seats and templates are in, no network."""
    from django.test import Client

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def timed(label: str, act: Callable[[int], Any], goal: int, rounds: int = ROUNDS) -> None:
    """Median and 95th percentile in milliseconds of act(0), act(1), …; an answer other than 200 ends it."""
    times = []
    for n in range(WARM_UP + rounds):
        began = time.perf_counter()
        answer = act(n)
        if n >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
        assert getattr(answer, "status_code", 200) == 200, (label, answer)
    late = sorted(times)[int(0.95 * len(times)) - 1]
    middle = statistics.median(times)
    print(f"{label:36} median {middle:7.1f} ms   p95 {late:7.1f} ms   goal {goal} ms", flush=True)


def _start(day: date, url: str, settings: str) -> None:
    # As in a running installation: what is kept for seconds is kept.
    os.environ["ANLAN_TODAY"] = day.isoformat()
    os.environ["ANLAN_SECRET_KEY"] = database.environment("")["ANLAN_SECRET_KEY"]
    os.environ["ANLAN_HOME"] = tempfile.mkdtemp(prefix="anlan-bench-")
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def _database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server.rpartition('/')[0]}/{name}"


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _migrations() -> str:
    files = sorted((PROJECT / "anlan").rglob("migrations/*.py"))
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()
