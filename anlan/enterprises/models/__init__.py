"""Tables of the enterprise register."""

from anlan.enterprises.models.credentials import Certificate, Licence
from anlan.enterprises.models.firms import Enterprise, Site
from anlan.enterprises.models.people import KeyPerson

__all__ = ["Certificate", "Enterprise", "KeyPerson", "Licence", "Site"]
