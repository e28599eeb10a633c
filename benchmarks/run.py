"""`make bench`: the measured ledger through real servers, ours and the peers', one after another."""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from anlan.launch.paths import PROJECT
from benchmarks import database, ledger, officers, report, server
from benchmarks.client import HTMX, Browser, milliseconds, per_second

OURS, PEERS = 18431, 18432
OURS_SETTINGS = "config.settings"
REQUESTS, WARM_UP = 40, 5
FOLD = """import django; django.setup()
from django.db import connection
from anlan.kernel import totals
totals.fold()
connection.cursor().execute("VACUUM ANALYZE kernel_total")
"""
DEEP = 100_000


@dataclass
class Work:
    """One row of the result: milliseconds of every counted request, by who did the work."""

    key: str
    label: str
    goal: str
    times: dict[str, list[float]] = field(default_factory=dict)


WORKS = (
    ("first", "首页 50 行，从新到旧，整页 HTML，含会话、范围、总数", "≤ 10"),
    ("partial", "同上，只换表格", "≤ 5"),
    ("filter", "县 + 状态 + 行业", "≤ 5"),
    ("text", "描述含“配电箱”（50,000 行命中），总数封顶", "≤ 6"),
    ("rare", "描述含少见词", "≤ 6"),
    ("deep", "第 100,000 行之后", "≤ 6"),
    ("county", "县级人员的首页", "≤ 6"),
    ("county text", "县级人员找“配电箱”", "—"),
    ("state", "按状态计数", "≤ 3"),
)


