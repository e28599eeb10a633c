"""The small example domain: what the tests and the benchmarks of the kernel stand on."""

from django.apps import AppConfig


class ExampleConfig(AppConfig):
    """Installed only when ANLAN_EXAMPLE=1."""

    name = "tests.example"
    label = "example"
    verbose_name = "样例"
