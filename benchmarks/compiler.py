"""How fast the compiler is, and how its time grows with the text.

    python benchmarks/compiler.py            each published document, warm; then the growth up to 2 MB
    python benchmarks/compiler.py --fuzz     one pattern repeated to a hundred thousand characters

Times are processor time of one process. The bar is 150 ms for each published document after the start.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from pathlib import Path

from anlan.programmes.compiler import CompileError, compile

DATA = Path(__file__).parent.parent / "anlan" / "programmes" / "demo"
BAR = 0.150
ROUNDS = 9
WORDS = """
（ ） 安、 安全， 一、 安全生产 “安 1.安 每季度 安1个
牵头单位： （市应急局负责） 《安 牵头、 认真 安全（“《 关于安 6月底前 和局 市
市应急局、 将总结报送 安<p 事故 减少 等部门 各 完成建设 以安为 开展专项
"""
PATTERNS = (*WORDS.split(), "安\t", "安 | 全 | ", "安全\n", "1.安\n", "（一）安\n", "县应急局\n", "安。\n")


def seconds(text: str) -> float:
    """Processor time of one compilation; a named error counts as an end."""
    start = time.process_time()
    with contextlib.suppress(CompileError):
        compile(text)
    return time.process_time() - start


def documents() -> bool:
    """Each published document; returns whether all stay below the bar."""
    good = True
    for path in sorted(DATA.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        seconds(text)
        median = statistics.median(seconds(text) for _ in range(ROUNDS))
        good = good and median <= BAR
        print(f"{path.name:24} {len(text):9,} characters {median * 1000:8.0f} ms")
    return good


def growth() -> None:
    """The longer document repeated; the last column should stay level."""
    text = max((path.read_text(encoding="utf-8") for path in DATA.glob("*.txt")), key=len)
    for times in (1, 4, 16, 64, 170):
        spent = seconds(text * times)
        each = spent / len(text) / times * 1e6
        print(f"{len(text) * times:9,} characters {spent:8.2f} s {each:8.1f} µs a character")


def fuzz(length: int) -> None:
    """One pattern repeated: no pattern may make the time explode."""
    worst = []
    for pattern in PATTERNS:
        spent = seconds((pattern * (length // len(pattern) + 1))[:length])
        worst.append((spent, pattern))
    for spent, pattern in sorted(worst, reverse=True)[:8]:
        print(f"{pattern!r:24} {length:9,} characters {spent:8.2f} s")


def main() -> int:
    """Run what is asked for; exit code 1 where a published document is slower than the bar."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fuzz", action="store_true")
    parser.add_argument("--length", type=int, default=100_000)
    options = parser.parse_args()
    if options.fuzz:
        fuzz(options.length)
        return 0
    good = documents()
    growth()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
