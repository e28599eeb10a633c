"""Enterprises as a Django app."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """The register of firms: sites, people in key posts, licences, facilities."""

    name = "anlan.enterprises"
    label = "enterprises"
    verbose_name = "企业档案"

    def ready(self) -> None:
        """Tell imports how firms and people are named in sheets."""
        from anlan.enterprises import imports

        imports.register()
