"""Fourth stage: which entries are sections, which are items, and who answers for each item.

An item is the lowest numbered entry that has a duty clause of its own; enumerations below it belong to its
text. Where nothing has a duty clause, the lowest entries are the items. A section without numbered entries
gives one item a paragraph; a table gives one item a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from anlan.programmes.compiler.clauses_of_duty import FoundDuty, find_duties
from anlan.programmes.compiler.document import Role
from anlan.programmes.compiler.duty import DutyReader, ParsedDuty, settle
from anlan.programmes.compiler.mapped import Mapped
from anlan.programmes.compiler.outline import Entry, Outline, lines_of
from anlan.programmes.compiler.paragraphs import Paragraph
from anlan.programmes.compiler.tables import Row, read_rows
from anlan.programmes.compiler.titles import Titled, split_title

_GENERAL = re.compile(
    r"^(?:总体要求|指导思想|工作目标|总体目标|主要目标|目标任务|年度目标|基本原则|工作原则|总体思路|工作思路|总体要求和目标|总体要求与目标|总体要求及目标)"
)
_DIVISION = re.compile(r"^(?:责任分工|责任单位|任务分工|职责分工|组织分工|工作分工|责任部门|责任主体)")
_QUANTIFIED = re.compile(r"每(?:年|季|月|周|半年|两个月)|\d+(?:次|家|个|座|名|人|项|处|场|%)")
_SHORTEST_ITEM = 15


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A heading above the items."""

    no: str
    title: Mapped
    level: int
    whole: Mapped


@dataclass(slots=True)
class ItemDraft:
    """An item before its sentences are read. `pieces` are the body, duty clauses cut out."""

    no: int | str
    section: str | None
    title: Mapped
    own_title: bool
    pieces: Mapped
    duties: list[tuple[Mapped, ParsedDuty]]
    whole: Mapped
    title_line: bool = False
    borrowed: ParsedDuty | None = None
    blanket: tuple[Role, ...] = ()

    @property
    def parsed(self) -> ParsedDuty | None:
        """The duty of the item: its own clauses taken together, or the one it shares with its section."""
        own = [parsed for _, parsed in self.duties if parsed.roles]
        if not own:
            found = self.borrowed
            due = next((parsed.due for _, parsed in self.duties if parsed.due), None)
            found = replace(found, due=found.due or due) if found else (ParsedDuty(due=due) if due else None)
        else:
            found = _together(own, next((p.due for _, p in self.duties if p.due), None))
        if self.blanket:
            found = replace(
                found or ParsedDuty(), roles=settle((*(found.roles if found else ()), *self.blanket))
            )
        return found


@dataclass(slots=True)
class Structure:
    """Sections and items in order; entries that only state aims; the paragraphs of the front and tail."""

    sections: list[SectionDraft] = field(default_factory=list)
    items: list[ItemDraft] = field(default_factory=list)
    general: list[Mapped] = field(default_factory=list)


def structure(outline: Outline, reader: DutyReader) -> Structure:
    """Sections and items of a document."""
    out = Structure()
    builder = _Builder(out, reader, _item_styles(outline.entries, reader))
    rows = [p for p in outline.front if p.row]
    for entry in outline.entries:
        builder.top(entry)
    if rows:
        builder.rows(rows, None)
    if not out.items:
        builder.unnumbered([p for p in outline.front if not p.row], None)
    builder.share()
    _restore_titles(out.items)
    _blankets(out.items)
    return out


