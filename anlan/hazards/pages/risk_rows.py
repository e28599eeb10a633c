"""The pages of a risk point and of an installation: what was reckoned stands first, the fields below."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.hazards import risk_cells
from anlan.kernel import cells
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.moves import MoveButton
from anlan.kernel.pages.rows import RowPage
from anlan.kernel.requests import ActorRequest

# What takes back or ends is never the button that a page offers first.
QUIET = frozenset({"不批准或撤回", "消除风险点", "核销", "作废"})


class PanelsFirst(RowPage):
    """As the kernel's page, with the panels of the main column above the fields."""

    @cached_property
    def way(self) -> list[MoveButton]:
        """The moves; those that end something stand back."""
        found = super().way
        for one in found:
            one.primary = one.primary and one.label not in QUIET
        return found

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        """Panels, then fields."""
        whole = super().sections
        count = len(self.ledger.detail)
        return [*whole[count:], *whole[:count]]

    @property
    def facts(self) -> list[Any]:
        """The firm, and what was found."""
        found: list[Any] = [str(self.row.enterprise)]
        if self.ledger.key == "risks":
            colour = risk_cells.graded(self.row.residual_colour, self.row.residual_score)
            found += [colour, self.row.get_state_display()]
        else:
            found += [risk_cells.level(self.row), self.row.get_state_display()]
        return [*found, *([cells.tag("演示数据")] if self.row.demo else [])]


@require_GET
def show_point(request: ActorRequest, pk: int) -> HttpResponse:
    """One risk point."""
    return _show(request, "risks", pk)


@require_GET
def show_installation(request: ActorRequest, pk: int) -> HttpResponse:
    """One installation."""
    return _show(request, "installations", pk)


def _show(request: ActorRequest, key: str, pk: int) -> HttpResponse:
    ledger = ledger_for(request, key)
    row = row_for(request, ledger, pk, *ledger.related)
    return render(request, "kernel/detail.html", {"page": PanelsFirst(request, ledger, row)})
