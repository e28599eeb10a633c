"""What a firm's status asks of it: other domains ask here, and never compare statuses themselves.

Working convention of this house, 待核 against local rules (confidence M): the Work Safety Law binds whoever
produces or runs a business, and a suspended firm keeps the duties that its plant itself brings along
(dangers, installations, monitoring), while duties of running the business rest.
"""

from __future__ import annotations

from enum import StrEnum


class Duty(StrEnum):
    """Kinds of duty that a status switches on."""

    DANGERS = "dangers"  # find and rectify hidden dangers
    RISKS = "risks"  # grade risks, keep controls
    INSTALLATIONS = "installations"  # guarantor duties, registration
    MONITORING = "monitoring"  # sensors stay online
    LICENCES = "licences"  # licences and certificates must hold
    PEOPLE = "people"  # principals, safety managers and operators in post and certified
    REPORTING = "reporting"  # regular reports
    RESUMPTION = "resumption"  # acceptance before work is taken up again


PLANT = frozenset({Duty.DANGERS, Duty.RISKS, Duty.INSTALLATIONS, Duty.MONITORING})
BUSINESS = frozenset({Duty.LICENCES, Duty.PEOPLE, Duty.REPORTING})
DUTIES: dict[str, frozenset[Duty]] = {
    "building": frozenset({Duty.DANGERS, Duty.RISKS, Duty.PEOPLE}),
    "trial": PLANT | BUSINESS,
    "operating": PLANT | BUSINESS,
    "suspended": PLANT | {Duty.RESUMPTION},
    "closed": frozenset(),
    "merged": frozenset(),
}


def owes(status: str, duty: Duty | str) -> bool:
    """Whether a firm of this status has the duty."""
    return duty in DUTIES.get(status, frozenset())


def owing(duty: Duty | str) -> tuple[str, ...]:
    """The statuses that bring the duty: `filter(enterprise__status__in=owing("licences"))`."""
    return tuple(status for status, duties in DUTIES.items() if duty in duties)
