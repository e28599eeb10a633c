"""People with posts, for the tests of sign-in and administration."""

from __future__ import annotations

from typing import Any

from django.test import Client

from anlan.kernel.scope import Reach
from anlan.org.loading import load_roles
from anlan.org.models import Person, Post, Role

PASSWORD = "Kuangshan-2023"
_count = iter(range(1, 10_000))


def role(key: str, **fields: Any) -> Role:
    """One of the roles an installation begins with, or a new one."""
    rows = Role.objects.unscoped("a test's roles")
    if not rows.exists():
        load_roles()
    found = rows.filter(key=key).first()
    if found is None:
        found = Role(key=key, **{"label": key, "reach": Reach.OWN, **fields})
        found.save()
    elif fields:
        rows.filter(pk=found.pk).update(**fields)
        found.refresh_from_db(from_queryset=rows)
    return found


def person(username: str = "", *roles: str, name: str = "陈立新", **fields: Any) -> Person:
    """Somebody who can sign in with PASSWORD and holds these roles."""
    username = username or f"user{next(_count)}"
    made = Person.objects.create_user(username, PASSWORD, name=name, **fields)
    for key in roles:
        Post(person=made, role=role(key), title=role(key).label).save()
    return made


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    """Post the sign-in form."""
    return client.post("/account/login/", {"login": username, "password": password, **more})


def signed_in(who: Person) -> Client:
    """A browser in which `who` has signed in by password."""
    client = Client()
    response = sign_in(client, who.username)
    assert response.status_code == 302, response.content.decode()
    return client
