"""Whether a person's roles demand one-time codes, and whether these are set up."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from anlan.kernel import clock
from anlan.org.models import Post
from anlan.org.models.dated import on_day

GOOD_FOR = 120.0


def demanded(person: Any) -> bool:
    """Whether a role that the person holds today demands codes."""
    posts = Post.objects.unscoped("what a person's own roles demand at sign-in")
    return posts.filter(on_day(clock.today()), person_id=person.pk, role__demands_code=True).exists()


def set_up(person: Any) -> bool:
    """Whether the person has bound an authenticator."""
    return bool(get_adapter().is_mfa_enabled(person, [Authenticator.Type.TOTP]))


def due(person: Any) -> bool:
    """Whether codes are demanded and not set up; a demonstration does not insist."""
    return not settings.DEMO and demanded(person) and not set_up(person)


def use_once(authenticator: Authenticator, code: str, now: float) -> bool:
    """Mark a code of the clock as used; False if it has been, by whichever process.

    A code is good for its own half minute and one on either side: uses older than that are forgotten.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    digest = sha256(f"{authenticator.pk} {code.strip()}".encode()).hexdigest()
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        used = {key: at for key, at in row.data.get("used", {}).items() if now - at < GOOD_FOR}
        if digest in used:
            return False
        row.data = {**row.data, "used": {**used, digest: now}}
        row.save(update_fields=["data"])
    return True


def forget(person: Any) -> int:
    """Take the person's authenticator and recovery codes away (lost phone); how many there were."""
    return int(Authenticator.objects.filter(user_id=person.pk).delete()[0])
