"""Figures frozen when they are printed, and whether they still hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from anlan.kernel import clock
from anlan.kernel.digest import hasher, sm3
from anlan.kernel.measure import PERIODS, Area, Measure, Value, Window, compute, evidence, measure_of
from anlan.kernel.models import Figure
from anlan.kernel.models.placed import place_of
from anlan.kernel.scope import Actor, ScopedModel
from anlan.kernel.writing import Refused

KEPT_ROWS = 20_000


@dataclass(frozen=True)
class Recheck:
    """A frozen figure against today's rows. gained and lost are row ids, None where too many were frozen
    to keep; `tampered`: the frozen row itself does not fit its digest any more."""

    was: Decimal | None
    now: Decimal | None
    rows_changed: bool
    gained: tuple[int, ...] | None
    lost: tuple[int, ...] | None
    tampered: bool

    @property
    def holds(self) -> bool:
        """Whether nothing has changed."""
        return not (self.was != self.now or self.rows_changed or self.tampered)


def freeze(
    actor: Actor,
    holder: ScopedModel,
    measure: Measure,
    window: Window,
    cell: Mapping[str, Any] | None = None,
    area: Area | None = None,
) -> Figure:
    """Keep a figure as `holder` (the paper's row) prints it: value, window, area, rows, digest.

    Raises Refused where the figure counts rows outside the actor's scope.
    """
    cell, area = dict(cell or {}), area or Area()
    rows = evidence(measure, window, cell, area=area)
    if rows.count() != evidence(measure, window, cell, area=area, actor=actor).count():
        raise Refused(f"“{measure.label}”在这个范围内含有您职责范围以外的数据，不能由您固化。")
    found = Figure(
        **place_of(holder),
        measure=measure.key,
        label=measure.label,
        unit_label=measure.unit,
        start=window.start,
        end=window.end,
        area=json.loads(json.dumps(asdict(area))),
        cell={name: value.isoformat() if isinstance(value, date) else value for name, value in cell.items()},
        frozen_at=clock.now(),
        frozen_by=actor.label[:120],
    )
    value = _value(measure, window, cell, area)
    found.value, found.top, found.bottom = (
        None if v is None else round(v, 6) for v in (value.number, value.top, value.bottom)
    )
    found.row_count, found.rows_digest, found.row_ids = _rows(rows)
    found.digest = _seal(found)
    found.save()
    return found


def recheck(found: Figure) -> Recheck:
    """Compute a frozen figure again over the rows as they are now."""
    measure, window = measure_of(found.measure), Window(found.start, found.end)
    area = Area(**{name: tuple(values) for name, values in found.area.items()})
    cell = {n: date.fromisoformat(v) if n in PERIODS else v for n, v in found.cell.items()}
    value = _value(measure, window, cell, area).number
    _, digest, ids = _rows(evidence(measure, window, cell, area=area))
    known = found.row_ids is not None and ids is not None
    return Recheck(
        was=found.value,
        now=_six(value),
        rows_changed=digest != found.rows_digest,
        gained=tuple(sorted(set(ids or ()) - set(found.row_ids or ()))) if known else None,
        lost=tuple(sorted(set(found.row_ids or ()) - set(ids or ()))) if known else None,
        tampered=_seal(found) != found.digest,
    )


def _value(measure: Measure, window: Window, cell: Mapping[str, Any], area: Area) -> Value:
    """The one cell's value: grouped by just the cell's dimensions."""
    by = tuple(name for name in cell if name != "exact")
    region = cell.get("region")
    level = None if region is None or cell.get("exact") else region.count("/")
    return compute(measure, window, by, area=area, level=level)[tuple(cell[name] for name in by)]


def _six(value: Decimal | None) -> Decimal | None:
    """As the column keeps it: six places."""
    return None if value is None else round(value, 6)


def _rows(rows: QuerySet[Any]) -> tuple[int, str, list[int] | None]:
    """(how many, SM3 over their ids in order, the ids themselves if few enough)."""
    count, digest, kept = 0, hasher(), []
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000):
        digest.update(b"%d\n" % pk)
        count += 1
        if count <= KEPT_ROWS:
            kept.append(pk)
    return count, digest.hexdigest(), kept if count <= KEPT_ROWS else None


def _seal(found: Figure) -> str:
    number = "" if found.value is None else f"{found.value:.6f}"
    sealed = [
        found.measure,
        str(found.start),
        str(found.end),
        found.area,
        found.cell,
        number,
        found.rows_digest,
    ]
    return sm3(json.dumps(sealed, ensure_ascii=False, sort_keys=True).encode())
