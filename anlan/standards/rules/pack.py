"""What an industry pack holds, as plain data.

`line` and `file` say where an entry stands, for messages; they are no part of its content. Dates are
`[start, end)`. `confidence` is V (read in the text of the law), P (seen in a public page) or M (to be
verified: shown as 待核).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

CONFIDENCES = {"V": "原文核对", "P": "公开资料", "M": "待核"}
TYPES = {
    "text": "文字",
    "integer": "整数",
    "number": "数",
    "date": "日期",
    "flag": "是否",
    "choice": "选项",
}


@dataclass(frozen=True)
class Entry:
    """What all entries share: a key that never changes, and the place where it was written."""

    section: ClassVar[str] = ""

    key: str
    file: str = field(default="", kw_only=True)
    line: int = field(default=0, kw_only=True)

    def content(self) -> dict[str, Any]:
        """The entry without the place where it stands."""
        found = asdict(self)
        del found["file"], found["line"]
        return found

    def digest(self) -> str:
        """SHA-256 of the content: two entries with the same digest say the same."""
        return digest_of(self.content())


@dataclass(frozen=True)
class StandardEntry(Entry):
    """A law, a standard or a normative document."""

    section = "standards"

    title: str
    number: str = ""
    issuer: str = ""
    kind: str = "document"
    start: date | None = None
    end: date | None = None
    replaced_by: str = ""
    confidence: str = "M"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Attribute:
    """One attribute of a facility kind: what the form asks, the list shows, the import reads.

    `also` are further headings of real sheets, `said` {key of a choice: further words of real cells}; `due`
    marks a day after which something is late (an inspection, a certificate).
    """

    key: str
    label: str
    type: str
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    filter: bool = False
    list: bool = False
    due: bool = False
    also: tuple[str, ...] = ()
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int = 2
    note: str = ""
    confidence: str = ""
    line: int = field(default=0, kw_only=True)


@dataclass(frozen=True)
class KindEntry(Entry):
    """A kind of facility: a mine, a pond, a tank, an elevator, a vessel, a place."""

    section = "kinds"

    label: str
    industry: str
    unit: str = "处"
    attributes: tuple[Attribute, ...] = ()
    note: str = ""

    def content(self) -> dict[str, Any]:
        """Without the lines of the attributes and what they leave unsaid; the order of choices counts."""
        found = super().content()
        for one in found["attributes"]:
            for name in ("line", *(name for name in ("due", "also", "said") if not one[name])):
                one.pop(name)
            one["choices"] = list(one["choices"].items())
        return found

    def attribute(self, key: str) -> Attribute | None:
        """The attribute of that key."""
        return next((one for one in self.attributes if one.key == key), None)


@dataclass(frozen=True)
class LicenceEntry(Entry):
    """A licence or certificate that firms or facilities of this industry hold."""

    section = "licences"

    label: str
    kinds: tuple[str, ...] = ()
    issuer: str = ""
    months: int | None = None
    renew_days: int | None = None
    standard: str = ""
    article: str = ""
    confidence: str = "M"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class CheckEntry(Entry):
    """One line of a checklist: what to look at, what is wrong when it is wrong, on what ground.

    With `start` or `end` it carries the days of its law, as a criterion does.
    """

    section = "checklist"

    group: str
    item: str
    wrong: str
    industry: str = ""
    general: bool = False
    kinds: tuple[str, ...] = ()
    standard: str = ""
    article: str = ""
    criterion: str = ""
    start: date | None = None
    end: date | None = None
    confidence: str = "M"
    source: str = ""


@dataclass(frozen=True)
class CriterionEntry(Entry):
    """A criterion: whoever meets it is a major hidden danger. `text` is our own short label."""

    section = "criteria"

    text: str
    industry: str = ""
    general: bool = False
    group: str = ""
    kinds: tuple[str, ...] = ()
    standard: str = ""
    article: str = ""
    start: date | None = None
    end: date | None = None
    words: tuple[str, ...] = ()
    confidence: str = "M"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Threshold:
    """One step of a sensor kind: `value` compared by `op`, and what it is called."""

    name: str
    op: str
    value: Decimal
    note: str = ""


@dataclass(frozen=True)
class SensorEntry(Entry):
    """A kind of sensor with the thresholds that a standard gives for it."""

    section = "sensors"

    label: str
    unit: str = ""
    kinds: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    standard: str = ""
    article: str = ""
    confidence: str = "M"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Pack:
    """One folder: what it is for, and its entries by section in the order of the files.

    `region` is the code of the place where it holds, "" for the whole country.
    """

    key: str
    label: str
    version: int
    industries: tuple[str, ...] = ()
    general: bool = False
    region: str = ""
    note: str = ""
    standards: tuple[StandardEntry, ...] = ()
    kinds: tuple[KindEntry, ...] = ()
    licences: tuple[LicenceEntry, ...] = ()
    checklist: tuple[CheckEntry, ...] = ()
    criteria: tuple[CriterionEntry, ...] = ()
    sensors: tuple[SensorEntry, ...] = ()
    file: str = field(default="", compare=False)

    def entries(self) -> Iterator[Entry]:
        """Every entry of every section."""
        for section in SECTIONS:
            yield from getattr(self, section)

    def digest(self) -> str:
        """SHA-256 of everything that the pack says; comments and the order of files do not count."""
        said = {section: sorted(one.digest() for one in getattr(self, section)) for section in SECTIONS}
        head = [self.key, self.label, self.industries, self.general, self.note, said]
        return digest_of([*head, self.region] if self.region else head)


ENTRIES: tuple[type[Entry], ...] = (
    StandardEntry, KindEntry, LicenceEntry, CheckEntry, CriterionEntry, SensorEntry,
)  # fmt: skip
SECTIONS = {one.section: one for one in ENTRIES}


def digest_of(content: Any) -> str:
    """SHA-256 over the canonical JSON of plain data."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
