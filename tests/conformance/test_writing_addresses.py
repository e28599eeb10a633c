"""Whoever may only read finds nothing at an address that writes: 404, never 403, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import URLPattern

from anlan.kernel import registry
from anlan.kernel.models import AuditEntry
from anlan.kernel.scope import Actor, Reach
from anlan.kernel.testing import actor, make_row, seat
from tests.conformance.test_addresses import OPEN, address, patterns

# What everybody who is signed in may send: their own account, notices, columns and views.
OWN = {
    "account_logout",
    "account-elsewhere",
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "notices",
    "notices-read",
    "notice-wishes",
    "ledger-columns",
    "ledger-save-view",
    "job-stop",
}
# Addresses that lie under another word than their ledger's.
LEDGER_AT = {"admin/accounts": "people", "admin/roles": "roles"}

# Pages that a reader may open: a button pressed there is answered on the page, in words. Nothing is done.
MANNERS = {
    "report-entry": (302,),
    "report-check": (302,),
    "report-remind": (302,),
    "report-draft": (302,),
    "report-erratum": (302,),
    "danger-phone-sync": (422,),
}


def reader() -> Actor:
    """Reads everything in every ledger, and may do nothing."""
    permissions = [one.permission("view") for one in registry.ledgers()]
    return actor(seat(*permissions, reach=Reach.ALL), name="只读人员")


def row_behind(pattern: URLPattern) -> int | None:
    """A row for the number in the address, where a ledger is known to lie behind it."""
    text = str(pattern.pattern)
    first = next((key for start, key in LEDGER_AT.items() if text.startswith(start)), text.partition("/")[0])
    ledgers = {one.key: one for one in registry.ledgers()}
    ledger = ledgers.get(first) or (next(iter(ledgers.values())) if text.startswith("<ledger:") else None)
    if ledger is None or "<int:" not in text:
        return None
    try:
        return int(make_row(ledger.model).pk)
    except (IntegrityError, LookupError):
        return None


def addressed(pattern: URLPattern) -> str:
    """The address with that row's number, the last one given where there are several."""
    found = address(pattern)
    number = row_behind(pattern)
    return found.replace("/1/", f"/{number}/", 1) if number else found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern",
    [pytest.param(one, id=one.name or str(one.pattern)) for one in patterns() if one.name not in OPEN | OWN],
)
def test_a_reader_finds_nothing_at_an_address_that_writes(
    pattern: URLPattern, act_as: Callable[[Actor], Client]
) -> None:
    client: Any = act_as(reader())
    url = addressed(pattern)
    response = client.post(url, {"reason": "试试"})
    assert response.status_code in (404, 405, *MANNERS.get(pattern.name or "", ())), (
        f"{url} answered {response.status_code}"
    )
    assert not AuditEntry.objects.unscoped("whether anything was done").exists()