@dataclass(slots=True)
class _Builder:
    out: Structure
    reader: DutyReader
    item_styles: frozenset[str] = frozenset()
    """Styles of markers whose entries have duty clauses side by side: they are items everywhere."""
    divided: list[FoundDuty] = field(default_factory=list)
    """The duty clauses of a section that stand in an entry of their own."""
    spans: list[tuple[int, int, list[FoundDuty]]] = field(default_factory=list)
    """Of each section: its items `[first, end)` and the duty clauses at its heading."""

    def top(self, entry: Entry) -> None:
        """A first-level entry: a section with items, a section of aims, or an item without section."""
        text = entry.text
        found = find_duties(text.text, self.reader)
        titled = split_title(_without(text, found), heads=bool(entry.children or entry.rows))
        label = entry.marker.label
        if _GENERAL.match(titled.title.text):
            self._section(entry, titled, label)
            self.out.general += [part.text for part in entry.walk()]
            return
        heading = titled.own and (bool(entry.children or entry.rows) or _has_paragraphs(entry))
        if not heading and entry.children:
            self._entry(entry, None)
            return
        if not heading:
            self._item(entry, None, text, found)
            return
        self._section(entry, titled, label)
        first = len(self.out.items)
        self.divided = []
        self._below(entry, titled, label, found)
        shared = found or self.divided or self._named_in(titled)
        self.spans.append((first, len(self.out.items), shared))

    def _below(self, entry: Entry, titled: Titled, label: str, found: list[FoundDuty]) -> None:
        for child in entry.children:
            self._entry(child, label)
        if entry.rows:
            self.rows(entry.rows, label)
        if not entry.children and not entry.rows:
            paragraphs = [p for p in entry.paragraphs[1:] if not p.row]
            if paragraphs:
                self.unnumbered(paragraphs, label)
            else:
                self._item(entry, label, entry.text, found)

    def _section(self, entry: Entry, titled: Titled, label: str) -> None:
        self.out.sections.append(SectionDraft(label, titled.title, entry.level, entry.head))

    def _entry(self, entry: Entry, section: str | None) -> None:
        """An entry below a section: an item, or a section of a deeper level."""
        text = entry.text
        if section is not None and self._aside(entry, text):
            return
        if not entry.children:
            self._item(entry, section, text, find_duties(text.text, self.reader))
            return
        own = find_duties(text.text, self.reader)
        below = [bool(find_duties(child_text(child).text, self.reader)) for child in entry.children]
        titled = split_title(_without(text, own), heads=True)
        style = entry.children[0].marker.style
        if own or not (self._opens(titled, below) or (style in self.item_styles and any(below))):
            whole = lines_of([part.text for part in entry.walk()])
            self._item(entry, section, whole, find_duties(whole.text, self.reader))
            return
        self._section(entry, titled, entry.marker.label)
        first = len(self.out.items)
        for child in entry.children:
            self._entry(child, section)
        self._lend(self.out.items[first:])

    def _named_in(self, titled: Titled) -> list[FoundDuty]:
        """A section whose heading is nothing but bodies (一、市应急局) is their list of tasks."""
        parsed = self.reader.read(titled.title.text)
        named = (
            parsed.roles and not parsed.rest and all(r.resolved and r.kind == "unit" for r in parsed.roles)
        )
        return [FoundDuty(0, 0, parsed)] if named else []

    def _aside(self, entry: Entry, text: Mapped) -> bool:
        """Entries that are no items: the aims of a section (工作目标), and who answers for it (责任分工)."""
        found = find_duties(text.text, self.reader)
        titled = split_title(_without(text, found), heads=True)
        if _GENERAL.match(titled.title.text) and not found:
            self._section(entry, titled, entry.marker.label)
            self.out.general += [part.text for part in entry.walk()]
            return True
        if found and _DIVISION.match(titled.title.text) and not titled.body.text.strip("\n。 "):
            self._section(entry, titled, entry.marker.label)
            self.divided = found
            return True
        return False

    @staticmethod
    def _lend(items: list[ItemDraft]) -> None:
        """A clause behind the last of several items without clauses holds for all of them."""
        if len(items) > 1 and items[-1].parsed and not any(item.duties for item in items[:-1]):
            for item in items[:-1]:
                item.borrowed = items[-1].parsed

    @staticmethod
    def _opens(titled: Titled, below: list[bool]) -> bool:
        """Does an entry with children open a deeper section (its children are the items)?"""
        if any(below):
            return sum(below) > 1 or len(below) == 1 or below[0]
        return titled.own and not titled.body.text.strip()

    def _item(self, entry: Entry, section: str | None, text: Mapped, found: list[FoundDuty]) -> None:
        number: int | str = int(entry.marker.label) if entry.marker.label.isdecimal() else entry.marker.label
        self._make(number, section, text, found, entry.head)

    def _make(
        self, no: int | str, section: str | None, text: Mapped, found: list[FoundDuty], whole: Mapped
    ) -> None:
        titled = split_title(_without(text, found))
        duties = [(text.cut(f.start, f.end), f.parsed) for f in found]
        whole = text if len(whole) < len(text) else whole
        self.out.items.append(
            ItemDraft(no, section, titled.title, titled.own, titled.body, duties, whole, titled.line)
        )

    def unnumbered(self, paragraphs: list[Paragraph], section: str | None) -> None:
        """One item a paragraph; a heading line or a line that is only a duty clause joins its neighbour."""
        group: list[Mapped] = []
        for paragraph in paragraphs:
            found = find_duties(paragraph.text, self.reader)
            only_duty = bool(found) and len(_without(paragraph.body, found).text.strip("\n。 ")) == 0
            closed = group and not (
                len(group) == 1 and len(group[0]) < 40 and not group[0].text.endswith("。")
            )
            if closed and not only_duty:
                self._close(group, section)
                group = []
            group.append(paragraph.body)
        self._close(group, section)

    def _close(self, group: list[Mapped], section: str | None) -> None:
        text = lines_of(group)
        if len(text) < _SHORTEST_ITEM:
            return
        found = find_duties(text.text, self.reader)
        if section is None and not found:
            return
        self._make(len(self.out.items) + 1, section, text, found, text)

    def rows(self, rows: list[Paragraph], section: str | None) -> None:
        """One item a row of a table."""
        for row in read_rows(rows):
            self._row(row, section)

    def _row(self, row: Row, section: str | None) -> None:
        if row.section is not None and section is None:
            title = row.section
            if not any(s.title.text == title.text for s in self.out.sections):
                self.out.sections.append(SectionDraft(str(len(self.out.sections) + 1), title, 1, title))
            section = next(s.no for s in self.out.sections if s.title.text == title.text)
        found = find_duties(row.text.text, self.reader)
        text = _without(row.text, found)
        titled = Titled(row.title, text, True) if row.title else split_title(text)
        duties = [(row.text.cut(f.start, f.end), f.parsed) for f in found]
        parsed = self.reader.read_cells([(role, cell.text) for role, cell in row.duties])
        duties += [
            (cell, parsed if i == 0 else ParsedDuty(explicit=True)) for i, (_, cell) in enumerate(row.duties)
        ]
        no = int(row.no) if row.no else len(self.out.items) + 1
        self.out.items.append(
            ItemDraft(no, section, titled.title, titled.own, titled.body, duties, row.whole)
        )

    def share(self) -> None:
        """A clause at a heading holds for its section; so does one behind the last item, where that is usual.

        It is the custom where in every section with several items only the last has a clause.
        """
        several = [self.out.items[a:b] for a, b, _ in self.spans if b - a > 1]
        custom = len(several) > 1 and all(
            items[-1].duties and not any(item.duties for item in items[:-1]) for items in several
        )
        for first, end, found in self.spans:
            items = self.out.items[first:end]
            shared = found[0].parsed if found and found[0].parsed.roles else None
            if shared is None and custom and items:
                shared = items[-1].parsed
            for item in items:
                item.borrowed = shared or item.borrowed


