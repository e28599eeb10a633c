"""The trial reading: from a file to rows that could be written, and everything there is to say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxLengthValidator

from anlan.kernel import clock, extra
from anlan.kernel.exchange import cells, headings, resolve
from anlan.kernel.exchange.cells import Tidied, Wrong
from anlan.kernel.exchange.reading import Book, Sheet, Unreadable
from anlan.kernel.ledger import Importing, Ledger, kind_of
from anlan.kernel.scope import Actor
from anlan.kernel.writing_many import ManyRows, Outcome

SAME = {"同上", "〃", "″", '"', "''", "”", "同前"}

REGION_NAMES = ("县区", "县市区", "区县", "所在地区", "所属地区", "属地", "辖区", "地区", "行政区划")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say of one cell: where, what stands there, what is wrong and how to mend it."""

    line: int
    subject: str
    column: str
    value: str
    reason: str
    proposal: str = ""
    field: str = ""


@dataclass
class Plan:
    """What a file holds for a ledger.

    `places` are row indexes into `sheet.rows`; `columns` {field: parsed values}, parallel to `places`.
    """

    ledger: Ledger
    sheet: Sheet
    layout: headings.Layout
    places: list[int]
    columns: dict[str, list[Any]]
    notes: list[str]
    subject: str
    wrong: dict[int, list[Finding]] = field(default_factory=dict)
    tidied: list[Finding] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def lines(self) -> list[int]:
        """Line numbers as the spreadsheet shows them."""
        return [place + 1 for place in self.places]

    def many(self, actor: Actor) -> ManyRows:
        """The rows on their way through the door."""
        return many_rows(actor, self.ledger, self.columns, self.places, set(self.wrong))

    def judge(self, actor: Actor) -> None:
        """Add what the database says: present, clashing, outside, alike."""
        self.take(self.many(actor).trial(self._alike()))

    def take(self, outcome: Outcome) -> None:
        """Put the refusals of the door among the findings."""
        self.outcome = outcome
        for place, messages in outcome.refused.items():
            for name, message in messages.items():
                self._add(place, name, message)

    def counts(self) -> dict[str, int]:
        """The figures of the trial: read, created, updated, unchanged, wrong, suspected, tidied."""
        read = {"read": len(self.places), "wrong": len(self.wrong), "tidied": len(self.tidied)}
        return {**read, **figures_of(self.outcome)}

    def wrong_findings(self) -> list[Finding]:
        """Every wrong cell, in the order of the sheet."""
        return [one for place in sorted(self.wrong) for one in self.wrong[place]]

    def findings(self) -> dict[str, list[Finding]]:
        """What opens behind each figure, in the order of the sheet."""
        lines, others = self.lines, self.outcome
        suspected = [
            Finding(
                lines[place],
                self.name_of(place),
                "",
                "",
                "与"
                + (f"第 {lines[other]} 行" if other >= 0 else "台账里的一行")
                + "相同，请确认不是重复登记。",
            )
            for place, other in sorted(others.suspected)
        ]
        return {
            "wrong": self.wrong_findings(),
            "created": [
                Finding(lines[place], self.name_of(place), "", "", "新增") for place in sorted(others.created)
            ],
            "updated": [
                Finding(
                    lines[place],
                    self.name_of(place),
                    "、".join(map(self.label, others.updated[place].previous)),
                    "",
                    "更新",
                )
                for place in sorted(others.updated)
            ],
            "suspected": suspected,
            "tidied": self.tidied,
        }

    def label(self, name: str) -> str:
        """The Chinese name of a field (or of its column)."""
        return self.ledger.label_of(self.ledger.field(name).name) if name else ""

    def name_of(self, place: int) -> str:
        """What the sheet itself calls this row."""
        return headings.as_written(self.raw(place, self.subject))

    def raw(self, place: int, name: str) -> Any:
        """The cell as it stands in the sheet; None where the field has no column."""
        column = self.layout.columns.get(name)
        return None if column is None else self.sheet.rows[self.places[place]][column]

    def _add(self, place: int, name: str, message: str, proposal: str = "") -> None:
        value = headings.as_written(self.raw(place, name))
        finding = Finding(
            self.places[place] + 1, self.name_of(place), self.label(name), value, message, proposal, name
        )
        self.wrong.setdefault(place, []).append(finding)

    def _alike(self) -> list[str]:
        """Fields that make two rows look like one when all are equal: relation, place, day, text."""
        key = self.ledger.importing.key if self.ledger.importing else ()
        told = [name for name in self.columns if name not in {*key, *self.ledger.extra}]
        found = [name for name in told if not self.ledger.field(name).blank
                 and kind_of(self.ledger.field(name)) in {"reference", "date", "text"}]  # fmt: skip
        return found if len(found) > 1 else []


