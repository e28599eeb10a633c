"""The organisation as a Django app."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Regions, units, people, posts."""

    name = "anlan.org"
    label = "org"
    verbose_name = "组织机构"
