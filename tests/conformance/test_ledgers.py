"""What every ledger keeps to, proven for each declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.kernel import search
from anlan.kernel.ledger import Ledger
from anlan.kernel.scope import Actor, ScopeError
from anlan.kernel.testing import make_row, place
from tests.conformance.conftest import HERE, THERE, all_ledgers, nobody, officer

pytestmark = pytest.mark.django_db
each_ledger = pytest.mark.parametrize("ledger", all_ledgers())


def territorial(ledger: Ledger) -> bool:
    """Whether the ledger's rows lie in a place of their own."""
    return ledger.region_field is not None


def row_at(ledger: Ledger, path: str) -> Any:
    """A row of the ledger in this place."""
    if not territorial(ledger):
        return make_row(ledger.model)
    name = str(ledger.model.scope.region)
    row = make_row(ledger.model, **{name: path})
    return row if getattr(row, name) == path else place(row, path)


@each_ledger
def test_a_declaration_is_sound(ledger: Ledger) -> None:
    ledger.verify()
    assert ledger.label and ledger.noun and ledger.columns


@each_ledger
def test_a_query_without_an_actor_raises(ledger: Ledger) -> None:
    with pytest.raises(ScopeError):
        list(ledger.model.objects.all())
    with pytest.raises(ScopeError):
        ledger.model.objects.exclude(pk=1).exists()
    with pytest.raises(ScopeError):
        list(ledger.model.objects.unscoped("outer").filter(pk__in=ledger.model.objects.all()))


@each_ledger
def test_whoever_may_sees_the_row_in_list_and_page(ledger: Ledger, act_as: Callable[[Actor], Client]) -> None:
    row = row_at(ledger, HERE)
    client = act_as(officer(ledger))
    assert client.get(reverse("ledger-list", args=[ledger.key])).status_code == 200
    if ledger.form and "add" in ledger.acts:
        may = ledger.writers is None or ledger.writers(officer(ledger))
        assert client.get(reverse("ledger-new", args=[ledger.key])).status_code == (200 if may else 404)
    if ledger.rows(officer(ledger)).filter(pk=row.pk).exists():
        assert client.get(f"{reverse('ledger-list', args=[ledger.key])}?count=exact").status_code == 200
        for name in ("ledger-row", "ledger-print", "ledger-history"):
            assert client.get(reverse(name, args=[ledger.key, row.pk])).status_code == 200
    else:
        assert client.get(reverse("ledger-row", args=[ledger.key, row.pk])).status_code == 404


@each_ledger
def test_somebody_without_permission_finds_no_such_ledger(
    ledger: Ledger, act_as: Callable[[Actor], Client]
) -> None:
    row = row_at(ledger, HERE)
    client = act_as(nobody())
    reading = ["ledger-list", "ledger-pick"] if not ledger.model.scope.open_to_staff else []
    for name in [*reading, "ledger-new", "ledger-export", "ledger-import", "ledger-template"]:
        assert client.get(reverse(name, args=[ledger.key])).status_code == 404, name
    for name in ("ledger-edit", "ledger-remove"):
        assert client.get(reverse(name, args=[ledger.key, row.pk])).status_code == 404, name


@each_ledger
def test_a_stranger_sees_nothing_of_a_row(ledger: Ledger, act_as: Callable[[Actor], Client]) -> None:
    if not territorial(ledger):
        pytest.skip("the rows of this ledger lie in no place")
    row = row_at(ledger, HERE)
    stranger = officer(ledger, THERE)
    client = act_as(stranger)
    listed = client.get(f"{reverse('ledger-list', args=[ledger.key])}?count=exact")
    assert f"/{ledger.key}/{row.pk}/" not in listed.content.decode()
    for name in ("ledger-row", "ledger-print", "ledger-history", "ledger-edit", "ledger-remove"):
        assert client.get(reverse(name, args=[ledger.key, row.pk])).status_code == 404, name
    picked = client.get(reverse("ledger-pick", args=[ledger.key])).json()
    assert str(row.pk) not in [one["id"] for one in picked]
    if "export" in ledger.acts:
        exported = b"".join(client.get(reverse("ledger-export", args=[ledger.key]) + "?format=csv"))
        assert str(row) not in exported.decode("utf-8-sig")
    found = search.everywhere(stranger, str(row)[:40], 10)
    assert row not in [one for group in found for one in group.rows]


@each_ledger
def test_a_page_takes_as_many_queries_for_many_rows_as_for_few(
    ledger: Ledger, act_as: Callable[[Actor], Client]
) -> None:
    client = act_as(officer(ledger))
    url = reverse("ledger-list", args=[ledger.key])
    row_at(ledger, HERE)
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _ in range(8):
        row_at(ledger, HERE)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few), "\n".join(one["sql"] for one in many)
    assert len(many) <= 14 + 2 * len(ledger.views), f"{len(many)} queries for one page of {ledger.key}"