def main(arguments: list[str] | None = None) -> int:
    """Fill, serve, measure, write RESULTS.md."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rows", type=int, default=ledger.ROWS)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-exchange", action="store_true")
    options = parser.parse_args(arguments)
    url = database.start()
    print(f"数据库 {url.rpartition('@')[2]}；准备 {options.rows:,} 行……", flush=True)
    spent = database.fill(url, options.rows)
    if spent:
        print("  " + "，".join(f"{name} {seconds:.0f} s" for name, seconds in spent.items()), flush=True)
    _module(url, "benchmarks.officers", OURS_SETTINGS)
    # What the clock does in a running installation.
    _python(
        url,
        ["-c", FOLD],
        OURS_SETTINGS,
    )
    works = {key: Work(key, label, goal) for key, label, goal in WORKS}
    figures: dict[str, object] = {"rows": options.rows, "state in SQL": _state(url)}
    figures["load"] = report.load()[0]
    with server.serving(url, OURS, OURS_SETTINGS):
        figures["requests/s"] = _ours(works)
    with server.serving(url, OURS, OURS_SETTINGS, workers=2):
        figures["requests/s, two"] = _two_processes()
    if not options.no_peers and importlib.util.find_spec("rest_framework") is None:
        print("没有装 djangorestframework（benchmarks/requirements.txt），不测对照。", flush=True)
    elif not options.no_peers:
        _module(url, "benchmarks.peers.accounts", "benchmarks.peers.settings")
        with server.serving(url, PEERS, "benchmarks.peers.settings"):
            figures["peers requests/s"] = _peers(works)
    if not options.no_exchange:
        figures["exchange"] = _exchange(url)
    report.write(list(works.values()), figures)
    return 0


def _ours(works: dict[str, Work]) -> float:
    print("安澜……", flush=True)
    province = Browser(OURS).sign_in("/account/login/", _form("bench-province"))
    county = Browser(OURS).sign_in("/account/login/", _form("bench-county"))
    full: Callable[[str], bytes] = province.get
    part = _partial(province)
    _time(works["first"], "安澜", full, "/faults/")
    _time(works["partial"], "安澜", part, "/faults/")
    _time(works["filter"], "安澜", part, *_filters("/faults/"))
    _time(works["text"], "安澜", part, "/faults/?q=" + quote(ledger.WORD))
    _time(works["rare"], "安澜", part, "/faults/?q=" + quote("码头前沿配电箱数量不足"))
    _time(works["deep"], "安澜", part, *_deep())
    _time(works["county"], "安澜", _partial(county), "/faults/")
    _time(works["county text"], "安澜", _partial(county), "/faults/?q=" + quote(ledger.WORD))
    return per_second(lambda: Browser(OURS, dict(province.cookies)), "/faults/")


def _two_processes() -> float:
    who = Browser(OURS).sign_in("/account/login/", _form("bench-province"))
    return per_second(lambda: Browser(OURS, dict(who.cookies)), "/faults/")


def _peers(works: dict[str, Work]) -> dict[str, float]:
    print("对照：Django admin、Django REST framework……", flush=True)
    from benchmarks.peers.accounts import NAME, PASSWORD

    who = Browser(PEERS).sign_in("/admin/login/", {"username": NAME, "password": PASSWORD, "next": "/admin/"})
    admin, rest = "/admin/peers/fault/", "/faults/"
    county = urlencode({"region_path": officers.COUNTY})
    word = quote(ledger.WORD)
    page = DEEP // 50
    for name, base, plan in (
        ("Django admin", admin, {"text": f"?q={word}", "deep": f"?p={page + 1}"}),
        ("Django REST", rest, {"text": f"?search={word}", "deep": f"?page={page + 1}"}),
    ):
        _time(works["first"], name, who.get, base)
        _time(works["filter"], name, who.get, *_filters(base))
        _time(works["text"], name, who.get, base + plan["text"])
        _time(works["deep"], name, who.get, base + plan["deep"])
        _time(works["county"], name, who.get, f"{base}?{county}")
    _time(works["state"], "Django REST", who.get, "/by-state/")
    return {
        name: per_second(lambda: Browser(PEERS, dict(who.cookies)), path)
        for name, path in (("Django admin", admin), ("Django REST", rest))
    }


def _time(work: Work, name: str, act: Callable[[str], object], *paths: str) -> None:
    every = [paths[n % len(paths)] for n in range(WARM_UP + REQUESTS)]
    work.times[name] = milliseconds(act, every, WARM_UP)
    print(f"  {name:<14}{work.label}：{statistics.median(work.times[name]):.1f} ms", flush=True)


def _partial(browser: Browser) -> Callable[[str], bytes]:
    return lambda path: browser.get(path, HTMX)


def _form(name: str) -> dict[str, str]:
    return {"login": name, "password": officers.PASSWORD}


def _filters(base: str, seed: int = 5) -> list[str]:
    """40 random combinations of county, state and industry."""
    chance, paths = random.Random(seed), ledger.counties()
    return [
        base
        + "?"
        + urlencode(
            {
                "region_path": chance.choice(paths),
                "state": chance.choice(ledger.STATES),
                "industry": chance.choice(ledger.INDUSTRIES),
            }
        )
        for _ in range(WARM_UP + REQUESTS)
    ]


def _deep() -> list[str]:
    """Cursors about 100,000 rows deep, as paging there would have given them."""
    script = (
        "import django, json; django.setup()\n"
        "from anlan.kernel import keyset, registry\n"
        "from anlan.kernel.scope import system_actor\n"
        "faults = registry.ledger('faults')\n"
        "rows = faults.rows(system_actor('测量')).order_by(*faults.order)\n"
        f"print(json.dumps([keyset.encode(row, faults.order) for row in rows[{DEEP}:{DEEP + 45}]]))"
    )
    answer = _python(database.start(), ["-c", script], OURS_SETTINGS)
    return [f"/faults/?after={cursor}" for cursor in json.loads(answer)]


def _state(url: str) -> float:
    """Counts by state from the kept totals, as the kernel asks them; median milliseconds in the process."""
    script = (
        "import django, time, json; django.setup()\n"
        "from anlan.kernel import registry, totals\n"
        "from benchmarks.exchange import officer\n"
        "faults, who, spent = registry.ledger('faults'), officer(), []\n"
        "for _ in range(45):\n"
        "    begun = time.perf_counter(); totals.by(faults, who, 'state')\n"
        "    spent.append((time.perf_counter() - begun) * 1000)\n"
        "print(json.dumps(sorted(spent[5:])[20]))"
    )
    return float(json.loads(_python(url, ["-c", script], OURS_SETTINGS)))


def _exchange(url: str) -> dict[str, object]:
    """Export and import of 100,000 rows, each in a process of its own."""
    found: dict[str, object] = {}
    for name in ("export", "import"):
        print(f"{name} 100,000 行……", flush=True)
        begun = time.monotonic()
        try:
            lines = _python(url, ["-m", "benchmarks.exchange", name], OURS_SETTINGS).splitlines()
            found[name] = json.loads(lines[-1])
        except subprocess.CalledProcessError as error:
            found[name] = {"failed": str(error), "seconds": round(time.monotonic() - begun, 1)}
    return found


def _module(url: str, name: str, settings: str) -> None:
    _python(url, ["-m", name], settings)


def _python(url: str, arguments: list[str], settings: str) -> str:
    answer = subprocess.run(
        [sys.executable, *arguments],
        env={**database.environment(url), "DJANGO_SETTINGS_MODULE": settings},
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return answer.stdout
