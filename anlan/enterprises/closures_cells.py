"""How cells of closure plans and cases are drawn, and what their exports write."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.enterprises.models import Closure, ClosurePlan
from anlan.enterprises.rules import closing
from anlan.kernel import cells, clock


def standing(case: Closure) -> closing.Standing:
    """How a case stands today."""
    return closing.standing(case.state, case.planned_on, case.accepted_on, clock.today())


def light(case: Closure) -> SafeString:
    """Its light."""
    return cells.light(*_pair(standing(case)))


def words(case: Closure) -> str:
    """Its words for an export."""
    return standing(case).word


def pace(plan: ClosurePlan) -> SafeString:
    """The light of a plan: reached, behind, short."""
    return cells.light(*_pair(_pace(plan)))


def pace_words(plan: ClosurePlan) -> str:
    """Its words for an export."""
    return _pace(plan).word


def named(plan: ClosurePlan) -> SafeString:
    """How many are named; opens them."""
    return cells.fx(plan.named, address(plan) if plan.named else "")


def done(plan: ClosurePlan) -> SafeString:
    """How many are struck off of the planned number, and the share; opens them."""
    shown = cells.fx(plan.done, address(plan, "state=delisted") if plan.done else "")
    return format_html('{} <span class="mute">{}%</span>', shown, share(plan))


def share(plan: ClosurePlan) -> int:
    """Struck off in percent of the planned number, whole ones, rounded down: 100 only when all are."""
    return plan.done * 100 // plan.number if plan.number else 0


def address(plan: ClosurePlan, more: str = "") -> str:
    """The cases of a plan."""
    return f"{reverse('ledger-list', args=['closures'])}?plan={plan.pk}{'&' + more if more else ''}"


def _pace(plan: ClosurePlan) -> closing.Standing:
    return closing.pace(plan.number, plan.done, plan.year, clock.today())


def _pair(found: Any) -> tuple[str, str]:
    return found.light, found.word
