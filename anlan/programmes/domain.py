"""What the programme declares, part by part: review, running, reports, chasing."""

from __future__ import annotations

from anlan.kernel.shell import Group
from anlan.programmes import chase_domain, demo, report_domain, review_domain, run_domain
from anlan.programmes.acts import ACTS as ACTS

PARTS = (review_domain, run_domain, report_domain, chase_domain)
LEDGERS = tuple(ledger for part in PARTS for ledger in part.LEDGERS)
WORKFLOWS = tuple(one for part in PARTS for one in part.WORKFLOWS)
MEASURES = tuple(one for part in PARTS for one in part.MEASURES)
PARAMETERS = tuple(one for part in PARTS for one in part.PARAMETERS)
PAPER_ACTS = report_domain.PAPER_ACTS
HOME_PANELS = tuple(one for part in PARTS for one in getattr(part, "HOME_PANELS", ()))
DEMO = (demo.prepare,)
ORDER = (
    *("programmes", "intake", "matrix", "progress", "measures", "goals", "receipt", "occurrences", "chase"),
    *("report-collection", "reports", "activities", "warning-days", "due-calendar", "lists", "cascade"),
)
MENU = (
    Group("programmes", "要点落实", "list-check", position=10, order=ORDER),
    *(one for part in PARTS for one in part.MENU),
)
