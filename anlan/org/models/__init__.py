"""Tables of the organisation."""

from anlan.org.models.announcements import Announcement
from anlan.org.models.groups import GroupMember, UnitGroup
from anlan.org.models.people import Person, Role
from anlan.org.models.posts import Delegation, Post
from anlan.org.models.regions import Region
from anlan.org.models.security import LoginRecord, OnlineSession, PasswordHistory
from anlan.org.models.units import Industry, Unit, UnitFamily

__all__ = [
    "Announcement",
    "Delegation",
    "GroupMember",
    "Industry",
    "LoginRecord",
    "OnlineSession",
    "PasswordHistory",
    "Person",
    "Post",
    "Region",
    "Role",
    "Unit",
    "UnitFamily",
    "UnitGroup",
]
