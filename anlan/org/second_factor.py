"""Whether a person's roles demand one-time codes, and whether these are set up."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from anlan.kernel import clock
from anlan.org.models import Post
from anlan.org.models.dated import on_day


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


def forget(person: Any) -> int:
    """Take the person's authenticator and recovery codes away (lost phone); how many there were."""
    return int(Authenticator.objects.filter(user_id=person.pk).delete()[0])
