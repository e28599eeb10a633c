"""Personal data that only some roles read in full: what the others see of it."""

from __future__ import annotations

from typing import Any


def phone(value: Any) -> str:
    """139****5678: the ends tell people apart, the middle stays hidden. Short numbers show their last two."""
    text = str(value or "")
    if len(text) < 8:
        return "*" * max(len(text) - 2, 0) + text[-2:] if text else ""
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


def identity(value: Any) -> str:
    """3611**********1234: region and last four of an identity number."""
    text = str(value or "")
    return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}" if len(text) > 8 else "*" * len(text)


def mail(value: Any) -> str:
    """l***@example.org."""
    name, at, host = str(value or "").partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""
