"""Sign-in through a unified identity service, against a real one on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from anlan.org.models import Person
from anlan.org.models.security import LoginRecord
from anlan.org.tests.oidc_provider import CLIENT, SECRET, Provider
from anlan.org.tests.staff import person, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with Provider() as running:
        settings.ANLAN_OIDC = running.issuer
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "unified",
                        "name": "统一身份认证",
                        "client_id": CLIENT,
                        "secret": SECRET,
                        "settings": {"server_url": running.issuer},
                    }
                ],
            }
        }
        yield running


def come(client: Client, provider: Provider, query: str = "") -> Any:
    """The whole way: our link, their page, and back."""
    response = client.get(f"/account/unified/unified/{query}")
    assert response.status_code == 302 and response["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.authorize(response["Location"]))


def last() -> LoginRecord:
    found: LoginRecord | None = LoginRecord.objects.unscoped("test").order_by("id").last()
    assert found is not None
    return found


def test_without_an_issuer_nothing_is_offered(client: Client) -> None:
    assert "统一身份认证" not in client.get("/account/login/").content.decode()
    assert client.get("/account/unified/unified/").status_code == 404


def test_whoever_is_known_by_the_claim_comes_in(client: Client, provider: Provider) -> None:
    who = person("zhangwei")
    provider.person = {"sub": "s-7", "preferred_username": "ZhangWei", "email": "x@example.org"}
    assert "用统一身份认证登录" in client.get("/account/login/").content.decode()
    assert come(client, provider, "?next=/account/password/")["Location"] == "/account/password/"
    assert client.get("/account/").context["person"] == who
    assert (last().result, last().method, last().person_id) == ("done", "oidc", who.pk)
    assert SocialAccount.objects.get().user_id == who.pk


def test_once_bound_the_subject_counts_and_not_the_name(client: Client, provider: Provider) -> None:
    who, other = person("zhangwei"), person("liming")
    provider.person = {"sub": "s-7", "preferred_username": "zhangwei"}
    come(client, provider)
    provider.person = {"sub": "s-7", "preferred_username": other.username}
    again = Client()
    come(again, provider)
    assert again.get("/account/").context["person"] == who


def test_another_claim_can_be_configured(client: Client, provider: Provider, settings: Any) -> None:
    settings.ANLAN_OIDC_CLAIM = "employee_number"
    who = person("360001")
    provider.person = {"sub": "s-8", "preferred_username": "whoever", "employee_number": 360001}
    come(client, provider)
    assert client.get("/account/").context["person"] == who


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"preferred_username": "stranger"}, "本系统没有账号“stranger”"),
        ({}, "没有给出“preferred_username”"),
        ({"preferred_username": "gone"}, "已停用"),
    ],
)
def test_whoever_is_not_known_is_refused_with_a_sentence_and_not_made(
    client: Client, provider: Provider, claims: dict[str, str], words: str
) -> None:
    person("gone", is_active=False)
    provider.person = {"sub": "s-9", **claims}
    response = come(client, provider)
    assert response.status_code == 403 and words in response.content.decode()
    assert client.get("/account/").status_code == 302
    assert Person.objects.unscoped("test").count() == 1 and not SocialAccount.objects.exists()
    assert last().result == "refused" and last().method == "oidc"


def test_a_bound_account_that_was_disabled_stays_outside(client: Client, provider: Provider) -> None:
    who = person("zhangwei")
    provider.person = {"sub": "s-7", "preferred_username": "zhangwei"}
    come(client, provider)
    Person.objects.filter(pk=who.pk).update(is_active=False)
    response = come(Client(), provider)
    assert response.status_code == 403 and "已停用" in response.content.decode()


def test_cancelled_and_broken_and_forged_answers_are_told(client: Client, provider: Provider) -> None:
    person("zhangwei")
    provider.person = {"sub": "s-7", "preferred_username": "zhangwei"}
    provider.deny = True
    assert "您取消了" in come(client, provider).content.decode()
    provider.deny, provider.broken = False, True
    response = come(client, provider)
    assert response.status_code == 403 and "没有成功" in response.content.decode()
    forged = client.get("/account/unified/unified/back/?code=x&state=forged")
    assert forged.status_code == 403 and "没有成功" in forged.content.decode()
    assert last().result == "failed"


def test_the_second_factor_is_asked_for_here_too(client: Client, provider: Provider) -> None:
    who = person("zhangwei")
    Authenticator(user=who, type=Authenticator.Type.TOTP, data={"secret": "x"}).save()
    provider.person = {"sub": "s-7", "preferred_username": "zhangwei"}
    assert come(client, provider)["Location"] == "/account/code/"
    assert client.get("/account/").status_code == 302


def test_nobody_binds_a_foreign_identity_to_the_account_they_are_in(provider: Provider) -> None:
    own, other = person("liming"), person("zhangwei")
    client = Client()
    sign_in(client, own.username)
    provider.person = {"sub": "s-7", "preferred_username": other.username}
    response = client.get("/account/unified/unified/?process=connect")
    if response.status_code == 302 and response["Location"].startswith(provider.issuer):
        client.get(provider.authorize(response["Location"]))
    assert not SocialAccount.objects.exists()


def test_the_security_administrator_takes_a_binding_away(client: Client, provider: Provider) -> None:
    who = person("zhangwei")
    provider.person = {"sub": "s-7", "preferred_username": "zhangwei"}
    come(client, provider)
    keeper = signed_in(person("", "security-administrator"))
    assert "解除统一身份绑定" in keeper.get(f"/people/{who.pk}/").content.decode()
    assert keeper.post(f"/admin/accounts/{who.pk}/unlink/").status_code == 302
    assert not SocialAccount.objects.exists()
