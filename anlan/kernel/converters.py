"""Address parts that are declarations; importing this module makes `<ledger:key>` known."""

from django.urls import register_converter

from anlan.kernel import registry


class LedgerConverter:
    """The key of a declared ledger; any other word is no ledger's address."""

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> str:
        """Refuse words that are no ledger."""
        try:
            return registry.ledger(value).key
        except KeyError:
            raise ValueError(value) from None

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(LedgerConverter, "ledger")
