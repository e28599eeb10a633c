"""The cast of the conformance suite: an officer, a stranger, somebody without rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client

from anlan.kernel import registry
from anlan.kernel.ledger import Ledger
from anlan.kernel.scope import Actor, Reach
from anlan.kernel.testing import actor, seat

HERE, THERE = "360000/361100/361130/", "360000/360400/360428/"


def all_ledgers() -> list[Any]:
    """Every declared ledger, its key as the test's id."""
    return [pytest.param(one, id=one.key) for one in registry.ledgers()]


_current: list[Actor] = []


def current_actor(request: HttpRequest) -> Actor:
    """Stands in for the organisation's answer to the question who asks."""
    return _current[0]


@pytest.fixture
def act_as(client: Client, settings: Any, db: None) -> Iterator[Callable[[Actor], Client]]:
    """Sign somebody in and let the house take them for the given actor."""
    person = get_user_model().objects.create_user(username="conformance", password=None, name="验收员")
    settings.ANLAN_ACTOR_FACTORY = f"{__name__}.current_actor"
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.handler.load_middleware()

    def act(who: Actor) -> Client:
        _current[:] = [replace(who, person_id=person.pk)]
        return client

    yield act
    _current.clear()


def officer(ledger: Ledger, path: str = HERE) -> Actor:
    """May do everything in this ledger, at and below `path`."""
    return actor(seat(f"{ledger.key}.*", path=path, reach=Reach.SUBTREE, unit_id=1), name="属地人员")


def nobody() -> Actor:
    """Signed in, with a post, without any permission."""
    return actor(seat(path=HERE), name="无权人员")
