"""From upload to a tree for review, on the whole province's offices: part of `benchmarks.programme`.

A real worker takes the job from the queue. Measured is what a person waits for: from sending the form to the
review page having been drawn, asking the job's page as the browser does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

GOAL = 3.0
ROOT = Path(__file__).resolve().parent.parent
SEEDS = (("shi", "shangrao-2023.txt"), ("sheng", "jiangxi-2022.txt"))
PASSWORD = "Anlan-2023-demo"
# As often as the job's page asks.
ASKS = 1.0


def measure() -> None:
    """Load the province, start a worker, take in both documents, print the seconds of each."""
    from django.test import Client

    from anlan.org import opening
    from anlan.org.models import Person

    for _ in opening.prepare_data():
        pass
    opening.enrol_cast(PASSWORD)
    worker = _worker()
    try:
        for account, name in SEEDS:
            client = Client(headers={"host": "127.0.0.1"})
            person = Person.objects.unscoped("benchmark").get(username=account)
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
            for label, words in (("first", ""), ("again", "\n再次上传\n")):
                seconds, items, work = _wait(client, name, words)
                print(
                    f"upload to review, {name:18} {label} {seconds:6.2f} s   goal {GOAL} s"
                    f"   {items} items, of it work {work:.2f} s"
                )
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(30)


def _wait(client: Any, name: str, more: str) -> tuple[float, int, float]:
    """(seconds until the review page stands, items, seconds of the job); the edition is taken away again."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from anlan.kernel.models import Job
    from anlan.programmes.models import Edition

    data = (ROOT / "anlan/programmes/demo" / name).read_bytes() + more.encode()
    began = time.perf_counter()
    sent = client.post(reverse("review-intake"), {"file": SimpleUploadedFile(name, data)})
    page = sent["Location"]
    answer = client.get(page)
    while answer.status_code == 200:
        time.sleep(ASKS)
        answer = client.get(page)
        if time.perf_counter() - began > 60:
            raise TimeoutError(f"the job did not end: {answer.content.decode()[-600:]}")
    drawn = client.get(answer["Location"])
    seconds = time.perf_counter() - began
    assert drawn.status_code == 200, answer["Location"]
    edition = Edition.objects.unscoped("benchmark").latest("pk")
    items = edition.draft_items.unscoped("benchmark").count()
    _withdraw(edition)
    job = Job.objects.unscoped("benchmark").latest("pk")
    return seconds, int(items), (job.ended_at - job.started_at).total_seconds()


def _withdraw(edition: Any) -> None:
    from anlan.kernel.scope import system_actor
    from anlan.programmes.actions.reviewing import withdraw

    withdraw(system_actor("基准"), edition, "基准测量")


def _worker() -> subprocess.Popen[bytes]:
    """A worker of its own process on the benchmark's database, warm when it has run for a moment."""
    from django.db import connection

    given = connection.get_connection_params()
    place = f"{given['host']}:{given['port']}/{given['dbname']}"
    url = f"postgresql://{given['user']}:{given.get('password', '')}@{place}"
    found = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker", "--queues", "default"],
        env={**os.environ, "DATABASE_URL": url}, cwd=ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(6)
    return found
