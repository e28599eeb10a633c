"""A case's way as data: states, moves, who may, what must hold. Pure: no Django, no clock.

An official can read a `Workflow`; `moves_open` says for one row which moves there are and, where one
is closed, the reason that the person is shown; `faults` proves that every state can be reached and
that nothing ends in a corner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.kernel.due import Term

Facts = Mapping[str, Any]
Guard = Callable[[Facts], str | None]
May = Callable[[str], bool]
THREE_DAYS = Term(3)


@dataclass(frozen=True)
class State:
    """A stop on the way. `public` is what outsiders read; empty means the staff's label."""

    key: str
    label: str
    public: str = ""
    final: bool = False

    @property
    def public_label(self) -> str:
        """The label for those outside."""
        return self.public or self.label


@dataclass(frozen=True)
class Clock:
    """A deadline that a move starts. `term` may depend on the row's facts (a major one is shorter);
    None from it means that no deadline runs."""

    key: str
    label: str
    term: Term | Callable[[Facts], Term | None]
    warn: Term = THREE_DAYS


@dataclass(frozen=True)
class Move:
    """One act that leads from some states to one.

    label: the verb on the button. permission: default `<ledger>.<key>`. guards: facts → None, or the
    reason why not. fields and required: model fields asked for in the form. note: the label of a
    reason that must be given, and stands in the record. action: (actor, row, values) → further
    changes of the row. after: (actor, row, values), once saved. starts, meets, cancels, pauses,
    resumes: deadlines of the row by key.
    """

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str = ""
    guards: tuple[Guard, ...] = ()
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    note: str = ""
    confirm: str = ""
    action: Callable[[Any, Any, Mapping[str, Any]], Mapping[str, Any] | None] | None = None
    after: Callable[[Any, Any, Mapping[str, Any]], None] | None = None
    starts: tuple[Clock, ...] = ()
    meets: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """The way of one ledger's rows. `field` holds the state; the first state is the beginning.

    facts: row → what guards look at (default: the row's own columns).
    """

    key: str
    ledger: str
    label: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    field: str = "state"
    facts: Callable[[Any], Facts] | None = None

    @property
    def start(self) -> str:
        """Where every row begins."""
        return self.states[0].key

    def state(self, key: str) -> State:
        """The state of that key; KeyError if there is none."""
        return {one.key: one for one in self.states}[key]

    def move(self, key: str) -> Move:
        """The move of that key; KeyError if there is none."""
        return {one.key: one for one in self.moves}[key]

    def permission(self, move: Move) -> str:
        """What a seat needs to make the move."""
        return move.permission or f"{self.ledger}.{move.key}"


@dataclass(frozen=True)
class Offer:
    """A move as one person meets it: `permitted` by post, `reason` why not now (empty: it may be made)."""

    move: Move
    permitted: bool
    reason: str

    @property
    def allowed(self) -> bool:
        """Whether it may be made."""
        return not self.reason


def moves_open(
    workflow: Workflow, state: str, facts: Facts, may: May, values: Facts | None = None
) -> list[Offer]:
    """Every move out of `state`, in order of declaration, with the reason where it is closed.

    Guards see what a move asks for as `values` give it, and as None before anything has been given.
    """
    return [
        _offer(workflow, move, {**facts, **dict.fromkeys(move.fields), **(values or {})}, may)
        for move in workflow.moves
        if state in move.sources
    ]


def _offer(workflow: Workflow, move: Move, facts: Facts, may: May) -> Offer:
    if not may(workflow.permission(move)):
        return Offer(move, False, f"当前岗位没有“{move.label}”的权限")
    reasons = (guard(facts) for guard in move.guards)
    return Offer(move, True, next((reason for reason in reasons if reason), ""))


def faults(workflow: Workflow) -> list[str]:
    """What is wrong with the declaration, one sentence each; empty when it is sound."""
    known = {one.key for one in workflow.states}
    names = [*(f"state {one.key}" for one in workflow.states), *(f"move {one.key}" for one in workflow.moves)]
    found = [f"{key} is declared twice" for key, count in Counter(names).items() if count > 1]
    for move in workflow.moves:
        strange = [key for key in (*move.sources, move.target) if key not in known]
        found += [f"move {move.key}: no state {key}" for key in strange]
        if not move.sources:
            found.append(f"move {move.key} starts nowhere")
        if stray := set(move.required) - set(move.fields):
            found.append(f"move {move.key} requires {sorted(stray)} but does not ask for it")
    reached, fresh = {workflow.start}, {workflow.start}
    while fresh:
        fresh = {m.target for m in workflow.moves if reached & set(m.sources)} - reached
        reached |= fresh
    found += [f"state {key} cannot be reached" for key in sorted(known - reached)]
    ending = {one.key for one in workflow.states if one.final}
    while more := {key for m in workflow.moves if m.target in ending for key in m.sources} - ending:
        ending |= more
    found += [f"state {key} never leads to an end" for key in sorted(known - ending)]
    return [f"{workflow.key}: {one}" for one in found]
