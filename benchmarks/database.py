"""The measured database: made once for a seed, filled by COPY, left standing for the next run."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence

import psycopg

from anlan.launch.account import SYSTEM_STATE, database_account
from anlan.launch.binaries import choose_install, reachable
from anlan.launch.paths import PROJECT
from anlan.launch.postgres import Cluster
from benchmarks import ledger

FOLDER = PROJECT / "var" / "bench"
NAME, PORT, PASSWORD = "anlan_bench", 5581, "bench"


def start() -> str:
    """DATABASE_URL of the measured database; its server has the product's own settings.

    BENCH_DATABASE_URL names another server instead. A server that already runs is joined; one that was
    started here ends with this process.
    """
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        return given
    FOLDER.mkdir(parents=True, exist_ok=True)
    account, data = database_account(), FOLDER / "data"
    if not account.can_pass(FOLDER):
        data = SYSTEM_STATE / "anlan-bench" / "data"
    cluster = Cluster(
        data=data,
        install=reachable(choose_install(data), account),
        account=account,
        port=PORT,
        admin_password=PASSWORD,
        role_password=PASSWORD,
    )
    if not cluster.answers():
        cluster.create()
        cluster.start()
        atexit.register(cluster.stop_left_over)
        cluster.ensure_role(NAME)
    return cluster.url(NAME)


def environment(url: str) -> dict[str, str]:
    """What the measured processes run with: the product's settings and the example ledger."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "ANLAN_EXAMPLE": "1",
        "ANLAN_HOME": str(FOLDER / "home"),
        "ANLAN_SECRET_KEY": "benchmark-" * 6,
        "ANLAN_LOG": "ERROR",
        "PYTHONPATH": str(PROJECT),
    }


def manage(url: str, *command: str, settings: str = "config.settings") -> None:
    """Run a management command; raises CalledProcessError with its output on the terminal."""
    subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), *command],
        env={**environment(url), "DJANGO_SETTINGS_MODULE": settings},
        cwd=PROJECT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def fill(url: str, rows: int = ledger.ROWS, seed: int = 1) -> dict[str, float]:
    """Tables, places and faults; returns seconds by step, nothing if they are there already."""
    manage(url, "migrate", "--run-syncdb")
    manage(url, "collectstatic", "--no-input")
    steps: dict[str, float] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        present = connection.execute("SELECT count(*) FROM example_fault").fetchone()
        if present and present[0] == rows:
            connection.execute("VACUUM ANALYZE example_fault, kernel_total")
            return steps
        # A search index is made in one go after the load: half the time.
        connection.execute("DROP INDEX IF EXISTS anlan_find_example_fault_description")
        connection.execute("TRUNCATE example_fault, example_site")
        number_of_sites = min(ledger.SITES, max(rows // 10, 1))
        begun = time.monotonic()
        copy(connection, "example_site", (*ledger.SITE_COLUMNS, "version"), _sites(seed, number_of_sites))
        steps["places"] = time.monotonic() - begun
        begun = time.monotonic()
        copy(connection, "example_fault", ledger.FAULT_COLUMNS, ledger.faults(seed, rows, number_of_sites))
        steps["faults"] = time.monotonic() - begun
        for table in ("example_site", "example_fault"):
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(f"SELECT setval({sequence}, max(id)) FROM {table}")
    begun = time.monotonic()
    manage(url, "migrate", "--run-syncdb")
    steps["search index"] = time.monotonic() - begun
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    steps["vacuum"] = time.monotonic() - begun
    return steps


def copy(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """COPY rows into a table."""
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as target:
        for row in rows:
            target.write_row(row)


def _sites(seed: int, number: int) -> Iterable[tuple[object, ...]]:
    for one in ledger.sites(seed, number):
        yield (*one, 1)
