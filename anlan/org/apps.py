"""The organisation as a Django app."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Regions, units, people, posts."""

    name = "anlan.org"
    label = "org"
    verbose_name = "组织机构"

    def ready(self) -> None:
        """Start writing down who signs in."""
        from anlan.org import login_records  # noqa: F401
