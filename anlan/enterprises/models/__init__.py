"""Tables of the enterprise register."""

from anlan.enterprises.models.credentials import Certificate, Licence, Standing
from anlan.enterprises.models.facilities import Facility
from anlan.enterprises.models.firms import Enterprise, Site
from anlan.enterprises.models.merges import Distinction, Merger
from anlan.enterprises.models.people import KeyPerson

__all__ = [
    "Certificate",
    "Distinction",
    "Enterprise",
    "Facility",
    "KeyPerson",
    "Licence",
    "Merger",
    "Site",
    "Standing",
]
