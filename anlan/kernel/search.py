"""Finding words in Chinese text: every pair of neighbouring characters is indexed, the text then re-checked.

Trigram indexes do nothing for two-character words, and most Chinese words have two. A GIN index
over the pairs (bigrams) of each searched column answers them; LIKE on the row itself makes the answer
exact. Width and case are folded alike on both sides.

A frequent word is found sooner by walking the list in its own order, a rare one by the index: to show
p rows, the walk reads p / (s·f) rows where a share s of N rows passes the other conditions and
a share f holds the word, the index gathers f·N. The planner misjudges that, because it takes the pairs
of one word for independent. So the choice is made here, from the statistics that ANALYZE keeps of the
pairs: a walk is asked by LIKE alone; a frequent word in a narrow rest by its rarest pair, whose number
the planner knows; a rare word by the three rarest of the pairs that cover it.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, F, Func, Model, Q, TextField, Value
from django.db.models.expressions import Combinable

from anlan.kernel import registry
from anlan.kernel.ledger import Ledger, field_at
from anlan.kernel.requests import whole
from anlan.kernel.scope import Actor
from anlan.kernel.totals import Kept

PAGE = 51
KEPT_SECONDS = 600
MOST_WORDS = 8
MOST_PAIRS = 3
ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """Full width to half (NFKC), ASCII capitals to small: what anlan_fold(text) does in the database."""
    return unicodedata.normalize("NFKC", text).translate(ASCII_LOWER)


def bigrams(text: str) -> list[str]:
    """The pairs of neighbouring characters of an already folded text, each once."""
    return list(dict.fromkeys(text[n : n + 2] for n in range(len(text) - 1)))


def words(text: str) -> list[str]:
    """The folded words of a query, parted by blanks; all must be found."""
    return fold(text.replace("\0", "")).split()[:MOST_WORDS]


def condition(
    ledger: Ledger,
    text: str,
    kept: Kept | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    wanted: int = PAGE,
) -> Q:
    """What holds for the rows in which every word of `text` stands in one of the searched columns.

    The rows are the same whatever else is given: `kept` and `filters` (values of the address bar) tell how
    narrow the rest of the query is, `wanted` how many rows will be read.
    """
    rest = _Rest(kept, filters, wanted)
    whole = Q()
    for word in words(text):
        part = _serial(ledger, word)
        for name in ledger.search:
            part |= _field_condition(ledger.model, name, word, rest)
        whole &= part
    return whole


def _serial(ledger: Ledger, word: str) -> Q:
    """The row whose running number this is, e.g. YH0000059 or yh59."""
    head, digits = word[: len(ledger.serial)], word[len(ledger.serial) :]
    number = whole(digits) if ledger.serial and head.upper() == ledger.serial else None
    return Q() if number is None else Q(pk=number)


@dataclass(frozen=True)
class Found:
    """What one ledger has for a word: its newest rows, and whether there are more."""

    ledger: Ledger
    rows: list[Any]
    more: bool


def everywhere(actor: Actor, text: str, limit: int = 5) -> list[Found]:
    """The first rows of every ledger that the actor may see and that has `text`.

    One character alone finds nothing: it would be in nearly everything.
    """
    if len("".join(words(text))) < 2:
        return []
    found = []
    for ledger in registry.ledgers():
        scope = ledger.model.scope
        open_to = scope.open_to_staff and actor.person_id is not None
        if not ledger.search or not (actor.may_read(ledger.permission("view")) or open_to):
            continue
        matching = ledger.rows(actor).filter(condition(ledger, text, Kept(ledger, actor), {}))
        rows = list(matching.order_by(*ledger.order)[: limit + 1])
        if rows:
            found.append(Found(ledger, rows[:limit], len(rows) > limit))
    return found


class HasBigrams(Func):
    """anlan_bigrams(column) @> the pairs: the part that the GIN index answers."""

    output_field = BooleanField()
    template = 'anlan_bigrams(%(expressions)s::text[] COLLATE "C")'
    arg_joiner = ") @> ("


class Folded(Func):
    """The column in half width and small letters."""

    function = "anlan_fold"


class Contains(Func):
    """column LIKE %text%, nothing in `text` being a wildcard."""

    output_field = BooleanField()
    template = "%(expressions)s"
    arg_joiner = " LIKE "

    def __init__(self, column: Combinable, text: str) -> None:
        escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        super().__init__(column, Value(f"%{escaped}%"))


def _field_condition(model: type[Model], name: str, word: str, rest: _Rest) -> Q:
    if "__" in name:
        relation, _, inner = name.partition("__")
        related: Any = field_at(model, relation).related_model
        rows = related.objects
        if hasattr(rows, "unscoped"):
            rows = rows.unscoped("only narrows rows that are themselves scoped")
        return Q(
            **{
                f"{relation}__in": rows.filter(
                    _field_condition(related, inner, word, _Rest(None, None, 0))
                ).values("pk")
            }
        )
    han = all(_is_han(one) for one in word)
    exact = Q(Contains(F(name) if han else Folded(F(name)), word))
    pairs = bigrams(word)
    known = _known(index_name(model, name)) if pairs else None
    if known is not None:
        pairs = sorted(_covering(word), key=lambda pair: known.share.get(pair, 0.0))[:MOST_PAIRS]
        hits = known.share.get(pairs[0], 0.0)
        if hits * hits * known.rows > PAGE:
            if rest.walks(hits, known.rows):
                return exact
            pairs = pairs[:1]
    return Q(HasBigrams(F(name), Value(pairs))) & exact if pairs else exact


@dataclass(frozen=True)
class _Rest:
    """The rest of the query: what it leaves of the ledger, and how many rows will be read of it."""

    kept: Kept | None
    filters: Mapping[str, str] | None
    wanted: int

    def walks(self, hits: float, all_rows: float) -> bool:
        """Whether the walk meets enough rows sooner than the index gathers all; no where it is not known."""
        if self.kept is None or self.filters is None or hits * hits * all_rows <= self.wanted:
            return False
        return (self.kept.count(self.filters) or 0) * hits * hits > self.wanted


def _covering(word: str) -> list[str]:
    """Every other pair, so that each character is asked once, and the last: neighbours tell little more."""
    return list(dict.fromkeys([*(word[n : n + 2] for n in range(0, len(word) - 1, 2)), word[-2:]]))


def _is_han(character: str) -> bool:
    """Characters that folding leaves as they are, so that the column can be compared unfolded."""
    return "一" <= character <= "鿿" or "㐀" <= character <= "䶿"


# How frequent a word is --------------------------------------------------------------------------
@dataclass(frozen=True)
class Frequencies:
    """Share of rows that hold a pair, for the most frequent pairs, and the number of rows."""

    rows: float
    share: Mapping[str, float]


_frequencies: dict[str, tuple[float, Frequencies | None]] = {}


def index_name(model: type[Model], name: str) -> str:
    """The name of the bigram index of one column."""
    return f"anlan_find_{model._meta.db_table}_{field_at(model, name).column}"[:63]


def _known(index: str) -> Frequencies | None:
    at, known = _frequencies.get(index, (0.0, None))
    if at and time.monotonic() - at < KEPT_SECONDS:
        return known
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
            FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class c ON c.oid = x.indrelid
            JOIN pg_stats s ON s.tablename = i.relname AND s.schemaname = i.relnamespace::regnamespace::text
            WHERE i.relname = %s AND s.most_common_elems IS NOT NULL""",
            [index],
        )
        row = cursor.fetchone()
    known = Frequencies(row[0], dict(zip(row[1], row[2], strict=False))) if row else None
    _frequencies[index] = (time.monotonic(), known)
    return known


