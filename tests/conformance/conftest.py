"""The cast of the conformance suite: an officer, a stranger, somebody without rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from anlan.kernel import registry
from anlan.kernel.ledger import Ledger
from anlan.kernel.scope import Actor, Reach
from anlan.kernel.testing import actor, seat

HERE, THERE = "360000/361100/361130/", "360000/360400/360428/"


def all_ledgers() -> list[Any]:
    """Every declared ledger, its key as the test's id."""
    return [pytest.param(one, id=one.key) for one in registry.ledgers()]


@pytest.fixture
def act_as(client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Callable[[Actor], Client]]:
    """Sign somebody in and let the house take them for the given actor."""
    from django.contrib.auth import get_user_model

    person = get_user_model().objects.create_user(username="conformance", password=None, name="验收员")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def act(who: Actor) -> Client:
        from anlan.kernel import requests

        known = Actor(person_id=person.pk, name=who.name, seats=who.seats, seat=who.seat)
        monkeypatch.setattr(
            requests.ActorMiddleware, "factory", staticmethod(lambda request: known), raising=False
        )
        client.handler.load_middleware()
        return client

    yield act


def officer(ledger: Ledger, path: str = HERE) -> Actor:
    """May do everything in this ledger, at and below `path`."""
    return actor(seat(f"{ledger.key}.*", path=path, reach=Reach.SUBTREE), name="属地人员")


def nobody() -> Actor:
    """Signed in, with a post, without any permission."""
    return actor(seat(path=HERE), name="无权人员")
