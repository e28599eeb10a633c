"""Writes RESULTS.md: what was measured, on what, and how we stand beside the peers."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from anlan.launch.paths import PROJECT

TARGET = PROJECT / "benchmarks" / "RESULTS.md"
OURS = "安澜"


class Measured(Protocol):
    """One piece of work with its times."""

    label: str
    goal: str
    times: dict[str, list[float]]


def load() -> tuple[float, float, float]:
    """How busy the machine is with other things."""
    return os.getloadavg()


def write(works: Sequence[Measured], figures: Mapping[str, Any]) -> None:
    """RESULTS.md, and the same on the terminal."""
    lines = [
        "# 测量结果",
        "",
        f"{date.today():%Y-%m-%d}，{os.cpu_count()} 核，{platform.machine()}，"
        f"Python {platform.python_version()}，{figures['rows']:,} 行。"
        f"开始前一刻的平均负载 {figures['load']:.1f}"
        + ("：机器上另有别的程序在跑，绝对值偏大，看比值。" if float(figures["load"]) > 0.7 else "。"),
        "",
        "毫秒，中位（最小–p95）；倍数是对照的中位与安澜的中位之比。怎样测的见 [README](README.md)。",
        "",
        "| 事项 | 目标 | 安澜 | Django admin | Django REST |",
        "|---|---|---|---|---|",
        *(_row(work, figures) for work in works),
        "",
        f"每秒请求（列表整页，4 个连接，granian 一个进程）：安澜 {figures['requests/s']:.0f}"
        + f"（两个进程 {figures['requests/s, two']:.0f}）"
        + "".join(f"，{name} {rate:.0f}" for name, rate in (figures.get("peers requests/s") or {}).items())
        + "（REST 是 JSON）。",
        "",
        *_exchange(figures.get("exchange") or {}),
    ]
    text = "\n".join(lines).rstrip() + "\n"
    TARGET.write_text(text, encoding="utf-8")
    print(text)


def _row(work: Measured, figures: Mapping[str, Any]) -> str:
    times = dict(work.times)
    if "计数" in work.label and OURS not in times:
        ours, shown = float(figures["state in SQL"]), f"{figures['state in SQL']:.1f}"
    elif OURS in times:
        ours, shown = statistics.median(times[OURS]), _shown(times[OURS])
    else:
        return f"| {work.label} | {work.goal} | | | |"
    cells = [
        f"{_shown(times[name])} ×{statistics.median(times[name]) / ours:.1f}" if name in times else ""
        for name in ("Django admin", "Django REST")
    ]
    return f"| {work.label} | {work.goal} | **{shown}** | {cells[0]} | {cells[1]} |"


def _shown(times: list[float]) -> str:
    return f"{statistics.median(times):.1f}（{min(times):.1f}–{sorted(times)[int(len(times) * 0.95)]:.1f}）"


def _exchange(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names = {"export": "导出 100,000 × 10 到 xlsx", "import": "导入 100,000 行（900 行有错）"}
    return [
        f"- {names[key]}：" + "，".join(f"{name} {value}" for name, value in found[key].items())
        for key in names
        if key in found
    ]
