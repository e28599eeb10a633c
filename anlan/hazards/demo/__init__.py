"""The invented province: firms, facilities and hidden dangers that the demonstration runs on.

Nothing in it is real: firms bear （演示） in their names and codes that are given to nobody, people are
called 王某, figures come from `trades.csv` and a seed. Every row is marked as demonstration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings

from anlan.enterprises.models import Enterprise
from anlan.hazards.demo import closures
from anlan.hazards.demo.loading import SCALES, load

DAY = date(2023, 7, 5)
HOME = "360000/361100/"


def prepare(demo: bool, say: Callable[[str], object]) -> None:
    """The step of the set-up: nothing without a demonstration, nothing where it stands already."""
    if demo and not Enterprise.objects.unscoped("whether the demonstration has its firms").exists():
        load(SCALES[settings.ANLAN_DEMO_SCALE], DAY, say, home=HOME)
    closures.prepare(demo, say)
