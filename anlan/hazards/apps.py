"""Hazards as a Django app."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """Risk grading, hidden dangers and their closed loop."""

    name = "anlan.hazards"
    label = "hazards"
    verbose_name = "风险隐患"
