"""Programmes as a Django app."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """A key-points document compiled and running."""

    name = "anlan.programmes"
    label = "programmes"
    verbose_name = "要点落实"
