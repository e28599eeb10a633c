"""What the database does is made from the declarations, once, and goes when they go."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from anlan.kernel import registry, sql
from anlan.kernel.models import Total
from anlan.kernel.testing import make_row
from tests.example.models import Fault


def objects() -> dict[str, int]:
    """{name: internal number} of our functions, indexes and triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT proname::text, xmin::text::bigint FROM pg_proc WHERE proname LIKE 'anlan%'
            UNION ALL SELECT relname::text, oid::bigint FROM pg_class WHERE relname LIKE 'anlan%'
            UNION ALL SELECT tgrelid::regclass::text || ' ' || tgname, 0 FROM pg_trigger
            WHERE tgname LIKE 'anlan%'"""
        )
        return dict(cursor.fetchall())


@pytest.fixture
def installed(db: None) -> dict[str, int]:
    return objects()


def test_a_second_run_touches_nothing_of_the_ledgers(installed: dict[str, int]) -> None:
    for config in apps.get_app_configs():
        sql.install_objects(config)
    assert objects() == installed
    assert "anlan_total_example_fault" in installed
    assert "anlan_find_example_fault_description" in installed
    assert "example_fault anlan_total_update" in installed


def test_what_is_no_longer_declared_goes(installed: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    make_row(Fault)
    assert Total.objects.filter(ledger="faults").exists()
    kept = [one for one in registry.ledgers() if one.key != "faults"]
    monkeypatch.setattr(registry, "ledgers", lambda: kept)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    sql.install_objects(apps.get_app_config("kernel"))
    gone = set(installed) - set(objects())
    assert gone == {
        "anlan_total_example_fault",
        "anlan_find_example_fault_description",
        *(f"example_fault anlan_total_{event}" for event in ("insert", "update", "delete", "truncate")),
    }
    assert not Total.objects.filter(ledger="faults").exists()


def test_a_changed_definition_is_made_anew(installed: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON INDEX anlan_find_example_fault_description IS 'anlan old'")
    sql.install_objects(apps.get_app_config("example"))
    now: dict[str, Any] = objects()
    name = "anlan_find_example_fault_description"
    assert now[name] != installed[name]
    assert {key: value for key, value in now.items() if key != name} == {
        key: value for key, value in installed.items() if key != name
    }


def test_extensions_are_there(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname::text FROM pg_extension")
        assert {row[0] for row in cursor.fetchall()} >= set(sql.EXTENSIONS)
