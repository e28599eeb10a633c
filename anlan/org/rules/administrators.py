"""The three administrators: who they are and what only one of them may hold.

GB/T 22239-2019 (level 3) asks for system, security and audit administration in separate hands. That
nobody is two of them at once is kept by the database (exclusive groups of roles).
"""

from __future__ import annotations

from collections.abc import Iterable

SYSTEM, SECURITY, AUDIT = "system-administrator", "security-administrator", "audit-administrator"
ADMINISTRATORS = (SYSTEM, SECURITY, AUDIT)
# The ledgers and pages that belong to administration and organisation, with the library of packs and criteria
# that the house works by; everything else is business.
HOUSE = frozenset(
    {
        "announcements",
        "audit",
        "checklists",
        "criteria",
        "delegations",
        "dictionaries",
        "group-members",
        "health",
        "holidays",
        "industries",
        "jobs",
        "locks",
        "logins",
        "notices",
        "online",
        "packs",
        "parameters",
        "people",
        "posts",
        "regions",
        "robots",
        "roles",
        "standards",
        "unit-families",
        "unit-groups",
        "units",
    }
)
# What only one of the three may hold.
RESERVED = {
    "parameters.change": SYSTEM,
    "jobs.retry": SYSTEM,
    "people.disable": SYSTEM,
    "roles.add": SECURITY,
    "roles.change": SECURITY,
    "roles.remove": SECURITY,
    "online.view": SECURITY,
    "online.end": SECURITY,
    "locks.release": SECURITY,
    "audit.view": AUDIT,
    "audit.export": AUDIT,
    "audit.verify": AUDIT,
}
NAMES = {SYSTEM: "系统管理员", SECURITY: "安全管理员", AUDIT: "审计管理员"}


def misplaced(role: str, permissions: Iterable[str]) -> str:
    """Why `permissions` may not stand in the role with key `role`; "" when they may."""
    held = sorted(permissions)
    if role in ADMINISTRATORS:
        business = sorted({name.partition(".")[0] for name in held} - HOUSE)
        if business:
            return f"{NAMES[role]}不得持有业务权限（{'、'.join(business)}）。请去掉。"
    for name in held:
        for reserved, owner in RESERVED.items():
            if owner != role and (name == reserved or name == f"{reserved.partition('.')[0]}.*"):
                return f"“{reserved}”只能由{NAMES[owner]}持有。请去掉。"
    return ""
