"""Start-up checks: a declaration that cannot work stops `manage.py check` with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

from anlan.kernel import registry
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.scope import Scope, ScopedModel, ScopedQuerySet


def check_ledgers(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every ledger names fields that exist, and can be ordered, scoped and counted."""
    found: list[CheckMessage] = []
    for ledger in registry.ledgers():
        try:
            ledger.verify()
        except DeclarationError as error:
            found.append(Error(str(error), obj=ledger.key, id="anlan.E001"))
    return found


def check_scopes(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every scoped model declares its scope, and no manager of it answers unasked."""
    return [*_scopes()]


def _scopes() -> Iterator[CheckMessage]:
    for model in apps.get_models():
        if not issubclass(model, ScopedModel):
            continue
        if not isinstance(getattr(model, "scope", None), Scope):
            yield Error(
                f"{model.__name__} declares no scope",
                hint="scope = Scope(view=…)",
                obj=model,
                id="anlan.E002",
            )
        if not isinstance(model._default_manager.all(), ScopedQuerySet):
            yield Error(f"{model.__name__}: its default manager answers unasked", obj=model, id="anlan.E003")


def register() -> None:
    """Called once from the app's ready()."""
    register_check(check_ledgers)
    register_check(check_scopes)
