"""The organisation as a Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrgConfig(AppConfig):
    """Regions, units, people, posts."""

    name = "anlan.org"
    label = "org"
    verbose_name = "组织机构"

    def ready(self) -> None:
        """Write down who signs in; tell the kernel what places are called; fill the tick boxes."""
        from anlan.kernel import places
        from anlan.org import guards, imports, login_records, offers, reads  # noqa: F401

        places.register(reads.path_labels)
        offers.register()
        imports.register()
        post_migrate.connect(guards.install, sender=self)
