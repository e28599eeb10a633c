"""What the register declares of facilities: their ledgers, the ledgers of kinds, the indexes they need."""

from __future__ import annotations

from anlan.enterprises import facilities_indexes, facilities_ledgers, facilities_parts, folder
from anlan.enterprises.facilities_measures import MEASURES
from anlan.kernel.shell import Entry

folder.register(facilities_parts.FACILITIES)

LEDGERS = (facilities_ledgers.FACILITIES,)
FAMILIES = (facilities_ledgers.family,)
SETUP = (facilities_indexes.ensure,)
MENU = (
    Entry(
        "enterprises",
        "facility-overview",
        "设施类别",
        "facility-overview",
        "facilities.view",
        icon="category",
    ),
)

__all__ = ["FAMILIES", "LEDGERS", "MEASURES", "MENU", "SETUP"]
