"""What people write in cells, read as values: pure functions, one per kind of field.

A parser takes the cell as the reader gives it (text, number, bool, date) and returns the value, None
for an empty cell, `Tidied(value, note)` where it had to be understood, or `Wrong(message)`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong and how to mend it; `proposal` is a text that would be right."""

    message: str
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Tidied:
    """A value that was understood although it was written otherwise."""

    value: Any
    note: str


Parse = Callable[[Any], Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")
_ODD = re.compile("[０-９Ａ-Ｚａ-ｚ\u3000\xa0\u200b\u2060\ufeff\x00-\x1f\x7f]")
_INVISIBLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0x200B, 0x2060, 0xFEFF])
_NARROW = {
    **{
        code: code - 0xFEE0
        for first, last in ("０９", "ＡＺ", "ａｚ")
        for code in range(ord(first), ord(last) + 1)
    },
    **{0x3000: " ", 0xA0: " ", **_INVISIBLE},
}
_FULL_SIGNS = str.maketrans("．，－／：（）％＋", ".,-/:()%+")
_SCIENTIFIC = re.compile(r"-?\d(?:\.\d+)?[Ee]\+?\d{2}")
_NOTHING = {"-", "—", "——", "/", "／", "无", "暂无", "空", "N/A", "n/a", "null", "NULL", "\\"}
LOST_DIGITS = (
    "编码在 Excel 里变成了科学记数（如 9.1E+17），末几位已经丢失。请把这一列设为“文本”格式，重新填写后再传。"
)


def narrow(text: str) -> str:
    """Full-width digits, letters and spaces to half width; invisible characters gone; ends trimmed."""
    return text.translate(_NARROW).strip() if _ODD.search(text) else text.strip()


def parse_text(limit: int | None = None, lines: bool = False) -> Parse:
    """Text; `limit` is the most characters, `lines` keeps line breaks."""

    def parse(cell: Any) -> Any:
        if cell.__class__ is not str:
            cell = _as_text(cell)
            if cell.__class__ is not str:
                return cell
        text = cell.strip()
        noted = False
        if _ODD.search(text):
            text = text.replace("\r\n", "\n")
            text, before = text.translate(_NARROW).strip(), text
            noted = text.replace(" ", "") != re.sub("[\u3000\xa0\u200b\ufeff\\s]", "", before)
            if not lines:
                text = re.sub(r"\s*\n\s*", " ", text)
        if not text:
            return None
        if text[0] == "'" and text[1:2] in set("=+-@＝＋－＠"):
            text = text[1:]
        if text[0].isdigit() and _SCIENTIFIC.fullmatch(text):
            return Wrong(LOST_DIGITS)
        if limit is not None and len(text) > limit:
            return Wrong(f"有 {len(text)} 个字，最多 {limit} 个字。请缩短。")
        return Tidied(text, f"{cell.strip()} → {text}") if noted else text

    return parse


def _as_text(cell: Any) -> Any:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= 1e15:
            return Wrong(LOST_DIGITS)
        return str(int(cell)) if float(cell).is_integer() else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return str(cell)


def _text(cell: Any, signs: bool = True) -> str:
    """The cell as narrow text for the kinds that are no free text; what means nothing is empty."""
    text = narrow(str(cell))
    text = text.translate(_FULL_SIGNS) if signs else text
    return "" if text in _NOTHING else text


def _is_empty(cell: Any) -> bool:
    return cell is None or (cell.__class__ is str and not _text(cell))


def parse_choice(choices: Iterable[tuple[Any, str]]) -> Parse:
    """One of `choices` (value, label), by label, by value, or by the only label that is meant."""
    pairs = [(value, str(label)) for value, label in choices if value not in (None, "")]
    exact: dict[str, Any] = {str(value).lower(): value for value, _ in pairs}
    exact.update({label.lower(): value for value, label in pairs})
    labels = [f"“{label}”" for _, label in pairs]
    wrong = (
        f"只能是{'、'.join(labels[:-1])}或{labels[-1]}。"
        if 1 < len(pairs) <= 12
        else "没有这个选项，见模板的下拉。"
    )

    def parse(cell: Any) -> Any:
        if _is_empty(cell):
            return None
        read = _as_text(cell)
        text = _text(read) if isinstance(read, str) else ""
        found = exact.get(text.lower())
        if found is not None:
            return found
        near = {value for value, label in pairs if _means(text, label)}
        if len(near) == 1:
            value = near.pop()
            return Tidied(value, f"{text} → {next(label for one, label in pairs if one == value)}")
        return Wrong(wrong)

    return parse


