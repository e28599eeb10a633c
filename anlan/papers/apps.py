"""Official papers as a Django app."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Papers and their receipts."""

    name = "anlan.papers"
    label = "papers"
    verbose_name = "公文"
