"""The region picker over a tree of 500,000 regions: every way of typing, as three kinds of officer.

    python -m benchmarks.pickers [regions]

The tree is made once for a size (province 990000, 20 cities, 50 counties each, the rest towns with
made-up names) and left standing. Each figure goes through the picker's own view, JSON included.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks import database

PROVINCE, CITIES, COUNTIES, REGIONS, ROUNDS = "990000", 20, 50, 500_000, 40
SYLLABLES = tuple(
    "安宁永长新大小上下东西南北中和平太兴福龙凤金银石山水江河湖溪泉塘港桥坪岭峰谷坑源口头尾阳阴明清白青红黄"
    "桃李梅松柏杨柳竹荷莲云雨田园村庄城关堡寨营店铺渡洲湾坝岗坡垅畈垄坊里圩墟"
)
COLUMNS = (
    "code", "name", "short_name", "level", "parent_id", "path", "source", "aliases", "merged_paths",
    "pinyin", "initials", "grams", "version",
)  # fmt: skip
TYPED = {
    "两字，名中": "云雨",
    "名首": "",
    "全名": "",
    "单字": "永",
    "首字母": "ycx",
    "全拼": "yongchang",
    "代码开头": "990101",
    "没有的词": "魑魅",
}


def places(number: int, seed: int = 1) -> Iterator[tuple[str, str, str, str]]:
    """(code, name, level, parent's code), parents first."""
    chance = random.Random(seed)
    yield PROVINCE, "测试省", "province", ""
    cities = [f"99{one + 1:02d}00" for one in range(CITIES)]
    for code in cities:
        yield code, _name(chance, "市"), "city", PROVINCE
    counties = [(f"{city[:4]}{one + 1:02d}", city) for city in cities for one in range(COUNTIES)]
    for code, city in counties:
        yield code, _name(chance, "县"), "county", city
    towns = max(0, number - 1 - len(cities) - len(counties))
    for one in range(towns):
        county, _ = counties[one % len(counties)]
        yield (
            f"{county}{one // len(counties) + 1:03d}",
            _name(chance, chance.choice(("镇", "乡", "街道"))),
            "town",
            county,
        )


def _name(chance: random.Random, kind: str) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 2, 3, 3, 4)))) + kind


def fill(url: str, number: int) -> float | None:
    """Make the tree unless it stands; returns seconds."""
    from anlan.org.rules.names import bigrams, short_name, spell

    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT count(*) FROM org_region WHERE path >= %s AND path < %s", (f"{PROVINCE}/", f"{PROVINCE}0")
        ).fetchone()
        if found and found[0] == number:
            return None
        begun = time.monotonic()
        connection.execute(
            "DELETE FROM org_region WHERE path >= %s AND path < %s", (f"{PROVINCE}/", f"{PROVINCE}0")
        )
        start = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM org_region").fetchone()
        paths: dict[str, tuple[int, str]] = {}

        def rows() -> Iterator[tuple[Any, ...]]:
            for key, (code, name, level, above) in enumerate(places(number), start[0] if start else 1):
                parent, path = paths.get(above, (None, ""))
                if level != "town":
                    paths[code] = key, f"{path}{code}/"
                short = short_name(name)
                pinyin, initials = spell(name)
                tail = spell(short)[1]
                yield (
                    key, code, name, short, level, parent, f"{path}{code}/", "测试数据", [], [],
                    pinyin, initials if tail == initials else f"{initials} {tail}",
                    bigrams(name, short, initials, tail), 1,
                )  # fmt: skip

        database.copy(connection, "org_region", ("id", *COLUMNS), rows())  # type: ignore[arg-type]
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('org_region', 'id'), max(id)) FROM org_region"
        )
        connection.execute("VACUUM ANALYZE org_region")
    return time.monotonic() - begun


def officers() -> dict[str, Any]:
    """A province officer, a city officer and a county officer of the tree, without rows."""
    from anlan.kernel.scope import Actor, Reach, Seat

    def officer(path: str) -> Actor:
        seat = Seat(
            id=1, label="测试", person_id=1, region_paths=(path,), reach=Reach.SUBTREE,
            permissions=frozenset({"regions.view"}),
        )  # fmt: skip
        return Actor(1, "测试", (seat,), seat)

    return {
        "省": officer(f"{PROVINCE}/"),
        "市": officer(f"{PROVINCE}/990100/"),
        "县": officer(f"{PROVINCE}/990100/990101/"),
    }


def measure() -> list[tuple[str, str, float, float, int]]:
    """(officer, what was typed, median ms, p95 ms, entries) for each way."""
    from django.test import RequestFactory

    from anlan.org.models import Region
    from anlan.org.pickers import pick_region

    rows = Region.objects.unscoped("a benchmark")
    name = rows.filter(path__startswith=f"{PROVINCE}/990100/990101/", level="town").first()
    county = rows.get(code="990101", level="county")
    asked = {
        **{label: {"q": text} for label, text in TYPED.items()},
        "打开一县": {"under": str(county.pk)},
        "打开": {},
    }
    whole = name.name if name else "永长新镇"
    asked |= {"全名": {"q": whole}, "名首": {"q": whole[:2]}}
    found = []
    for who, actor in officers().items():
        for label, query in asked.items():
            request = RequestFactory().get("/", query)
            request.actor = actor  # type: ignore[attr-defined]
            spans, entries = [], 0
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                answer = pick_region(request)  # type: ignore[arg-type]
                spans.append((time.perf_counter() - begun) * 1000)
                entries = answer.content.count(b'"id"')
            spans.sort()
            found.append((who, label, statistics.median(spans), spans[int(len(spans) * 0.95) - 1], entries))
    return found


def main(arguments: list[str]) -> int:
    """Make the tree, measure, print a table; 1 if any way takes a second or more."""
    number = int(arguments[0]) if arguments else REGIONS
    url = database.start()
    os.environ.update(database.environment(url))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    database.manage(url, "migrate", "--run-syncdb", "--skip-checks")
    import django

    django.setup()
    spent = fill(url, number)
    if spent is not None:
        print(f"生成 {number:,} 个区划：{spent:.1f} s")
    figures = measure()
    print(f"区划选择器，{number:,} 个区划，每项 {ROUNDS} 次")
    print(f"{'岗位':<4}{'输入':<12}{'中位 ms':>10}{'p95 ms':>10}{'条':>6}")
    for who, label, middle, high, entries in figures:
        print(f"{who:<4}{label:<12}{middle:>10.1f}{high:>10.1f}{entries:>6}")
    return int(any(high >= 1000 for *_, high, _ in figures))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
