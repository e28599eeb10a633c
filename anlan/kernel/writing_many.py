"""Many rows through the door at once, with what `writing.write` does for one.

May the actor? → which rows are there already? → put the values in → validate → still theirs to see? →
save → record → what follows. The work is done per column and per statement, not per row; a row that
is refused leaves the others alone. All of it stands in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from anlan.kernel import audit, audit_many, extra
from anlan.kernel.ledger import Ledger
from anlan.kernel.models import placed
from anlan.kernel.scope import Actor
from anlan.kernel.shadow import Shadow, expect_many, run, unique_sets
from anlan.kernel.wording import broken_rule, reworded
from anlan.kernel.writing import BY_MOVES, require, state_fields

STEP = 20_000
OUTSIDE = "写入后这一行不在您的职责范围内。请核对区划、单位或行业。"
Tick = Callable[[int], None]


@dataclass
class Outcome:
    """What became of the rows, by their place in the sheet.

    `refused` {place: {field: what is wrong}}, "" for the whole row; `created` {place: id} (in a trial
    negative numbers stand in for ids); `updated` {place: Changed}; `unchanged` places.
    """

    refused: dict[int, dict[str, str]] = field(default_factory=dict)
    created: dict[int, int] = field(default_factory=dict)
    updated: dict[int, Changed] = field(default_factory=dict)
    unchanged: set[int] = field(default_factory=set)
    suspected: list[tuple[int, int]] = field(default_factory=list)

    def refuse(self, place: int, name: str, message: str) -> None:
        """Keep the first message for a field."""
        self.refused.setdefault(place, {}).setdefault(name, message)


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored row, the version it now has, and the stored values that it had."""

    id: int
    version: int
    previous: dict[str, Any]


