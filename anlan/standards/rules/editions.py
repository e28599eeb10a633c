"""How the entries of a pack's new version follow the old ones: decided before anything is written.

Two ways of being dated. A criterion (and a check that says so) carries the days of the law itself: a
correction takes the row's place (the old one is withdrawn, so that what cites it can still be read), and
several editions stand side by side with their days. Kinds, licences, checklists and sensors hold from the
day on which they were loaded until they change. What a pack no longer says is ended on that day, never
deleted. (Laws and standards are known by their key alone and are corrected in place.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from anlan.standards.rules.pack import CheckEntry, CriterionEntry, Entry


class Row(Protocol):
    """A stored entry as the decision needs it: valid `[valid_from, valid_to)`, withdrawn or not."""

    key: str
    digest: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class New:
    """An entry to store, holding from `start` (None: always) until before `end`."""

    entry: Entry
    start: date | None
    end: date | None


@dataclass
class Steps:
    """What to do: rows to end on a day, rows to withdraw, entries to store, rows that stay."""

    end: list[tuple[Row, date]] = field(default_factory=list)
    withdraw: list[Row] = field(default_factory=list)
    add: list[New] = field(default_factory=list)
    kept: int = 0


def decide(rows: Iterable[Row], entries: Iterable[Entry], today: date, first: bool) -> Steps:
    """The steps from `rows` (all stored, not withdrawn, of one section of a pack) to `entries`.

    `first` says that the pack is loaded for the first time: its entries then hold for the past as well.
    """
    steps = Steps()
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    wanted: dict[str, list[Entry]] = {}
    for entry in entries:
        wanted.setdefault(entry.key, []).append(entry)
    for key, found in wanted.items():
        if any(map(_by_days_of_law, found)):
            _by_law(by_key.pop(key, []), found, steps)
        else:
            _by_day(by_key.pop(key, []), found[0], today, first, steps)
    for left in by_key.values():
        steps.end += [(row, max(today, _after(row))) for row in left if _open(row, today)]
        steps.kept += sum(1 for row in left if not _open(row, today))
    return steps


def _by_days_of_law(entry: Entry) -> bool:
    """Criteria always; a check where it says from when or until when it holds."""
    if isinstance(entry, CheckEntry):
        return entry.start is not None or entry.end is not None
    return isinstance(entry, CriterionEntry)


def _by_law(rows: list[Row], entries: list[Entry], steps: Steps) -> None:
    """Rows and entries of one key whose days are the law's own."""
    left = list(rows)
    for entry in entries:
        assert isinstance(entry, CriterionEntry | CheckEntry)
        same = next((row for row in left if (row.digest, row.valid_to) == (entry.digest(), entry.end)), None)
        if same is None:
            steps.add.append(New(entry, entry.start, entry.end))
        else:
            steps.kept += 1
            left.remove(same)
    steps.withdraw += left


def _by_day(rows: list[Row], entry: Entry, today: date, first: bool, steps: Steps) -> None:
    """Rows and the entry of one key whose days are those of loading."""
    current = next((row for row in rows if _open(row, today)), None)
    if current is not None and current.digest == entry.digest():
        steps.kept += 1
        return
    if current is not None and current.valid_from == today:
        steps.withdraw.append(current)  # changed twice on one day: it held for no whole day
        steps.add.append(New(entry, today, None))
        return
    if current is not None:
        steps.end.append((current, today))
    steps.add.append(New(entry, None if first else today, None))


def _open(row: Row, today: date) -> bool:
    return row.valid_to is None or row.valid_to > today


def _after(row: Row) -> date:
    """The first day on which a row can end: one that begins later ends when it begins."""
    return row.valid_from or date.min