def _means(text: str, label: str) -> bool:
    """重大事故隐患 means 重大; 非重大 does not, nor does 较重."""
    if len(label) < 2 or len(text) < 2 or label not in text:
        return False
    return not set("非不未无否拟待疑") & set(text.replace(label, "", 1))


_YES = {"是", "有", "对", "√", "✓", "y", "yes", "true", "1", "已", "真"}
_NO = {"否", "无", "没有", "错", "×", "✗", "n", "no", "false", "0", "未", "假"}
# 已安装, 未联网: what was done or not; 未知 and 未填 say neither.
_SAID = re.compile(r"(已|未)[\u4e00-\u9fff]{1,3}")
_UNKNOWN = {"未知", "未填", "未查", "未核", "未定", "未明", "未检"}


def parse_flag(cell: Any) -> Any:
    """是 or 否 and their usual signs."""
    if isinstance(cell, bool):
        return cell
    text = narrow(_as_text(cell) if isinstance(cell, int | float) else str(cell or "")).lower()
    if not text:
        return None
    if text in _YES | _NO:
        return text in _YES
    if (said := _SAID.fullmatch(text)) and text not in _UNKNOWN:
        return Tidied(said[1] == "已", f"{text} → {'是' if said[1] == '已' else '否'}")
    return Wrong("只能是“是”或“否”。")


_DAY = re.compile(r"(\d{4}|\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_DAY_TIME = re.compile(_DAY.pattern + r"(?:[\sT]*(\d{1,2})[:时](\d{1,2})分?(?:[:]?(\d{1,2})(?:\.\d+)?秒?)?)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NO_YEAR = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")


def parse_date(year: int, year_from: str = "今年") -> Parse:
    """A day; `year` completes 6月30日, `year_from` says where that year was found."""

    def parse(cell: Any) -> Any:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return _in_range(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return _from_number(cell)
        if _is_empty(cell):
            return None
        return _day_from_text(_text(cell), year, year_from)

    return parse


def _from_number(cell: float) -> Any:
    if float(cell).is_integer() and (compact := _COMPACT.fullmatch(str(int(cell)))):
        return _build(compact[1], compact[2], compact[3], str(int(cell)))
    if 20000 <= cell < 80000:
        found = date(1899, 12, 30) + timedelta(days=int(cell))
        return Tidied(found, f"{int(cell)} → {found}")
    return Wrong("不是日期。请写成 2023-6-30 这样。")


def _day_from_text(text: str, year: int, year_from: str) -> Any:
    if match := _DAY_TIME.fullmatch(text):
        return _build(match[1], match[2], match[3], text)
    if match := _COMPACT.fullmatch(text):
        return _build(match[1], match[2], match[3], text)
    if match := _NO_YEAR.fullmatch(text):
        found = _build(str(year), match[1], match[2], text)
        value = found.value if isinstance(found, Tidied) else found
        return Tidied(value, f"{text} → {value}（年份按{year_from}）") if isinstance(value, date) else found
    if text.isdigit() and 20000 <= int(text) < 80000:
        return _from_number(int(text))
    if _MONTH.fullmatch(text):
        return Wrong("只有年月，缺日。请写成 2023-6-30 这样。")
    return Wrong("不是日期。请写成 2023-6-30 这样。")


def _build(year: str, month: str, day: str, text: str) -> Any:
    y, m, d = int(year), int(month), int(day)
    short = y < 100
    y += 2000 if short else 0
    if not 1 <= m <= 12:
        return Wrong(f"没有 {m} 月。请核对。")
    if not 1 <= d <= 31 or (y > 0 and d > monthrange(y, m)[1]):
        return Wrong(f"{m} 月没有 {d} 日。请核对。")
    found = _in_range(date(y, m, d))
    return Tidied(found, f"{text} → {found}") if short and isinstance(found, date) else found


def _in_range(found: date) -> Any:
    return found if 1900 <= found.year < 2100 else Wrong(f"年份 {found.year} 不对。请核对。")


def parse_moment(year: int, year_from: str = "今年") -> Parse:
    """An aware moment in Shanghai; a day alone is its beginning."""
    days = parse_date(year, year_from)

    def parse(cell: Any) -> Any:
        if isinstance(cell, datetime):
            return cell.replace(tzinfo=SHANGHAI)
        if isinstance(cell, float) and not cell.is_integer() and 20000 <= cell < 80000:
            found = datetime(1899, 12, 30) + timedelta(minutes=round(cell * 1440))
            return Tidied(found.replace(tzinfo=SHANGHAI), f"{cell} → {found:%Y-%m-%d %H:%M}")
        day = days(cell)
        value = day.value if isinstance(day, Tidied) else day
        if not isinstance(value, date):
            return day
        match = _DAY_TIME.fullmatch(_text(cell)) if isinstance(cell, str) else None
        hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6)) if match else (0, 0, 0)
        if hour > 23 or minute > 59 or second > 59:
            return Wrong("时刻不对。请写成 2023-6-30 08:42 这样。")
        moment = datetime.combine(value, time(hour, minute, second), SHANGHAI)
        return Tidied(moment, day.note) if isinstance(day, Tidied) else moment

    return parse


