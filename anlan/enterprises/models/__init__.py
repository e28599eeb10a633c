"""Tables of the enterprise register."""

from anlan.enterprises.models.closures import Closure, ClosurePlan
from anlan.enterprises.models.credentials import Certificate, Licence, Standing
from anlan.enterprises.models.facilities import Facility
from anlan.enterprises.models.firms import Enterprise, Site
from anlan.enterprises.models.merges import Distinction, Merger
from anlan.enterprises.models.people import KeyPerson
from anlan.enterprises.models.rechecks import LicenceCheck, LicenceDraw

__all__ = [
    "Certificate",
    "Closure",
    "ClosurePlan",
    "Distinction",
    "Enterprise",
    "Facility",
    "KeyPerson",
    "Licence",
    "LicenceCheck",
    "LicenceDraw",
    "Merger",
    "Site",
    "Standing",
]
