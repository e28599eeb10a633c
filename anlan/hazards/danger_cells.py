"""How a danger is drawn in lists: the light of its day, its level, its photo, its industry."""

from __future__ import annotations

import time
from datetime import date
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from anlan.enterprises.models.fields import industries
from anlan.hazards.models import HiddenDanger
from anlan.kernel import cells, clock

NEAR = 3
KEPT_SECONDS = 2.0


class _Kept:
    names: dict[str, str] = {}
    until = 0.0


def industry_choices() -> list[tuple[str, str]]:
    """Industries for a filter, in their order."""
    return list(industry_names().items())


def industry_names() -> dict[str, str]:
    """{slug: name}; kept for a moment, since every row of a page asks."""
    if time.monotonic() >= _Kept.until:
        _Kept.names, _Kept.until = dict(industries()), time.monotonic() + KEPT_SECONDS
    return _Kept.names


def industry_name(slug: str) -> str:
    """The name of an industry without what stands in brackets, for narrow columns."""
    return industry_names().get(slug, slug).partition("（")[0]


def fact(row: HiddenDanger, today: date) -> tuple[str, str]:
    """(light, word) of a danger on a day: 剩 3 天, 今天, 逾期 2 天, 待下达 since so many days."""
    if row.state == "void":
        return "o", "已作废"
    if row.state == "closed":
        late = row.due_on and row.closed_on and row.rectified_on and row.rectified_on > row.due_on
        return ("y", "逾期整改") if late else ("g", "已销号")
    if row.due_on is None:
        waited = (today - row.found_on).days
        return ("y" if waited > NEAR else "o"), f"{row.get_state_display()} {waited} 天"
    left = (row.due_on - today).days
    if row.state in ("checking", "verified"):
        over = ((row.rectified_on or today) - row.due_on).days
        return ("y", f"逾期 {over} 天报验") if over > 0 else ("g", "已按期报验")
    if left < 0:
        return "r", f"逾期 {-left} 天"
    return ("y" if left <= NEAR else "g"), (f"剩 {left} 天" if left else "今天")


def due(row: HiddenDanger) -> SafeString:
    """The light with its fact, and the day in small."""
    today = clock.today()
    light, word = fact(row, today)
    day = row.due_on if row.is_open else row.closed_on
    small = f" <small>{cells.day(day, short=day.year == today.year)}</small>" if day else ""
    return SafeString(cells.light(light, word) + small)


def level(row: HiddenDanger) -> SafeString:
    """重大 in red with bars; 一般 in grey; what nobody graded yet says so."""
    if row.level == HiddenDanger.Grade.MAJOR:
        return cells.level("red", "重大")
    if row.state == "found":
        return SafeString(
            '<span class="yellow">疑似重大</span>' if row.suspected else '<span class="mute">待定</span>'
        )
    return SafeString('<span class="mid">一般</span>')


def thumb(row: HiddenDanger) -> SafeString:
    """The first photo, small."""
    if not row.photos:
        return SafeString("")
    url = escape(reverse("danger-thumb", args=[row.pk]))
    return SafeString(f'<img class="thumb" src="{url}" width="38" height="24" loading="lazy" alt="">')


def number(row: HiddenDanger) -> SafeString:
    """YH0000059."""
    return words(row.number)


def industry(row: Any) -> SafeString:
    """The name of the row's industry."""
    return words(industry_name(row.industry))


def firm(row: HiddenDanger) -> SafeString:
    """The firm's short name, or the place where there is no firm."""
    return words((row.enterprise.short_name or row.enterprise.name) if row.enterprise else row.place)


def words(text: str) -> SafeString:
    """Plain words, escaped."""
    return SafeString(escape(text) if text else str(cells.DASH))
