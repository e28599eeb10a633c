"""Standards as a Django app."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """Laws, criteria and industry packs."""

    name = "anlan.standards"
    label = "standards"
    verbose_name = "法规与判定标准"
