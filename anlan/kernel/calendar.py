"""Working days: the State Council's announced calendar, overruled by the house's own holiday table.

A year that neither announces nor fills is an error with a remedy: a legal deadline is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

ONE_DAY = timedelta(days=1)


class CalendarUnknown(Exception):
    """The working days of a year are not known; the message says which year and what to do."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year} 年的放假调休安排还没有收录，算不出工作日。请在“节假日”台账录入国务院公布的该年全部"
            "放假日和调休上班日（元旦、劳动节、国庆节当天必须在内），再重新办理。"
        )
        self.year = year


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. `own` is {day: worked?}; `announced` False leaves only `own` to decide."""

    own: Mapping[date, bool] = field(default_factory=dict)
    announced: bool = True

    def works(self, day: date) -> bool:
        """Whether `day` is a working day; raises CalendarUnknown."""
        if day in self.own:
            return self.own[day]
        if self.announced:
            try:
                return bool(chinese_calendar.is_workday(day))
            except NotImplementedError:
                pass
        if not self.filled(day.year):
            raise CalendarUnknown(day.year)
        return day.weekday() < 5

    def filled(self, year: int) -> bool:
        """Whether the table holds the year whole: its three fixed holidays stand in it as days off.

        元旦, 劳动节 and 国庆节 are off in every year (全国年节及纪念日放假办法, art. 2): a table with
        a single local holiday is not taken for a calendar.
        """
        return all(self.own.get(date(year, month, 1)) is False for month in (1, 5, 10))

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it where negative); 0 gives `day`."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.works(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie in [start, end)."""
        return sum(self.works(start + timedelta(days=n)) for n in range((end - start).days))


def house_calendar() -> WorkingCalendar:
    """The announced calendar with the rows of the holiday table on top (one query)."""
    from anlan.kernel.models import Holiday

    rows = Holiday.objects.unscoped("the calendar is the same for everybody").values_list("day", "kind")
    return WorkingCalendar({day: kind == Holiday.Kind.WORK for day, kind in rows})