def figures_of(outcome: Outcome) -> dict[str, int]:
    """How many rows the door lets in, changes, leaves, and suspects to be there twice."""
    return {
        "created": len(outcome.created),
        "updated": len(outcome.updated),
        "unchanged": len(outcome.unchanged),
        "suspected": len(outcome.suspected),
    }


def many_rows(
    actor: Actor, ledger: Ledger, columns: Mapping[str, Sequence[Any]], places: list[int], skip: set[int]
) -> ManyRows:
    """`columns` {field: values} of the sheet's rows `places`, known again by the ledger's import key."""
    importing = ledger.importing or Importing()
    if ledger.extra or ledger.only:
        columns = extra.fold_columns(ledger, columns, len(places))
    key = importing.key if all(name in columns for name in importing.key) else ()
    return ManyRows(actor, ledger, columns, lines=[place + 1 for place in places], key=key, skip=skip)


def read(
    path: Path,
    ledger: Ledger,
    actor: Actor,
    *,
    file_name: str = "",
    remembered: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    corrections: Mapping[str, Mapping[str, str]] | None = None,
) -> Plan:
    """Read a file for `ledger`; nothing is written. Raises Unreadable with what to do."""
    book = Book(path)
    sheet, layout, notes = _choose(book, ledger, remembered or {})
    for one in layout.headings:
        if mapping is not None and str(one.column) in mapping:
            one.field = mapping[str(one.column)]
            one.sure = "sure" if one.field else ""
    places, skipped = _data_rows(sheet, layout)
    notes += layout.notes + skipped
    plan = Plan(ledger, sheet, layout, places, {}, notes, subject_field(ledger, layout.columns))
    for name, column in layout.columns.items():
        raw = _filled(plan, name, column)
        _parse(plan, actor, name, raw, (corrections or {}).get(name, {}), file_name)
    _report_faults(plan)
    _check_rows(plan)
    return plan


