"""The map of one city with 10,000 points: answers of the server, first paint in Chromium, a plain way beside.

    python -m benchmarks.map

The plain way reads every row through the ORM, answers one GeoJSON of all points, and hands it to ECharts.
Goal: the first picture within one second of navigation.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from anlan.launch.paths import PROJECT
from benchmarks import database
from benchmarks.server import wait

POINTS = 10_000
DAY = date(2023, 7, 5)
ROUNDS, PAINTS = 40, 9
CITY, PORT = "361100", 18643
PLAIN_DRAW = """async url => { const began = performance.now();
  const told = await (await fetch(url)).json(), place = document.createElement('div');
  place.style.width = '900px'; place.style.height = '560px'; document.body.prepend(place);
  const chart = echarts.init(place);
  await new Promise(done => { chart.on('finished', done); chart.setOption({ animation: false,
    xAxis: { scale: true }, yAxis: { scale: true },
    series: [{ type: 'scatter', symbolSize: 6,
      data: told.features.map(one => one.geometry.coordinates) }] }); });
  return performance.now() - began; }"""


def main() -> None:
    """Make the database, fill it, measure, print, take it away."""
    os.environ.setdefault("ANLAN_TESTING", "1")
    os.environ["ANLAN_TODAY"] = DAY.isoformat()
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    from anlan.launch.testing import ensure_test_database

    os.environ["DATABASE_URL"] = ensure_test_database()
    # The session made here is good for the served process as well.
    os.environ["ANLAN_SECRET_KEY"] = database.environment("")["ANLAN_SECRET_KEY"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.map_settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    kept = setup_databases(verbosity=0, interactive=False)
    try:
        _run()
    finally:
        teardown_databases(kept, verbosity=0)


def _run() -> None:
    from django.test import Client

    from anlan.org.testing import make_world

    world = make_world({"committee-officer": ["enterprises.*"]})
    _fill()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        world.person("city_officer"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    points = "/hazard-map/points/?layer=enterprises"
    print(f"{POINTS:,} points of {CITY}")
    _measure("page with table and first clusters", client, "/hazard-map/?layer=enterprises")
    _measure("clusters, the whole city", client, f"{points}&zoom=4&box=116.2,27.8,118.5,29.8")
    _measure("clusters, a town", client, f"{points}&zoom=14&box=117.7,29.1,118.0,29.4")
    _measure("every row by itself", client, f"{points}&dots=1&box=116.2,27.8,118.5,29.8")
    _measure("outlines", client, f"/hazard-map/shapes/{CITY}/")
    _measure("plain: all rows as GeoJSON", client, "/plain/")
    _paint(client.cookies["sessionid"].value)


def _fill() -> None:
    """Firms about the middle of each county of the city, as dense as towns are."""
    from django.db import connection

    from anlan.enterprises.models import Enterprise
    from anlan.hazards.map_shapes import shapes_for

    chance = random.Random(7)
    counties = [one for one in shapes_for(CITY).shapes if not one.code.endswith("00")]
    rows = []
    for n in range(POINTS):
        one = counties[n % len(counties)]
        box = one.box
        east = chance.gauss((box.west + box.east) / 2, box.width / 6)
        north = chance.gauss((box.south + box.north) / 2, box.height / 6)
        rows.append(
            Enterprise(
                name=f"测试企业{n}", region_path=f"360000/{CITY}/{one.code}/", industry="gas",
                longitude=Decimal(f"{east:.6f}"), latitude=Decimal(f"{north:.6f}"),
                status=chance.choice(("operating", "operating", "operating", "suspended", "building")),
                papers_until=chance.choice((None, date(2023, 6, 1), date(2023, 8, 1), date(2025, 1, 1))),
            )
        )  # fmt: skip
    Enterprise.objects.unscoped("benchmark").bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _measure(label: str, client: Any, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    _told(label, _times(lambda: client.get(url)), f"{len(answer.content) / 1024:7.0f} KiB")


def _times(act: Callable[[], Any]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _told(label: str, times: list[float], more: str = "") -> None:
    late = sorted(times)[max(0, int(0.95 * len(times)) - 1)]
    print(f"{label:40} median {statistics.median(times):7.1f} ms   p95 {late:7.1f} ms {more}", flush=True)


@contextmanager
def _serving() -> Iterator[str]:
    """The product under granian on loopback, as it is served, over the same database."""
    from django.db import connection

    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    database.manage(url, "collectstatic", "--no-input")
    home = database.FOLDER / "home"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command += ["--static-path-route", "/static", "--static-path-mount", str(home / "static")]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(PORT),
        "--blocking-threads",
        "4",
        "config.wsgi:application",
    ]
    environment = {**database.environment(url), "DJANGO_SETTINGS_MODULE": "benchmarks.map_settings"}
    process = subprocess.Popen(command, env=environment, cwd=PROJECT)
    try:
        wait(process, PORT)
        yield f"http://127.0.0.1:{PORT}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _paint(session: str) -> None:
    """From navigation to the first clusters and the outlines, in Chromium; all dots; the plain way."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("Playwright is not installed: first paint not measured")
        return
    with _serving() as base, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        found: dict[str, list[float]] = {"clusters": [], "outlines": [], "dots": [], "plain": []}
        for _ in range(PAINTS):
            context = browser.new_context(viewport={"width": 1366, "height": 768}, service_workers="block")
            context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
            page = context.new_page()
            _one_paint(page, base, found)
            context.close()
        browser.close()
    for key, label in (
        ("clusters", "navigation to the first clusters"),
        ("outlines", "navigation to the outlines"),
        ("dots", "from the tick to all rows drawn"),
        ("plain", "plain: fetch and ECharts, page loaded"),
    ):
        _told(label, found[key])


def _one_paint(page: Any, base: str, found: dict[str, list[float]]) -> None:
    answer = page.goto(f"{base}/hazard-map/?layer=enterprises")
    assert answer.ok and page.url.startswith(f"{base}/hazard-map/"), (answer.status, page.url)
    page.wait_for_selector("[data-painted='map-points map-shapes']")
    marks = json.loads(
        page.evaluate(
            "JSON.stringify(Object.fromEntries(performance.getEntriesByType('mark')"
            ".map(one => [one.name, one.startTime])))"
        )
    )
    found["clusters"].append(marks["map-points"])
    found["outlines"].append(marks["map-shapes"])
    began = time.perf_counter()
    page.check("[data-map-dots]")
    page.wait_for_selector("[data-map][data-loaded]")
    page.evaluate("new Promise(done => requestAnimationFrame(done))")
    found["dots"].append((time.perf_counter() - began) * 1000)
    page.add_script_tag(url=f"{base}/static/vendor/echarts.min.js")
    found["plain"].append(page.evaluate(PLAIN_DRAW, "/plain/"))


if __name__ == "__main__":
    main()
