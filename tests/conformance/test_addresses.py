"""Every address is closed to whoever is not signed in, unless it is on the short list below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "health",
    "offline",
    "favicon",
    "service-worker",
    "account_login",
    "account_logout",
    "mfa_authenticate",
    "openid_connect_login",
    "openid_connect_callback",
}


def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    """Every address pattern of the house."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def address(pattern: URLPattern) -> str:
    """An address that the pattern answers to."""
    from anlan.kernel import registry

    first = next(iter(registry.ledgers())).key
    found = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        value = first if kind == "LedgerConverter" else "1" if kind == "IntConverter" else "unified"
        found = found.replace(f"<ledger:{name}>", value).replace(f"<int:{name}>", value)
        for word in ("slug", "str", "path", "uuid"):
            found = found.replace(f"<{word}:{name}>", value)
        found = found.replace(f"<{name}>", value)
    return "/" + found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern", [pytest.param(one, id=one.name or str(one.pattern)) for one in patterns()]
)
def test_an_address_is_closed_unless_it_is_listed_as_open(pattern: URLPattern, client: Client) -> None:
    open_view = not getattr(pattern.callback, "login_required", True)
    assert open_view == (pattern.name in OPEN), (
        f"{pattern.name}: open views must be on the list, and only they"
    )
    if open_view:
        return
    response = client.get(address(pattern))
    assert response.status_code == 302, f"{address(pattern)} answered {response.status_code} to the public"
    assert response["Location"].startswith("/account/login/")


def test_no_pattern_is_nameless() -> None:
    assert [str(one.pattern) for one in patterns() if not one.name] == []