# Distinct values ---------------------------------------------------------------------------------
_distinct: dict[tuple[str, str, str], tuple[float, list[str]]] = {}


def distinct_values(ledger: Ledger, name: str, actor: Actor, most: int = 200) -> list[str]:
    """The values of a text column that the actor may meet, in order, for a filter's choices.

    From the kept totals where the column is one of their dimensions, else by hopping from value to value
    along an index that begins with it, else by reading all rows. Kept for ten minutes.
    """
    key = (ledger.key, name, repr(ledger.model.scope.condition(actor)))
    at, found = _distinct.get(key, (0.0, []))
    if at and time.monotonic() - at < KEPT_SECONDS:
        return found
    counted = Kept(ledger, actor).by(name)
    if counted is not None:
        found = sorted(str(value) for value in counted if value)
    elif _leads_an_index(ledger.model, name):
        found = list(_hop(ledger, name, actor, most))
    else:
        rows = ledger.rows(actor).filter(**_filled(ledger, name)).order_by(name)
        found = [str(value) for value in rows.values_list(name, flat=True).distinct()[:most]]
    if len(_distinct) > 1000:
        _distinct.clear()
    _distinct[key] = (time.monotonic(), found)
    return found


def _hop(ledger: Ledger, name: str, actor: Actor, most: int) -> Iterator[str]:
    rows = ledger.rows(actor).order_by(name).values_list(name, flat=True)
    value, seen = rows.filter(**_filled(ledger, name)).first(), 0
    while value is not None and seen < most:
        yield str(value)
        seen += 1
        value = rows.filter(**{f"{name}__gt": value}).first()


def _filled(ledger: Ledger, name: str) -> dict[str, Any]:
    """Not empty: numbers have no empty text."""
    text = isinstance(ledger.field(name), CharField | TextField)
    return {f"{name}__gt": ""} if text else {f"{name}__isnull": False}


def _leads_an_index(model: type[Model], name: str) -> bool:
    column: Any = field_at(model, name)
    return column.db_index or column.unique or any(one.fields[:1] == [name] for one in model._meta.indexes)