def _item_styles(entries: tuple[Entry, ...], reader: DutyReader) -> frozenset[str]:
    styles = set()
    for parent in (entry for top in entries for entry in top.walk() if entry.children):
        own = [child for child in parent.children if not child.children]
        if sum(bool(find_duties(child.text.text, reader)) for child in own) > 1:
            styles.add(own[0].marker.style)
    return frozenset(styles)


def child_text(entry: Entry) -> Mapped:
    """The text of an entry with everything below it."""
    return lines_of([part.text for part in entry.walk()])


def _has_paragraphs(entry: Entry) -> bool:
    return sum(1 for p in entry.paragraphs if p.text) > 1 and "。" not in entry.paragraphs[0].text


def _without(text: Mapped, found: list[FoundDuty]) -> Mapped:
    """The text with its duty clauses cut out; a line break stands for each."""
    return text.edited([(f.start, f.end, "\n") for f in found])


def _together(parsed: list[ParsedDuty], due: str | None) -> ParsedDuty:
    """Several clauses of one item: the first lead stays lead."""
    roles = settle(tuple(role for one in parsed for role in one.roles))
    return ParsedDuty(
        roles=roles,
        open_list=any(one.open_list for one in parsed),
        due=due,
        blanket=tuple(role for one in parsed for role in one.blanket),
        explicit=True,
        rest=tuple(word for one in parsed for word in one.rest),
        typos=tuple(word for one in parsed for word in one.typos),
    )


def _restore_titles(items: list[ItemDraft]) -> None:
    """Where most items have no title, a short first sentence is no title either; nor is one with figures.

    An item that is nothing but its title has its duty there.
    """
    rare = sum(item.own_title for item in items) * 2 < len(items)
    for item in items:
        alone = not item.pieces.text.strip()
        if item.own_title and (
            alone or (rare and not item.title_line) or _QUANTIFIED.search(item.title.text)
        ):
            item.own_title = False
            item.pieces = lines_of([item.title, item.pieces]) if item.pieces.text.strip() else item.title


def _blankets(items: list[ItemDraft]) -> None:
    """`以下均需各县区落实，不再列出`: from there on for every item."""
    running: tuple[Role, ...] = ()
    for item in items:
        new = tuple(role for _, parsed in item.duties for role in parsed.blanket)
        running = (*running, *(role for role in new if role not in running))
        item.blanket = running
