"""The kernel as a Django app: it gathers the declarations when all apps are loaded."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class KernelConfig(AppConfig):
    """Loads every domain's declarations once, checks them, keeps the SQL objects they need."""

    name = "anlan.kernel"
    label = "kernel"
    verbose_name = "基座"

    def ready(self) -> None:
        """Gather the declarations and register the checks."""
        from anlan.kernel import checks, registry, sql

        registry.load()
        checks.register()
        pre_migrate.connect(sql.install_functions, sender=self)
        post_migrate.connect(sql.install_objects)
