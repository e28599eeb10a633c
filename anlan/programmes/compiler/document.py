"""The compiled document: what the compiler promises to its readers (schema `anlan.compiled/1`).

Offsets are characters of the immutable source text, `[start, end)`. A fact the document does not state is
None or an empty tuple, never a guess.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

SCHEMA = "anlan.compiled/1"

Span = tuple[int, int]
Number = int | float


@dataclass(frozen=True, slots=True)
class Source:
    """The text as read; `text_digest` is its SM3 in hexadecimal, `length` its number of characters."""

    name: str
    media_type: str
    text_digest: str
    length: int


@dataclass(frozen=True, slots=True)
class ReportDeadline:
    """A report that every addressee owes; `due` is YYYY-MM-DD."""

    what: str
    due: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers questions about the document."""

    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Facts of the document itself, from the red head, the notice and the imprint. Dates are YYYY-MM-DD."""

    issuer: str | None = None
    number: str | None = None
    title: str | None = None
    year: int | None = None
    issued_on: str | None = None
    published_on: str | None = None
    recipients: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()
    disclosure: str | None = None
    contact: Contact | None = None
    copies: int | None = None
    report_deadlines: tuple[ReportDeadline, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A goal of the whole document; `value` is None where the aim is qualitative."""

    quote: str
    span: Span
    indicator: str
    scope: str | None
    comparator: str | None
    value: Number | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading above the items; level 1 is the outermost."""

    no: str
    title: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Role:
    """One responsible party of an item.

    role: lead, supporting, joint, overseeing or implementing. kind: unit or group. `name` is the unit as
    written with a dropped 省/市 restored; `resolved` its canonical name, or None.
    """

    role: str
    name: str
    kind: str
    resolved: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers for an item; `open_list` where the list ends in 等."""

    quote: str
    span: Span
    open_list: bool
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One binding clause. `by` is YYYY-MM-DD; `value` is None unless the text writes a number."""

    kind: str
    also: tuple[str, ...]
    quote: str
    span: Span
    value: Number | None = None
    unit: str | None = None
    comparator: str | None = None
    period: str | None = None
    by: str | None = None
    scope: str | None = None
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered (or, where the document has no numbers, one paragraph) entry and its duties."""

    no: int | str
    section: str | None
    title: str
    span: Span
    duty: Duty | None
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the text and its class. The pieces cover the whole source without overlap."""

    span: Span
    item: int | str | None
    class_: str = field(metadata={"name": "class"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at."""

    kind: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class CompiledDocument:
    """Everything the compiler read from one document."""

    source: Source
    document: Head
    targets: tuple[Target, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    sentences: tuple[Sentence, ...]
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """The document as plain lists, dicts, strings and numbers, in the order of the schema."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return {"schema": SCHEMA, **plain}

    def to_json(self, indent: int | None = None) -> str:
        """The document as JSON text (UTF-8 friendly: Chinese is not escaped)."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.metadata.get("name", f.name): _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
