"""Start-up checks: a declaration that cannot work stops `manage.py check` with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

from anlan.kernel import measure, registry, workflow
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


def check_ways(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every workflow can be walked to an end, in its ledger; every measure names what is there."""
    found: list[CheckMessage] = []
    for flow in registry.declared("WORKFLOWS"):
        found += [
            Error(one, obj=flow.key, id="anlan.E004") for one in (*workflow.faults(flow), *_states(flow))
        ]
    for one in registry.declared("MEASURES"):
        found += [Error(text, obj=one.key, id="anlan.E005") for text in measure.faults(one)]
    return found


def _states(flow: workflow.Workflow) -> Iterator[str]:
    """The workflow's ledger exists, keeps the state, and knows the same states; its moves ask its fields."""
    try:
        ledger = registry.ledger(flow.ledger)
        choices = {key for key, _ in getattr(ledger.field(flow.field), "flatchoices", ())}
        for name in (name for move in flow.moves for name in move.fields):
            ledger.field(name)
    except (KeyError, DeclarationError) as error:
        yield f"{flow.key}: {error}"
        return
    if choices and choices != {state.key for state in flow.states}:
        yield f"{flow.key}: its states are not the choices of {flow.ledger}.{flow.field}"


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
    register_check(check_ways)
