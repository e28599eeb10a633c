"""What the detail pages of risk points, installations and guarantors show beside their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from anlan.hazards import reads_risk, risk_cells
from anlan.hazards.actions.installation import held_of
from anlan.hazards.models import Guarantor, InstallationAssessment, MajorHazardInstallation, RiskPoint
from anlan.hazards.rules import gb18218, lec, ls
from anlan.hazards.rules.gb18218_tables import STANDARD
from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor

SHOWN = 20


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor in both gradings: value and words."""

    name: str
    inherent: str
    residual: str


def grading(actor: Actor, row: RiskPoint) -> Mapping[str, Any]:
    """Both gradings factor by factor, the scheme, and a proposal that waits."""
    lec_used = row.method == RiskPoint.Method.LEC
    names = (
        (("L", "可能性"), ("E", "暴露频次"), ("C", "后果"))
        if lec_used
        else (("L", "可能性"), ("S", "严重性"))
    )
    lines = []
    for letter, label in names:
        column = "c" if letter == "S" else letter.lower()
        words = [_words(row, column, getattr(row, f"{side}_{column}")) for side in ("inherent", "residual")]
        lines.append(FactorLine(f"{letter} {label}", *words))
    return {
        "lines": lines,
        "graded": row.is_graded,
        "inherent": risk_cells.inherent(row),
        "residual": risk_cells.residual(row),
        "formula": "D = L × E × C" if lec_used else "R = L × S",
        "scheme": row.get_variant_display(),
        "unsure": _unsure(row),
        "bound_70": lec_used and row.seventy_is_yellow,
        "proposal": _proposal(row),
        "reviewed_on": row.reviewed_on,
        "review": risk_cells.review(row),
    }


def _words(row: RiskPoint, column: str, value: Decimal | None) -> str:
    if value is None:
        return "—"
    if row.method == RiskPoint.Method.LS:
        table = ls.LIKELIHOOD if column == "l" else ls.SEVERITY
        words = table.get(int(value), "")
    else:
        tables = {"l": lec.LIKELIHOOD, "e": lec.EXPOSURE, "c": lec.CONSEQUENCES.get(row.variant, ())}
        words = next((one.label for one in tables[column] if one.value == value), "")
    return f"{risk_cells.plain(value)}　{words}"


def _unsure(row: RiskPoint) -> str:
    """What of the scheme is still to be checked against its source."""
    if row.method == RiskPoint.Method.LS:
        return "分级界限、判据文字待核"
    return "15 及以下各档后果待核" if row.variant == "accident" else "界限归属待核（70、20）"


def _proposal(row: RiskPoint) -> dict[str, Any] | None:
    if row.state != RiskPoint.State.LOWERING or not row.proposal:
        return None
    asked = row.proposal
    pairs = zip(asked["colours"], asked["scores"], strict=True)
    inherent, residual = (risk_cells.graded(value, Decimal(score)) for value, score in pairs)
    return {**asked, "inherent": inherent, "residual": residual}


def cards(actor: Actor, row: RiskPoint) -> Mapping[str, Any]:
    """What is printed of this point: its notice card, the card of its job, its place on a plan."""
    may = actor.may("work-confirmations.add") and row.state != RiskPoint.State.RETIRED
    return {"point": row, "plan": row.plan if row.plan_id else None, "may_confirm": may}


def steps(actor: Actor, row: MajorHazardInstallation) -> Mapping[str, Any]:
    """The newest reckoning step by step."""
    last = reads_risk.reckonings(row).first()
    found = _steps(last) if last else {"steps": ()}
    return {**found, "may": actor.may("installations.change") and row.state != "removed", "installation": row}


def steps_of_one(actor: Actor, row: InstallationAssessment) -> Mapping[str, Any]:
    """One reckoning step by step."""
    return _steps(row)


def _steps(row: InstallationAssessment) -> dict[str, Any]:
    if not row.holdings:
        return {"steps": ()}
    found = gb18218.assess([held_of(one) for one in row.holdings], row.residents)
    return {
        "steps": gb18218.steps(found),
        "words": found.words,
        "level": risk_cells.level_of(row.level),
        "doubts": found.doubts,
        "standard": STANDARD,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "mixture": gb18218.MIXTURE_NOTE,
    }


def reckonings(actor: Actor, row: MajorHazardInstallation) -> Mapping[str, Any]:
    """Every reckoning, newest first, each with what led to it."""
    found: list[tuple[InstallationAssessment, SafeString, str]] = [
        (one, risk_cells.level_of(one.level), cells.day(one.made_at))
        for one in reads_risk.reckonings(row)[:SHOWN]
    ]
    return {"reckonings": found}


def people(actor: Actor, row: MajorHazardInstallation) -> Mapping[str, Any]:
    """The three guarantors with this year's periods as a grid."""
    year = clock.today().year
    rows = reads_risk.by_role(row.guarantors.visible_to(actor))
    return {
        "grid": reads_risk.grid(rows, year, clock.today()),
        "lacking": reads_risk.roles_lacking(row, rows, clock.today()),
        "installation": row,
        "may": actor.may("guarantors.add"),
        "year": year,
    }


def duties_of_one(actor: Actor, row: Guarantor) -> Mapping[str, Any]:
    """The last periods of one guarantor."""
    found = row.duties.visible_to(actor).order_by("-starts_on")[:SHOWN]
    return {"duties": [(one, risk_cells.duty(one)) for one in found]}