class ManyRows:
    """One run of many rows for one ledger.

    `columns` is {field: values}, all equally long, None where a cell says nothing: a new row then gets
    the default, a stored one keeps what it has. `key` are the fields by which stored rows are
    recognised; `lines` the line numbers that messages may name; `skip` the places to leave alone.
    """

    def __init__(
        self,
        actor: Actor,
        ledger: Ledger,
        columns: Mapping[str, Sequence[Any]],
        *,
        lines: Sequence[int],
        key: Sequence[str] = (),
        skip: set[int] | None = None,
    ) -> None:
        self.actor, self.ledger, self.model, self.lines = actor, ledger, ledger.model, lines
        meta = self.model._meta
        self.fields: list[Any] = [one for one in meta.concrete_fields if not one.generated]
        self.names = [one.attname for one in self.fields]
        self.given = {meta.get_field(name).attname: values for name, values in columns.items()}  # type: ignore[union-attr]
        told = [(n, one) for n, one in enumerate(self.fields) if not one.primary_key]
        silent = audit.SKIPPED | self.model.derived
        self._told = [(n, one.attname) for n, one in told if one.attname not in silent]
        alike = (models.CharField, models.TextField, models.IntegerField,
                 models.DecimalField, models.ForeignKey)  # fmt: skip
        self._special = {
            one.attname
            for _, one in told
            if any(word in one.attname for word in audit.HIDDEN)
            or not (isinstance(one, alike) or type(one) is models.DateField)
        }
        self.key = tuple(meta.get_field(name).attname for name in key)  # type: ignore[union-attr]
        self.places = [place for place in range(len(lines)) if place not in (skip or ())]
        self.outcome = Outcome()
        self.before: dict[int, tuple[Any, ...]] = {}
        self.rows: dict[int, list[Any]] = {}
        self.slow = bool(ledger.prepare or self.model.derived) or self.model.clean is not models.Model.clean

    def trial(self, alike: Sequence[str] = ()) -> Outcome:
        """What writing would do, without doing it; `alike` are fields by which duplicates are suspected."""
        with transaction.atomic():
            shadow = self._judge(lock=False)
            if alike and self.rows:
                columns = [self._column(self.model._meta.get_field(name).attname) for name in alike]  # type: ignore[union-attr]
                found = [
                    (place, other)
                    for place, other in shadow.clashes(columns)
                    if place in self.outcome.created
                ]
                self.outcome.suspected = self._visible_suspects(found)
            shadow.drop()
        return self.outcome

    def write(self, *, note: str = "", batch: str = "", tick: Tick | None = None) -> Outcome:
        """Write what can be written, record it, and let follow what follows."""
        with transaction.atomic():
            shadow = self._judge(lock=True)
            expect_many(self.model._meta.db_table, audit_many.TABLE)
            self._save(shadow, tick or (lambda done: None))
            shadow.drop()
            self._record(note, batch)
            self._follow()
        return self.outcome

    def _follow(self) -> None:
        """What hangs on a changed row, and what the ledger itself lets follow."""
        if not (self.ledger.follow or self.outcome.updated):
            return
        for place, row in self._instances():
            if place in self.outcome.updated:
                placed.follow(row, self._changed(place))
            if self.ledger.follow and place not in self.outcome.unchanged:
                self.ledger.follow(self.actor, row, self._differences(place))

    # What would become of the rows -----------------------------------------------------------------

    def _judge(self, lock: bool) -> Shadow:
        require(self.actor, self.ledger.permission("import"))
        shadow = Shadow(self.model)
        self._match(shadow, lock)
        self._compose(lock)
        if self.slow:
            self._prepare()
        self._require_filled()
        self._fill(shadow)
        for pk in shadow.outside(self.actor):
            self.outcome.refuse(self._place_of[pk], self._region_name(), OUTSIDE)
        for constraint, broken in shadow.breaking():
            for pk in broken:
                self.outcome.refuse(self._place_of[pk], *broken_rule(self.model, constraint))
        for columns in unique_sets(self.model):
            if columns == self.key:
                continue
            for place, other in shadow.clashes([self._column(name) for name in columns]):
                self.outcome.refuse(place, self._field_name(columns[-1]), self._taken(columns, other))
        self._drop_refused(shadow)
        return shadow

    def _match(self, shadow: Shadow, lock: bool) -> None:
        """Find the stored rows that the sheet speaks of; the second line about one row is refused."""
        if not self.key or not all(name in self.given for name in self.key):
            return
        keys = [self.given[name] for name in self.key]
        wanted = [(place, *(values[place] for values in keys)) for place in self.places]
        wanted = [one for one in wanted if None not in one]
        earlier: dict[tuple[Any, ...], int] = {}
        for place, *values in wanted:
            first = earlier.setdefault(tuple(values), place)
            if first != place:
                self.outcome.refuse(place, self._field_name(self.key[-1]), self._taken(self.key, first))
        if not earlier:
            return
        firsts = set(earlier.values())
        found: dict[int, list[int]] = {}
        columns = [self._column(name) for name in self.key]
        for place, pk in shadow.matches(columns, (one for one in wanted if one[0] in firsts)):
            found.setdefault(place, []).append(pk)
        stored = self._stored(sorted(pk for ids in found.values() for pk in ids), shadow, lock)
        for place, ids in found.items():
            if len(ids) > 1:
                self.outcome.refuse(
                    place,
                    self._field_name(self.key[-1]),
                    f"台账里有 {len(ids)} 行与此相同，无法判断更新哪一行。",
                )
            elif ids[0] not in stored:
                self.outcome.refuse(
                    place, self._field_name(self.key[-1]), "台账里已有同样的一行，但不在您的职责范围内。"
                )
            elif not self.actor.may(self.ledger.permission("change")):
                self.outcome.refuse(
                    place, self._field_name(self.key[-1]), "台账里已有这一行，您的岗位不能修改。"
                )
            else:
                self.before[place] = stored[ids[0]]

    def _stored(self, ids: list[int], shadow: Shadow, lock: bool) -> dict[int, tuple[Any, ...]]:
        if lock and ids:
            run(
                sql.SQL("SELECT 1 FROM {} WHERE id = ANY(%s) ORDER BY id FOR UPDATE").format(shadow.real),
                [ids],
            )
        position = self.names.index(self.model._meta.pk.attname)
        found = {}
        for start in range(0, len(ids), STEP):
            rows = self.model.objects.visible_to(self.actor).filter(pk__in=ids[start : start + STEP])
            found.update({row[position]: row for row in rows.values_list(*self.names)})
        return found

    def _compose(self, lock: bool) -> None:
        """The values that each row would have, in the order of the table's columns."""
        blank = self._blank_row()
        at = {name: place for place, name in enumerate(self.names)}
        given = [(at[name], values) for name, values in self.given.items()]
        fresh = [
            place for place in self.places if place not in self.before and place not in self.outcome.refused
        ]
        if fresh and not self.actor.may(self.ledger.permission("add")):
            for place in fresh:
                self.outcome.refuse(place, "", "台账里没有这一行，您的岗位不能新增。")
            fresh = []
        ids = self._new_ids(len(fresh), lock)
        pk, version = at[self.model._meta.pk.attname], at["version"]
        for place, identity in zip(fresh, ids, strict=True):
            row = blank.copy()
            for position, values in given:
                value = values[place]
                if value is not None:
                    row[position] = value
            row[pk], row[version] = identity, 1
            self.rows[place] = row
            self.outcome.created[place] = identity
        states = [(at[name], name) for name in state_fields(self.model)]
        for place, before in self.before.items():
            row = list(before)
            for position, values in given:
                value = values[place]
                if value is not None:
                    row[position] = extra.over(row[position], value)
            self.rows[place] = row
            for position, name in states:
                if row[position] != before[position]:
                    self.outcome.refuse(place, name, BY_MOVES)

    def _blank_row(self) -> list[Any]:
        template = self.model(**self.ledger.first_values(self.actor))
        return [None if one.primary_key else one.pre_save(template, True) for one in self.fields]

    def _new_ids(self, count: int, real: bool) -> Sequence[int]:
        if not real:
            return range(-1, -count - 1, -1)
        table = connection.ops.quote_name(self.model._meta.db_table)
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [pk for (pk,) in run(query, [table, count])]

    def _prepare(self) -> None:
        """What a declared hook and the model's own `clean` say, row by row.

        Given values were judged when they were read: of the fields, those that the hook changed are checked,
        each value once.
        """
        names = {one.name for one in self.fields}
        fine: set[tuple[str, Any]] = set()
        plain = [(one.name, one.attname, n) for n, one in enumerate(self.fields) if not one.is_relation]
        for place, row in self._instances():
            given = self.rows[place]
            try:
                if self.ledger.prepare:
                    self.ledger.prepare(self.actor, row)
                row.derive()
                new = {
                    name: value for name, attname, n in plain if (value := getattr(row, attname)) != given[n]
                }
                once = {(name, value) for name, value in new.items() if isinstance(value, Hashable)}
                row.clean_fields(exclude=names - new.keys() | {name for name, _ in once & fine})
                row.clean()
                fine |= once
            except ValidationError as error:
                found = reworded(error).message_dict if hasattr(error, "error_dict") else {"": error.messages}
                for name, texts in found.items():
                    self.outcome.refuse(place, name if name != "__all__" else "", "；".join(texts))
            else:
                self.rows[place] = [getattr(row, name) for name in self.names]

    def _instances(self) -> Iterator[tuple[int, Any]]:
        joined = list(self._joined())
        for place, values in list(self.rows.items()):
            if place not in self.outcome.refused:
                row = self.model.from_db(None, self.names, values)
                row._state.adding = place in self.outcome.created  # new rows have their key beforehand
                for one, position, known in joined:
                    if values[position] in known:
                        one.set_cached_value(row, known[values[position]])
                yield place, row

    def _joined(self) -> Iterator[tuple[Any, int, dict[Any, Any]]]:
        """What the list joins, a hook asks for as well: read once for all rows."""
        for name in dict.fromkeys(path.partition("__")[0] for path in self.ledger.select):
            one: Any = self.model._meta.get_field(name)
            position = self.names.index(one.attname)
            ids = {values[position] for values in self.rows.values()} - {None}
            rows = one.related_model.objects.unscoped("what rows refer to was judged when they were read")
            yield one, position, rows.in_bulk(ids)

    def _require_filled(self) -> None:
        """What a form would not let empty; stored rows are held to what they already keep."""
        for position, one in enumerate(self.fields):
            if one.blank or one.primary_key or not one.editable or one.has_db_default():
                continue
            for place in self.outcome.created:
                if self.rows[place][position] in (None, ""):
                    missing = (
                        f"{one.verbose_name}必填"
                        if one.attname in self.given
                        else f"文件里没有“{one.verbose_name}”一列，新增时必填"
                    )
                    self.outcome.refuse(place, one.name, missing + "。")

    def _fill(self, shadow: Shadow) -> None:
        """Sort out what does not change, number the versions, and hand the rows to the database."""
        version = self.names.index("version")
        for place, before in self.before.items():
            if place in self.outcome.refused:
                continue
            row = self.rows[place]
            if all(old == new for old, new in zip(before, row, strict=True)):
                self.outcome.unchanged.add(place)
                continue
            row[version] += 1
            self.outcome.updated[place] = Changed(
                row[self._pk], row[version], dict(self._previous(before, row))
            )
        settled = {*self.outcome.refused, *self.outcome.unchanged}
        live = [place for place in sorted(self.rows) if place not in settled]
        self._place_of = {self.rows[place][self._pk]: place for place in live}
        columns = [one.column for one in self.fields]
        prepared = [one.get_db_prep_save if _needs_preparation(one) else None for one in self.fields]
        created = self.outcome.created
        constant = self._constants(live)
        for position, value in constant.items():
            one = self.fields[position]
            shadow.constant(
                one.column, one.get_db_prep_save(value, connection) if prepared[position] else value
            )
        moving = [position for position in range(len(columns)) if position not in constant]
        special = [(n, prepared[position]) for n, position in enumerate(moving) if prepared[position]]

        def lines() -> Iterator[list[Any]]:
            for place in live:
                row = self.rows[place]
                line = [row[position] for position in moving]
                for n, prepare in special:
                    line[n] = prepare(line[n], connection)  # type: ignore[misc]
                yield [place, place in created, *line]

        shadow.fill([columns[position] for position in moving], lines())

    def _constants(self, live: list[int]) -> dict[int, Any]:
        """Columns in which all rows agree because nobody touched them: they need not travel."""
        if self.before or self.slow or not live:
            return {}
        first = self.rows[live[0]]
        free = [n for n, name in enumerate(self.names) if name not in self.given and n != self._pk]
        return {position: first[position] for position in free if first[position] is not None}

    def _drop_refused(self, shadow: Shadow) -> None:
        gone = [place for place in self.outcome.refused if place in self.rows]
        for place in gone:
            del self.rows[place]
            self.outcome.created.pop(place, None)
            self.outcome.updated.pop(place, None)
        shadow.remove(gone)

    def _visible_suspects(self, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
        ids = {-other for _, other in found if other < 0}
        mine = self.model.objects.visible_to(self.actor)
        seen = set(mine.filter(pk__in=ids).values_list("pk", flat=True))
        return [(place, other) for place, other in found if other >= 0 or -other in seen]

    # Writing ---------------------------------------------------------------------------------------

    def _save(self, shadow: Shadow, tick: Tick) -> None:
        columns = [one.column for one in self.fields]
        if self.outcome.updated:
            shadow.update([name for name in columns if name != "id"])
        last = max(self.outcome.created, default=-1)
        for first in range(0, last + 1, STEP):
            self._insert(shadow, columns, first, min(first + STEP - 1, last))
            tick(min(first + STEP, last + 1))
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")

    def _insert(self, shadow: Shadow, columns: list[str], first: int, last: int) -> None:
        """Insert a span; where the database objects, halve it until the row is found."""
        try:
            with transaction.atomic():
                shadow.insert(columns, first, last)
        except IntegrityError as error:
            if first < last:
                middle = (first + last) // 2
                self._insert(shadow, columns, first, middle)
                self._insert(shadow, columns, middle + 1, last)
            elif first in self.outcome.created:
                name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
                constraint = next((one for one in self.model._meta.constraints if one.name == name), None)
                self.outcome.refuse(first, *broken_rule(self.model, constraint))
                self._drop_refused(shadow)

    def _record(self, note: str, batch: str) -> None:
        regions, subject = self._regions(), self._subject()

        def acts() -> Iterator[audit_many.Act]:
            for place, row in self.rows.items():
                if place not in self.outcome.unchanged:
                    act = "add" if place in self.outcome.created else "change"
                    yield act, row[self._pk], subject(row), regions(row), self._changed(place)

        audit_many.record_many(self.actor, self.ledger, acts(), note=note, batch=batch)

    def _changed(self, place: int) -> dict[str, list[Any]]:
        """As `audit.differences` tells them; days and Decimals are left to the JSON encoder."""
        row, before = self.rows[place], self.before.get(place)
        if before is None:
            found = {name: [None, row[n]] for n, name in self._told if row[n] not in (None, "", [], {})}
        else:
            found = {name: [before[n], row[n]] for n, name in self._told if before[n] != row[n]}
        for name in self._special & found.keys():
            hidden = any(word in name for word in audit.HIDDEN)
            found[name] = ["•", "•"] if hidden else [audit.plain(one) for one in found[name]]
        return found

    def _differences(self, place: int) -> dict[str, list[Any]]:
        return {name: [audit.plain(one) for one in pair] for name, pair in self._changed(place).items()}

    def _previous(self, before: tuple[Any, ...], row: list[Any]) -> Iterator[tuple[str, Any]]:
        for n, one in enumerate(self.fields):
            if before[n] != row[n] and one.attname != "version":
                yield (
                    one.attname,
                    one.value_to_string(self.model.from_db(None, self.names, before))
                    if before[n] is not None
                    else None,
                )

    def _regions(self) -> Callable[[list[Any]], str]:
        lookup = self.model.scope.region
        if not lookup:
            return lambda row: ""
        if lookup in self.names:
            position = self.names.index(lookup)
            return lambda row: str(row[position] or "")
        ids = [row[self._pk] for row in self.rows.values()]
        rows = self.model.objects.unscoped("the place of rows just written").filter(pk__in=ids)
        known = dict(rows.values_list("pk", lookup))
        return lambda row: str(known.get(row[self._pk]) or "")

    def _subject(self) -> Callable[[list[Any]], str]:
        title = self.ledger.title
        if title in self.names:
            position = self.names.index(title)
            return lambda row: f"{self.ledger.noun} {row[position]}"
        # Beforehand: a row's words may ask the database, which does not answer while the record streams in.
        made = ((row[self._pk], self.model.from_db(None, self.names, row)) for row in self.rows.values())
        words = {pk: self.ledger.subject(one) for pk, one in made}
        return lambda row: words[row[self._pk]]

    # Names -----------------------------------------------------------------------------------------

    @property
    def _pk(self) -> int:
        return self.names.index("id")

    def _column(self, attname: str) -> str:
        return str(self.fields[self.names.index(attname)].column)

    def _field_name(self, attname: str) -> str:
        return str(self.fields[self.names.index(attname)].name)

    def _region_name(self) -> str:
        lookup = (self.model.scope.region or "").partition("__")[0]
        return lookup if lookup in {one.name for one in self.fields} else ""

    def _taken(self, names: Sequence[str], other: int) -> str:
        labels = "、".join(str(self.fields[self.names.index(name)].verbose_name) for name in names)
        where = f"第 {self.lines[other]} 行" if other >= 0 else "台账里已有的一行"
        return f"{labels}与{where}相同。请核对，只留一行。"


def _needs_preparation(one: Any) -> bool:
    """Fields whose stored form is not what Python holds."""
    home = ("django.db.models", "django.contrib.postgres", "anlan.kernel.scope")
    return isinstance(one, models.JSONField) or not type(one).__module__.startswith(home)
