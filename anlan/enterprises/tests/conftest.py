"""The cast's world, a day in it, files of the test alone, and people signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.org.testing import World, make_world

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def world(db: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> World:
    """江西 with two cities, on 2023-06-20."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-06-20")
    settings.FILES = tmp_path / "files"
    return make_world()


@pytest.fixture
def sign_in(world: World, client: Client) -> Callable[[str], Client]:
    """Sign a member of the cast in."""

    def enter(member: str) -> Client:
        client.force_login(world.person(member), backend=BACKEND)
        return client

    return enter
