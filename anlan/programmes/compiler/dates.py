"""Days and months as official prose writes them, resolved against the year of the document."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from anlan.programmes.compiler.numerals import NUMBER, han, number

_YEAR = r"(?:(?P<year>20\d\d|[二〇零○一三四五六七八九]{4})年|(?P<this>今年|本年度?|年内|明年|次年|翌年)的?)?"
_MONTH = rf"(?P<month>1[0-2]|0?[1-9]|{NUMBER})月份?"
_DAY = r"(?:(?P<day>[0-3]?\d|[一二三十]{1,3})[日号]|(?P<part>底|末|月底|上旬|中旬|下旬|初))?"
_MONTHLY = re.compile(_YEAR + _MONTH + _DAY)
_YEAR_END = re.compile(
    r"(?:(?P<year>20\d\d)|今|当|本)?(?:年底|年末|年终)(?=[前完以之]|[，。；、）]|$|和|分别)|(?:全年|本年度|(?<![一两二三四五六七八九十几数\d])年内)(?=[完实建])|年底前|(?<![一两二三四五六七八九十几数\d])年内"
)
_HALF = re.compile(r"上半年(?:度)?(?:结束前|底|末|前|内)?")
_ACTS = ("完", "建", "实", "开", "组", "出", "制")
_QUARTER = re.compile(
    r"(?:第)?(?P<quarter>[一二三四1-4])季度(?:末|底|前|内|(?=[，]?(?:完成|组织|开展|召开|制定|出台|实现|建成|启动|印发)))"
)
_RUN = re.compile(
    r"(?<!\d)(?P<year>20\d\d)?(?!1[0-2][1-9]日)(?P<month>1[0-2]|[1-9])(?P<day>[0-3]\d)日(?=之?前|[和、，及]|$)"
)
_RUN_ALONE = re.compile(r"^(?P<year>20\d\d)(?!1[0-2][1-9]日?$)(?P<month>1[0-2]|[1-9])(?P<day>[0-3]\d|\d)日?$")
"""Dates whose 年 and 月 a copy has lost: 2024613日, 1225日前. 115日 may be two days, so it is none."""
_FULL = re.compile(
    r"(?P<year>20\d\d|[二〇零○一三四五六七八九]{4})[年./-](?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})[月./-](?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})日?"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found in a text: where, which, and whether its year is written."""

    start: int
    end: int
    day: str


def full_date(text: str) -> str | None:
    """The first complete date (2022年1月15日, 二〇二二年一月十五日, 2022-01-15), or None."""
    for found in (*_FULL.finditer(text), *_RUN_ALONE.finditer(text)):
        day = _iso(_int(found["year"]), _int(found["month"]), _int(found["day"]))
        if day:
            return day
    return None


def dates(text: str, year: int | None) -> list[Dated]:
    """Every date of a text in order; a date without a year takes the year of the document."""
    found = [*_monthly(text, year), *_others(text, year), *_runs(text, year)]
    out: list[Dated] = []
    for dated in sorted(found, key=lambda d: (d.start, -d.end)):
        if not out or dated.start >= out[-1].end:
            out.append(dated)
    return out


def year_end(year: int) -> str:
    """The last day of a year."""
    return f"{year:04d}-12-31"


def _monthly(text: str, year: int | None) -> list[Dated]:
    out = []
    for found in _MONTHLY.finditer(text):
        if found.start() and text[found.start() - 1] in "个每两几逐" and not found["year"]:
            continue
        if text[found.end() : found.end() + 1] in ("至", "-", "—") and found["day"] is None:
            continue
        own = (
            _int(found["year"])
            if found["year"]
            else (year + 1 if year and found["this"] in ("明年", "次年", "翌年") else year)
        )
        month = _int(found["month"])
        if own and month and (found["day"] or found["part"] or _bounded(text, found.end())):
            day = _iso(own, month, _day(found, own, month))
            if day:
                out.append(Dated(*found.span(), day))
    return out


def _runs(text: str, year: int | None) -> list[Dated]:
    out = []
    for found in _RUN.finditer(text):
        own = int(found["year"]) if found["year"] else year
        day = _iso(own, int(found["month"]), int(found["day"])) if own else None
        if day:
            out.append(Dated(*found.span(), day))
    return out


def _bounded(text: str, at: int) -> bool:
    """A bare month is a date where it bounds something: 6月前, 6月、12月底前."""
    return bool(re.match(r"[前内]|以前|之前|[、和]\d{1,2}月|完成", text[at : at + 5]))


def _day(found: re.Match[str], year: int, month: int) -> int:
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    if found["day"]:
        return _int(found["day"])
    return {"上旬": 10, "初": 10, "中旬": 20}.get(found["part"] or "", last)


def _others(text: str, year: int | None) -> list[Dated]:
    out = []
    for found in _YEAR_END.finditer(text):
        own = int(found["year"]) if found["year"] else year
        if own:
            out.append(Dated(*found.span(), year_end(own)))
    if year:
        out += [
            Dated(*m.span(), f"{year}-06-30")
            for m in _HALF.finditer(text)
            if m.group() not in ("上半年", "上半年度") or text[m.end() : m.end() + 1] in _ACTS
        ]
        ends = {
            "一": "03-31",
            "二": "06-30",
            "三": "09-30",
            "四": "12-31",
            "1": "03-31",
            "2": "06-30",
            "3": "09-30",
            "4": "12-31",
        }
        out += [Dated(*m.span(), f"{year}-{ends[m['quarter']]}") for m in _QUARTER.finditer(text)]
    return out


def _int(text: str) -> int:
    value = number(text) if text.isdecimal() else han(text.replace("○", "〇"))
    return int(value) if value is not None else 0


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
