"""From the words of a cell to a row or a region: asked in batches, as the actor may see.

The kernel knows relations by title or key; whoever knows more registers a resolver for its kind: the
organisation for "region" (short names, renamed counties), a domain for a model's label.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from anlan.kernel import registry
from anlan.kernel.exchange.cells import Tidied, Wrong
from anlan.kernel.scope import Actor, PathField, ScopedModel

Resolver = Callable[[Actor, Collection[str]], Mapping[str, Any]]
ABSENT = Wrong("没有这一项，或者不在您的职责范围内。请核对名称，或写编号。")
STEP = 5_000
_resolvers: dict[str, Resolver] = {}


def register(kind: str, resolver: Resolver) -> None:
    """Say who resolves `kind` ("region" or a model's label such as "org.unit").

    Given an actor and texts, it returns {text: value} for those it knows: the value (a path, an id), a
    `Tidied` where it had to be understood, or a `Wrong` with a proposal (a former name).
    """
    _resolvers[kind] = resolver


def kind_of(model_field: Any) -> str:
    """The kind of words that this field takes, "" for none."""
    if isinstance(model_field, PathField):
        return "region"
    target = model_field.related_model if model_field.is_relation else None
    return str(target._meta.label_lower) if target is not None else ""


def resolve(actor: Actor, model_field: Any, texts: Collection[str]) -> dict[str, Any]:
    """{text: value, Tidied or Wrong} for every text."""
    resolver = _resolvers.get(kind_of(model_field))
    if resolver is not None:
        found: dict[str, Any] = dict(resolver(actor, texts))
    elif isinstance(model_field, PathField):
        found = {text: text for text in texts if text.endswith("/") and "//" not in text}
    else:
        found = _by_name(actor, model_field.related_model, list(texts))
    return {text: found.get(text, ABSENT) for text in texts}


def _by_name(actor: Actor, target: Any, texts: list[str]) -> dict[str, Any]:
    """By the other ledger's key or its title; a title that several rows bear asks for the key."""
    ledger = registry.ledger_of(target)
    names = [
        *(ledger.importing.key if ledger and ledger.importing and len(ledger.importing.key) == 1 else ())
    ]
    names += [ledger.title] if ledger and ledger.title and ledger.title not in names else []
    rows = target.objects.visible_to(actor) if issubclass(target, ScopedModel) else target.objects.all()
    found: dict[str, Any] = {}
    for name in names:
        seen: dict[str, list[int]] = {}
        wanted = [text for text in texts if text not in found]
        for start in range(0, len(wanted), STEP):
            part = rows.filter(**{f"{name}__in": wanted[start : start + STEP]})
            for text, pk in part.order_by().values_list(name, "pk"):
                seen.setdefault(str(text), []).append(pk)
        for text, ids in seen.items():
            many = Wrong(f"有 {len(ids)} 个同名的。请改写编号。")
            found[text] = ids[0] if len(ids) == 1 else many
    return found


__all__ = ["ABSENT", "Tidied", "Wrong", "kind_of", "register", "resolve"]
