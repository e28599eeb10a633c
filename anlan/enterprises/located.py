"""Where a row lies on a map: at its own coordinates, else at those of its site, else at those of its firm.

A ledger whose rows lie somewhere takes `FIRM_PLACE.filters()` (or that of its own `Located`) into its
filters: which rows have no coordinates, and which lie within a window that a map shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from anlan.kernel.ledger import Filter

PLACED, WITHIN = "placed", "within"
NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Located:
    """Lookups to the holders of coordinates, the nearest first: "" is the row itself."""

    holders: tuple[str, ...] = ("",)

    def _known(self, holder: str) -> Q:
        return Q(**{f"{holder}longitude__isnull": False, f"{holder}latitude__isnull": False})

    @property
    def placed(self) -> Q:
        """Rows that lie somewhere."""
        found = self._known(self.holders[0])
        for holder in self.holders[1:]:
            found |= self._known(holder)
        return found

    def _nearest(self, name: str) -> Any:
        """Longitude and latitude are of the same holder, so that no point is mixed of two places."""
        if len(self.holders) == 1:
            return Cast(F(self.holders[0] + name), FloatField())
        whens = [When(self._known(one), then=Cast(F(one + name), FloatField())) for one in self.holders]
        return Case(*whens, default=Value(None), output_field=FloatField())

    @property
    def longitude(self) -> Any:
        """Degrees east, or null."""
        return self._nearest("longitude")

    @property
    def latitude(self) -> Any:
        """Degrees north, or null."""
        return self._nearest("latitude")

    def within(self, west: float, south: float, east: float, north: float) -> Q:
        """Rows inside a window in degrees, edges included."""
        if len(self.holders) == 1:
            name = self.holders[0]
            return Q(**{f"{name}longitude__range": (west, east), f"{name}latitude__range": (south, north)})
        x, y = self.longitude, self.latitude
        inside = Q(GreaterThanOrEqual(x, west)) & Q(LessThanOrEqual(x, east))
        return inside & Q(GreaterThanOrEqual(y, south)) & Q(LessThanOrEqual(y, north))

    def filters(self) -> tuple[Filter, Filter]:
        """The two filters; a window is written west,south,east,north."""
        return (
            Filter(
                PLACED,
                label="坐标",
                kind="choice",
                more=True,
                options=lambda: (("1", "有坐标"), ("0", "没有坐标")),
                apply=lambda value: self.placed if value == "1" else ~self.placed,
            ),
            Filter(WITHIN, label="图上范围（西,南,东,北）", more=True, kind="text", apply=self._window),
        )

    def _window(self, text: str) -> Q:
        parts = text.split(",")
        try:
            west, south, east, north = (float(one) for one in parts)
        except ValueError:
            return NOTHING
        edges_ok = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        return self.within(west, south, east, north) if edges_ok else NOTHING


OWN_PLACE = Located()
# A facility or a danger may have coordinates of its own; an installation lies at its site or its firm.
THING_PLACE = Located(("", "site__", "enterprise__"))
FIRM_PLACE = Located(("site__", "enterprise__"))