_MULTIPLIERS = {
    "万": 10_000,
    "千": 1_000,
    "百": 100,
    "亿": 100_000_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
}
# How people write the units of columns; only those that mean the very same unit.
_SPOKEN_UNITS = {
    "m": ("米", "公尺"),
    "km": ("公里", "千米"),
    "mm": ("毫米",),
    "m²": ("平方米", "平米", "㎡", "m2"),
    "m³": ("立方米", "立方", "方", "m3"),
    "万m³": ("万立方米", "万方", "万立方", "万m3"),
    "t": ("吨",),
    "kg": ("公斤", "千克"),
    "MPa": ("兆帕", "mpa"),
    "kW": ("千瓦", "kw"),
    "MW": ("兆瓦", "mw"),
    "L": ("升", "l"),
}
_NUMBER = re.compile(r"[¥￥]?\s*([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+)\s*(\D{0,6})")


def parse_decimal(places: int, digits: int, scale: int = 1, units: Iterable[str] = ()) -> Parse:
    """A Decimal of at most `places` decimals and `digits` digits in all.

    `scale` multiplies what is written (a heading in 万元 for a field in 元); `units` may follow the
    number. A multiplier in the cell (3万) is asked back, never guessed.
    """
    known = {"元", "人", "个", "项", "处", "次", "家", "户", "台", "座", "起", "天", "小时"}
    known |= {*units, *(word for unit in units for word in _SPOKEN_UNITS.get(unit, ()))}

    def parse(cell: Any) -> Any:
        tidied = ""
        if isinstance(cell, bool | date | time):
            return Wrong("不是数字。请只写数字。")
        if isinstance(cell, int | float):
            number = Decimal(f"{cell:.15g}")
        else:
            text = _text(cell or "")
            if not text:
                return None
            match = _NUMBER.fullmatch(text.replace(" ", ""))
            if match is None:
                return Wrong("不是数字。请只写数字，单位写在表头。")
            unit = match[2].removesuffix("元") if match[2] != "元" else "元"
            if unit in _MULTIPLIERS:
                plain = (Decimal(match[1].replace(",", "")) * _MULTIPLIERS[unit]).normalize()
                return Wrong(f"请写成 {plain:f}，不写“{match[2]}”。", f"{plain:f}")
            if unit and unit not in known:
                return Wrong(f"不认得单位“{match[2]}”。请只写数字，单位写在表头。")
            number = Decimal(match[1].replace(",", ""))
            tidied = text if unit or "," in match[1] else ""
        return _fit(number * scale, places, digits, tidied or (f"{cell}×{scale}" if scale != 1 else ""))

    return parse


def _fit(number: Decimal, places: int, digits: int, written: str) -> Any:
    try:
        fitted = number.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        return Wrong("数字太大。请核对。")
    if fitted != number:
        return Wrong(f"小数最多 {places} 位。请四舍五入后再写。" if places else "只能是整数。")
    if number and number.adjusted() + 1 > digits - places:
        return Wrong(f"整数部分最多 {digits - places} 位。请核对。")
    return Tidied(fitted, f"{written} → {fitted}") if written else fitted


def parse_integer(cell: Any) -> Any:
    """A whole number."""
    found = _whole(cell)
    if isinstance(found, Decimal):
        return int(found)
    return Tidied(int(found.value), found.note) if isinstance(found, Tidied) else found


_whole = parse_decimal(0, 19)
