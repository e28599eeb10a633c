"""One act per key: the second click gets what the first one got."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from anlan.kernel.models.once import OnceKey
from anlan.kernel.scope import Actor


def new_key() -> str:
    """A key to hand out with a form."""
    return secrets.token_urlsafe(24)


def once(actor: Actor, key: str, act: Callable[[], Any]) -> tuple[Any, bool]:
    """Run `act` unless this person's `key` has been used; gives (outcome, whether it ran now).

    The outcome must be plain JSON. A second call with the same key waits until the first has ended;
    if the first failed, nothing of it stays and the second runs. An empty key guards nothing.
    """
    if not key:
        return act(), True
    key = f"{actor.person_id or 0}:{key}"[:64]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_oncekey (key, person_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [key, actor.person_id],
            )
            fresh = cursor.rowcount == 1
        if not fresh:
            return OnceKey.objects.get(key=key).outcome, False
        outcome = act()
        OnceKey.objects.filter(key=key).update(outcome=outcome)
    return outcome, True
