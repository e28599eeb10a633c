"""The values of a facility's attributes against what its kind says: read, bounded, refused with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.standards.rules.pack import Attribute

MOST_TEXT = 150
TRUE, FALSE = {"true", "1", "是", "有", "on"}, {"false", "0", "否", "无", ""}


def as_json(one: Attribute) -> dict[str, Any]:
    """An attribute as a row keeps it: bounds as text, so that no digit is lost."""
    found = {item.name: getattr(one, item.name) for item in fields(one) if item.name != "line"}
    found["choices"] = [[key, label] for key, label in one.choices.items()]  # JSONB keeps no order of keys
    found["said"] = {key: list(words) for key, words in one.said.items()}
    found["also"] = list(one.also)
    for name in ("least", "most"):
        found[name] = None if found[name] is None else str(found[name])
    return {name: value for name, value in found.items() if value not in (None, "", [], {}, False)}


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """The attributes of a stored kind."""
    return tuple(
        Attribute(
            **{
                **one,
                "choices": dict(one.get("choices", ())),
                "said": {key: tuple(words) for key, words in one.get("said", {}).items()},
                "also": tuple(one.get("also", ())),
                "least": Decimal(one["least"]) if one.get("least") is not None else None,
                "most": Decimal(one["most"]) if one.get("most") is not None else None,
            }
        )
        for one in kept
    )


def clean(
    attributes: Iterable[Attribute], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """({key: JSON value}, {key: what is wrong}) of `values`; empty ones are left out.

    Numbers become int or float, dates ISO text, choices their key (their label is understood too). A key
    that the kind does not know is refused, so that nothing is kept that nobody can read.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    known = {one.key: one for one in attributes}
    for key in values.keys() - known.keys():
        wrong[key] = f"这类设施没有“{key}”这一项。"
    for key, one in known.items():
        given = values.get(key)
        if given is None or (isinstance(given, str) and not given.strip()):
            if one.required:
                wrong[key] = f"{one.label}必填。"
            continue
        try:
            found[key] = _read(one, given)
        except ValueError as error:
            wrong[key] = f"{one.label}：{error}"
    return found, wrong


def _read(one: Attribute, given: Any) -> Any:
    match one.type:
        case "integer" | "number":
            return _number(one, given)
        case "date":
            return _day(given)
        case "flag":
            return _flag(given)
        case "choice":
            return _choice(one, given)
        case _:
            words = str(given).strip()
            if len(words) > MOST_TEXT:
                raise ValueError(f"最多 {MOST_TEXT} 个字，现有 {len(words)} 个。请删短。")
            return words


def _number(one: Attribute, given: Any) -> int | float:
    if isinstance(given, bool):
        raise ValueError("应是数。")
    try:
        value = Decimal(str(given).strip().replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise ValueError(f"“{given}”不是数。请只填数字。")
    unit = f" {one.unit}" if one.unit else ""
    if one.least is not None and value < one.least:
        raise ValueError(f"{given} 太小，最小 {one.least}{unit}。")
    if one.most is not None and value > one.most:
        raise ValueError(f"{given} 太大，最大 {one.most}{unit}。")
    if one.type == "integer":
        if value != value.to_integral_value():
            raise ValueError(f"“{given}”不是整数。")
        return int(value)
    rounded = round(value, one.decimals)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _day(given: Any) -> str:
    if isinstance(given, datetime):
        return given.date().isoformat()
    if isinstance(given, date):
        return given.isoformat()
    try:
        return date.fromisoformat(str(given).strip()).isoformat()
    except ValueError:
        raise ValueError(f"“{given}”不是日期。请写成 2023-06-20。") from None


def _flag(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    words = str(given).strip().lower()
    if words not in TRUE | FALSE:
        raise ValueError(f"“{given}”应填是或否。")
    return words in TRUE


def _choice(one: Attribute, given: Any) -> str:
    words = str(given).strip()
    if words in one.choices:
        return words
    for key, label in one.choices.items():
        if label == words or words in one.said.get(key, ()):
            return key
    raise ValueError(f"没有“{words}”这一项。可选：{'、'.join(one.choices.values())}。")


def shown(one: Attribute, value: Any) -> str:
    """A stored value in words, without its unit; empty where there is none."""
    if value is None:
        return ""
    if one.type == "flag":
        return "是" if value else "否"
    if one.type == "choice":
        return one.choices.get(str(value), str(value))
    return str(value)
