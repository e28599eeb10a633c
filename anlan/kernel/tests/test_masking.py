"""Personal data is masked for all but those whose role reads it in full, on every way out."""

from __future__ import annotations

import dataclasses

import pytest

from anlan.kernel import masking, registry
from anlan.kernel.exchange import export
from anlan.kernel.listing import Listing
from anlan.kernel.testing import actor, make_row, seat
from tests.example.models import Site

PATH = "360000/361100/"


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        pytest.param(masking.phone, "13970351234", "139****1234", id="mobile"),
        pytest.param(masking.phone, "07938221234", "079****1234", id="land line"),
        pytest.param(masking.phone, "8221234", "*****34", id="seven digits: only the last two"),
        pytest.param(masking.phone, "", "", id="no phone"),
        pytest.param(masking.identity, "361102199003070015", "3611**********0015", id="identity number"),
        pytest.param(masking.identity, "12345678", "********", id="too short to show anything"),
        pytest.param(masking.mail, "liu@example.org", "l***@example.org", id="mail"),
    ],
)
def test_a_mask_shows_just_enough(mask: object, value: str, shown: str) -> None:
    assert mask(value) == shown  # type: ignore[operator]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("permissions", "shown"),
    [
        pytest.param(("sites.view",), "139****1234", id="reader"),
        pytest.param(("sites.view", "sites.reveal"), "13970351234", id="reader in full"),
    ],
)
def test_list_and_export_mask_alike(permissions: tuple[str, ...], shown: str) -> None:
    row = make_row(Site, code="13970351234", region_path=PATH, industry="矿山")
    ledger = dataclasses.replace(registry.ledger("sites"), masked={"code": masking.phone})
    listing = Listing(ledger, actor(seat(*permissions, path=PATH)), {})
    column = next(one for one in listing.columns if one.field == "code")
    drawn = column.cell(row) if column.cell else row.code
    exported = list(export.records(ledger, listing.queryset(), listing.columns))
    assert drawn == shown
    assert exported[0][0] == shown