def labels(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """{field: its names, best first} of all that a sheet may bring."""
    importing = ledger.importing or Importing()
    titles = {one.field.partition("__")[0]: one.label for one in ledger.columns if one.label}
    found = {}
    for name in ledger.import_fields:
        verbose = str(ledger.field(name).verbose_name)
        usual = REGION_NAMES if resolve.kind_of(ledger.field(name)) == "region" else ()
        names = (
            ledger.label_of(name),
            titles.get(name, ""),
            verbose,
            *importing.synonyms.get(name, ()),
            *usual,
        )
        found[name] = tuple(dict.fromkeys(one for one in names if one))
    return found


def _choose(
    book: Book, ledger: Ledger, remembered: Mapping[str, str]
) -> tuple[Sheet, headings.Layout, list[str]]:
    """The visible sheet whose header fits best; the others are told."""
    wanted = labels(ledger)
    best: tuple[float, Sheet, headings.Layout] | None = None
    for name in book.names:
        sheet = book.sheet(name)
        layout = headings.find(sheet.rows, sheet.merges, wanted, remembered)
        if layout and (best is None or layout.score > best[0]):
            best = (layout.score, sheet, layout)
    if best is None:
        asked = "、".join(f"“{names[0]}”" for names in list(wanted.values())[:6])
        raise Unreadable(
            f"没有找到表头：前 {headings.LOOK_AT} 行里没有{asked}这样的列名。请补上表头，或下载模板填写。"
        )
    _, sheet, layout = best
    notes = []
    others = [name for name in book.names if name != sheet.name]
    if others:
        notes.append(f"读的是工作表“{sheet.name}”；{'、'.join(others)}没有读")
    if book.hidden:
        notes.append(f"隐藏的工作表没有读：{'、'.join(book.hidden)}")
    if sheet.hidden_rows or sheet.hidden_columns:
        notes.append(f"有隐藏的行 {sheet.hidden_rows} 行、列 {sheet.hidden_columns} 列，照样读入")
    return sheet, layout, notes


def _data_rows(sheet: Sheet, layout: headings.Layout) -> tuple[list[int], list[str]]:
    places, skipped = [], {"total": 0, "blank": 0, "foot": 0}
    rows = sheet.rows
    for place in range(layout.body, len(rows)):
        row = rows[place]
        kind = "data"
        # Most rows are plain data, which two quick looks tell.
        if not any(row) or any(
            cell.__class__ is str and ("计" in cell or ":" in cell or "：" in cell) for cell in row[:4]
        ):
            kind = headings.kind_of_row(row)
        if kind == "data":
            places.append(place)
        else:
            skipped[kind] += 1
    names = {"total": "合计", "foot": "落款"}
    return places, [
        f"跳过{names[kind]} {count} 行" for kind, count in skipped.items() if count and kind in names
    ]


def subject_field(ledger: Ledger, mapped: Iterable[str]) -> str:
    """The field by which the person knows a row again: of relations and the title what the ledger's sheet
    names first, or whatever comes first."""
    names = list(mapped)
    told = [
        name
        for name in ledger.import_fields
        if name == ledger.title or kind_of(ledger.field(name)) == "reference"
    ]
    return next((name for name in (*told, *names) if name in names), "")


def _filled(plan: Plan, name: str, column: int) -> list[Any]:
    """The column's cells, with merged cells, 同上 and declared gaps taken from above."""
    rows = plan.sheet.rows
    for (top, left), (bottom, _) in plan.sheet.merges:
        if left == column and bottom > top >= plan.layout.body:
            for place in range(top + 1, min(bottom + 1, len(rows))):
                rows[place][column] = rows[top][column]
    raw = [rows[place][column] for place in plan.places]
    down = plan.ledger.importing is not None and name in plan.ledger.importing.fill_down
    if not down and SAME.isdisjoint(raw):
        return raw
    for n, cell in enumerate(raw):
        if (cell.__class__ is str and cell.strip() in SAME) or (down and cell == "" and n):
            above = raw[n - 1] if n else ""
            raw[n] = rows[plan.places[n]][column] = above
            if above != "":
                plan.tidied.append(
                    Finding(
                        plan.places[n] + 1,
                        plan.name_of(n),
                        plan.label(name),
                        headings.as_written(cell),
                        f"{headings.as_written(cell) or '空'} → {headings.as_written(above)}（同上一行）",
                    )
                )
    return raw


def _parse(
    plan: Plan, actor: Actor, name: str, raw: list[Any], corrections: Mapping[str, str], file_name: str
) -> None:
    """One column through its parser; equal cells are parsed once."""
    parse = _parser(plan, name, file_name)
    if resolve.kind_of(plan.ledger.field(name)):
        parse = _with_references(plan, actor, name, raw, corrections, parse)
    values: list[Any] = []
    known: dict[Any, Any] = {}
    append, get = values.append, known.get
    for place, cell in enumerate(raw):
        if cell == "":
            append(None)
            continue
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        found = get(key)
        if found is None:
            read = corrections.get(cell.strip(), cell) if corrections and cell.__class__ is str else cell
            found = parse(read)
            if read is not cell and not isinstance(found, Wrong):
                found = Tidied(
                    found.value if isinstance(found, Tidied) else found, f"{cell} → {read}（按您的更正）"
                )
            if len(known) < 50_000:
                known[key] = found
        if found.__class__ is Wrong:
            plan._add(place, name, found.message, found.proposal)
            found = None
        elif found.__class__ is Tidied:
            line = plan.places[place] + 1
            plan.tidied.append(
                Finding(line, plan.name_of(place), plan.label(name), headings.as_written(cell), found.note)
            )
            found = found.value
        append(found)
    plan.columns[name] = values


def _parser(plan: Plan, name: str, file_name: str) -> cells.Parse:
    model_field = plan.ledger.field(name)
    year, source = plan.layout.year, plan.layout.year_from
    if year is None:
        match = headings._YEAR.search(file_name)
        year, source = (int(match[1]), "文件名") if match else (clock.today().year, "今年")
    unit = next((one.unit for one in plan.ledger.columns if one.field == name), "")
    scale = next((one.scale for one in plan.layout.headings if one.field == name), 1)
    parse = parser_of(model_field, year, source, scale if unit == "元" else 1, unit)
    tidied = getattr(model_field, "tidied", None)
    if tidied is not None:
        parse = _tidied(parse, tidied)
    checks = [
        one for one in model_field.validators if not isinstance(one, MaxLengthValidator | DecimalValidator)
    ]
    return _checked(parse, checks) if checks else parse


def parser_of(
    model_field: Any, year: int, source: str = "今年", scale: int = 1, unit: str = ""
) -> cells.Parse:
    """How cells become values of this field, by its kind."""
    match kind_of(model_field):
        case "choice":
            return cells.parse_choice(getattr(model_field, "offered", model_field.flatchoices))
        case "flag":
            return cells.parse_flag
        case "date":
            return cells.parse_date(year, source)
        case "moment":
            return cells.parse_moment(year, source)
        case "integer":
            return cells.parse_integer
        case "decimal":
            places = getattr(model_field, "decimal_places", None)
            digits = getattr(model_field, "max_digits", None)
            return cells.parse_decimal(
                6 if places is None else places, digits or 18, scale, [unit] if unit else ()
            )
        case _:
            return cells.parse_text(model_field.max_length, lines=model_field.max_length is None)


def _tidied(parse: cells.Parse, tidied: Callable[[str], str]) -> cells.Parse:
    """The parser followed by the field's own way of writing: a stored row is known again by it."""

    def run(cell: Any) -> Any:
        found = parse(cell)
        value = found.value if isinstance(found, Tidied) else found
        if not isinstance(value, str) or tidied(value) == value:
            return found
        note = f"{found.note}；" if isinstance(found, Tidied) else ""
        return Tidied(tidied(value), f"{note}{value} → {tidied(value)}")

    return run


def _checked(parse: cells.Parse, checks: Iterable[Callable[[Any], None]]) -> cells.Parse:
    """The parser followed by the field's own validators."""

    def run(cell: Any) -> Any:
        found = parse(cell)
        value = found.value if isinstance(found, Tidied) else found
        if value is None or isinstance(value, Wrong):
            return found
        try:
            for check in checks:
                check(value)
        except ValidationError as error:
            return Wrong("；".join(error.messages))
        return found

    return run


def _with_references(
    plan: Plan, actor: Actor, name: str, raw: list[Any], corrections: Mapping[str, str], parse: cells.Parse
) -> cells.Parse:
    """Look all names of the column up at once, then answer from what was found."""
    words = cells.parse_text()
    read = (
        words(corrections.get(cell.strip(), cell) if cell.__class__ is str else cell) for cell in set(raw)
    )
    texts = {found.value if isinstance(found, Tidied) else found for found in read}
    known = resolve.resolve(actor, plan.ledger.field(name), {text for text in texts if isinstance(text, str)})

    def look_up(cell: Any) -> Any:
        text = words(cell)
        text = text.value if isinstance(text, Tidied) else text
        return known[text] if isinstance(text, str) else text

    return look_up


def _report_faults(plan: Plan) -> None:
    """Cells whose formula gave no value."""
    if not plan.sheet.faults:
        return
    by_column = {column: name for name, column in plan.layout.columns.items()}
    place_of = {row: place for place, row in enumerate(plan.places)}
    for (row, column), text in plan.sheet.faults.items():
        if row in place_of and column in by_column:
            message = f"公式的结果是“{text}”。请改成值（复制后选择性粘贴为数值）再传。"
            plan._add(place_of[row], by_column[column], message)


def _check_rows(plan: Plan) -> None:
    """The ledger's own check, for rows that have no other fault."""
    check = plan.ledger.importing.check if plan.ledger.importing else None
    if check is None:
        return
    names = list(plan.columns)
    for place, values in enumerate(zip(*plan.columns.values(), strict=True)):
        if place not in plan.wrong:
            for name, message in (check(dict(zip(names, values, strict=True))) or {}).items():
                plan._add(place, name, message)
