"""Log lines of all parts in one terminal: time, part, text."""

from __future__ import annotations

import sys
import threading
import unicodedata
from datetime import datetime
from typing import TextIO

COLOURS = {"安澜": 34, "数据库": 36, "网页": 32, "任务": 35, "定时": 33, "消息": 90, "准备": 34}
WIDTH = 6


class Console:
    """Writes whole lines only, from several threads; a closed terminal is no reason to die."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._coloured = stream.isatty()

    def say(self, part: str, text: str) -> None:
        """One or more lines of `part`."""
        label = part + " " * max(0, WIDTH - _columns(part))
        if self._coloured:
            label = f"\x1b[{COLOURS.get(part, 90)}m{label}\x1b[0m"
        stamp = f"{datetime.now():%H:%M:%S}"
        lines = "".join(f"{stamp} {label}│ {line}\n" for line in text.rstrip().splitlines())
        with self._lock:
            try:
                self._stream.write(lines)
                self._stream.flush()
            except (OSError, ValueError):
                self._coloured = False


def _columns(text: str) -> int:
    """Terminal columns of a text: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
