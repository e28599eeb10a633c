"""A matter may be handed to any office of the province: found by name, and nothing more of it is shown."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from anlan.kernel import clock
from anlan.kernel.scope import Actor
from anlan.org import reads
from anlan.org.testing import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_a_county_finds_the_office_of_another_city_as_a_receiver_only(world: World, client: Client) -> None:
    there = world.unit("emergency", "360400")
    client.force_login(world.person("county_officer"), backend=BACKEND)

    def found(name: str) -> list[Any]:
        return client.get(reverse(name), {"q": there.name}).json()

    assert str(there.pk) not in [one["id"] for one in found("pick-unit")]
    hit = next(one for one in found("pick-receiver") if one["id"] == str(there.pk))
    assert set(hit) == {"id", "label", "note", "leaf"} and hit["label"] == there.name
    assert client.get(reverse("ledger-row", args=["units", there.pk])).status_code == 404
    actor = world.actor("county_officer")
    assert reads.receivers(actor, clock.today()).filter(pk=there.pk).exists()


def test_who_has_no_seat_finds_no_receiver(world: World) -> None:
    assert not reads.receivers(Actor(), clock.today()).exists()
