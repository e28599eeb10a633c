"""What a ledger is: the declaration from which list, form, detail, import, export and tests are made.

A domain writes one `Ledger(...)` in its `domain.py`. Whatever a declaration leaves out is derived
from the model: labels from verbose names, kinds from field types, choices from the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from anlan.kernel.scope import Actor, PathField, ScopedModel


class DeclarationError(RuntimeError):
    """A declaration names something that is not there; the message says which and where."""


KINDS: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.BooleanField, "flag"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "decimal"),
    (models.IntegerField, "integer"),
    (models.ForeignKey, "reference"),
    (models.JSONField, "json"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


def kind_of(model_field: models.Field[Any, Any]) -> str:
    """choice, flag, date, moment, decimal, integer, reference, json or text."""
    if model_field.choices:
        return "choice"
    return next((kind for base, kind in KINDS if isinstance(model_field, base)), "text")


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    """The model field at "name" or "relation__name"; raises DeclarationError where there is none."""
    found: Any = None
    for part in path.split("__"):
        if model is None:
            raise DeclarationError(f"{path}: {part} follows a field that is no relation")
        try:
            found = model._meta.get_field(part)
        except Exception as error:
            raise DeclarationError(f"{model.__name__} has no field {part} (in {path})") from error
        model = getattr(found, "related_model", None)  # type: ignore[assignment]
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Column:
    """One column of a list and of its export.

    `field` is a field path; `cell` draws it from the row where the kind's own drawing is not enough;
    `value` gives the export's value likewise. `link` makes it the row's link to its detail page.
    `css` are classes of the stylesheet (c-due, c-t, …) by which the phone layout finds the cell.
    `reads` names what `cell` and `value` read beside `field`: where all chosen columns with either of the two
    say so, a list loads these columns of the table and no others.
    """

    field: str
    label: str = ""
    unit: str = ""
    shown: bool = True
    link: bool = False
    css: str = ""
    cell: Callable[[Any], SafeString] | None = None
    value: Callable[[Any], Any] | None = None
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filter:
    """One choice of the filter line, kept in the address bar under `field`.

    `kind` is derived from the field: choice, flag, date (a range), integer and decimal (ranges),
    reference (a picker), text (contains). `due` is a range of last days over a moment that is the first
    one too late. `picker` names a picker address; a picker on a region
    filters by path (`under`). `apply` replaces the condition; `asks` does where it depends on who
    asks (what waits for me).
    """

    field: str
    label: str = ""
    kind: str = ""
    more: bool = False
    picker: str = ""
    options: Callable[[], Iterable[tuple[str, str]]] | None = None
    apply: Callable[[str], Q] | None = None
    asks: Callable[[Actor, str], Q] | None = None


@dataclass(frozen=True)
class View:
    """A named filter line that everybody has: a link above the list, with a count if wanted."""

    key: str
    label: str
    query: Mapping[str, str] = field(default_factory=dict)
    count: bool = True


@dataclass(frozen=True)
class Section:
    """Fields that stand together in the form and in the detail page."""

    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """A further part of the detail page: `rows(actor, row)` gives what `template` draws, None for no part."""

    label: str
    template: str
    rows: Callable[[Actor, Any], Mapping[str, Any] | None]
    side: bool = False


@dataclass(frozen=True)
class Importing:
    """How a sheet becomes rows.

    `fields` in template order (default: the form's); `key` names the fields by which an existing row
    is recognised and updated; `synonyms` maps a field to further headings met in real sheets;
    `fill_down` are fields whose empty cells repeat the cell above (merged cells, 同上); `check` sees
    the parsed values of a row and returns {field: what is wrong and how to mend it}.
    """

    fields: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fill_down: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    example: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Blank:
    """The empty page in three parts: how it stands, on what ground, what to do next."""

    state: str
    basis: str = ""
    act: str = ""


@dataclass(frozen=True)
class Ledger:
    """The declaration of one ledger. `key` is its address, its permission prefix and its test id.

    A ledger may be made from data (`FAMILIES` of the registry): `base` is then the key of the ledger whose
    permissions and kept totals it shares, `only` the columns that are the same in all its rows, `extra` the
    fields that are kept together in the JSON column `kept_in` (see `kernel.extra`). `writers` says which
    posts may write here beside holding the permission (an office of a province or a city). `serial`: the
    letters before a row's running number on its pages (YH0000059), by which it is found as well.
    """

    key: str
    model: type[ScopedModel]
    label: str
    noun: str
    columns: tuple[Column, ...]
    menu: str = "settings"
    icon: str = "list"
    title: str = ""
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] = ()
    serial: str = ""
    search_hint: str = ""
    order: tuple[str, ...] = ("-id",)
    order_label: str = "按登记从新到旧"
    views: tuple[View, ...] = ()
    form: tuple[Section, ...] = ()
    detail: tuple[Section, ...] = ()
    panels: tuple[Panel, ...] = ()
    importing: Importing | None = None
    totals: tuple[str, ...] = ()
    pickers: Mapping[str, str] = field(default_factory=dict)
    masked: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    defaults: Callable[[Actor], Mapping[str, Any]] | None = None
    prepare: Callable[[Actor, Any], None] | None = None
    follow: Callable[[Actor, Any, Mapping[str, Any]], None] | None = None
    blank: Blank | None = None
    add_label: str = ""
    acts: frozenset[str] = frozenset({"add", "change", "remove", "import", "export"})
    writers: Callable[[Actor], bool] | None = None
    in_menu: bool = True
    base: str = ""
    only: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, models.Field[Any, Any]] = field(default_factory=dict)
    kept_in: str = ""

    def permission(self, act: str) -> str:
        """The permission that a seat needs for `act`."""
        return f"{self.base or self.key}.{act}"

    @cached_property
    def form_fields(self) -> tuple[str, ...]:
        """All fields of the form in order."""
        return tuple(name for section in self.form for name in section.fields)

    @cached_property
    def import_fields(self) -> tuple[str, ...]:
        """The fields a sheet may bring."""
        return (self.importing.fields if self.importing else ()) or self.form_fields

    @cached_property
    def related(self) -> tuple[str, ...]:
        """Relations that all columns together need joined."""
        return self.joined(self.columns)

    def joined(self, columns: Iterable[Column]) -> tuple[str, ...]:
        """Relations that a list of these columns needs joined."""
        found = dict.fromkeys(self.select)
        for column in columns:
            if column.field in self.extra:
                continue
            if "__" in column.field:
                found[column.field.rpartition("__")[0]] = None
            elif column.cell is None and kind_of(self.field(column.field)) == "reference":
                found[column.field] = None
        return tuple(found)

    def field(self, path: str) -> models.Field[Any, Any]:
        """The model field at `path`, or the extra one of that name."""
        return self.extra[path] if path in self.extra else field_at(self.model, path)

    @property
    def add_words(self) -> str:
        """What the button for a new row says: 登记隐患, unless the declaration has words of its own."""
        return self.add_label or f"登记{self.noun}"

    def label_of(self, path: str) -> str:
        """The Chinese name of a field: a column's own, else the model's."""
        for column in self.columns:
            if column.field == path and column.label:
                return column.label
        return str(self.field(path).verbose_name)

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """The rows that `actor` may see, unordered."""
        found = self.model.objects.visible_to(actor)
        return found.filter(**self.only) if self.only else found

    def first_values(self, actor: Actor) -> dict[str, Any]:
        """What a new row begins with."""
        return {**(self.defaults(actor) if self.defaults else {}), **self.only}

    def hidden_from(self, actor: Actor) -> Mapping[str, Callable[[Any], str]]:
        """{field: mask} of the personal data that `actor` does not read in full (`<key>.reveal` does)."""
        return {} if not self.masked or actor.may_read(self.permission("reveal")) else self.masked

    def subject(self, row: Any) -> str:
        """How one row is called in records and messages."""
        return f"{self.noun} {self.words(row)}"

    def words(self, row: Any) -> str:
        """The row's own words, as they stand in a title or a link."""
        return str(getattr(row, self.title, "") or row) if self.title else str(row)

    def verify(self) -> None:
        """Raise DeclarationError where the declaration names a field that is not there."""
        for path in (
            *(column.field for column in self.columns),
            *(one.field for one in self.filters if one.apply is None and one.asks is None),
            *self.search,
            *(name.lstrip("-") for name in self.order),
            *self.form_fields,
            *(name for section in self.detail for name in section.fields),
            *self.import_fields,
            *self.totals,
            *self.masked,
        ):
            self.field(path)
        if self.order[-1].lstrip("-") != "id":
            raise DeclarationError(f"{self.key}: the order must end in id, or pages could repeat rows")
        if self.model.scope.view != self.permission("view"):
            raise DeclarationError(f"{self.key}: the model's scope asks {self.model.scope.view}")
        if self.totals and not isinstance(self.region_field, PathField):
            raise DeclarationError(f"{self.key}: kept totals need a region path on the row itself")

    @cached_property
    def region_field(self) -> models.Field[Any, Any] | None:
        """The row's own region path column, if it has one."""
        name = self.model.scope.region
        return self.model._meta.get_field(name) if name and "__" not in name else None  # type: ignore[return-value]
