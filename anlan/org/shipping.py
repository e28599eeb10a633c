"""What a new version brings to an installation that is already at work: permissions of the house's own roles,
and dictionaries that are still empty. What administrators changed stays."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from anlan.kernel import audit
from anlan.kernel.models import DictEntry
from anlan.kernel.scope import Actor
from anlan.org.loading import DATA, Loaded, items, read_sheet
from anlan.org.models import Role
from anlan.org.rules.administrators import misplaced
from anlan.org.rules.shipped import gain


def bring_permissions(actor: Actor, path: Path = DATA / "roles.csv") -> Loaded:
    """Give each built-in role what this version ships and the last one did not; each change is on record.

    Nothing is taken away, nothing that an administrator removed comes back. Runs at every start.
    """
    sheet = read_sheet(path, ("key", "permissions"))
    now = {cells["key"]: items(cells["permissions"]) for _, cells in sheet.rows}
    changed = 0
    with transaction.atomic():
        roles = Role.objects.unscoped("what a new version brings").select_for_update()
        for role in roles.filter(built_in=True, key__in=list(now)).order_by("id"):
            changed += _bring(actor, role, now[role.key])
    return Loaded(0, changed, len(now) - changed)


def _bring(actor: Actor, role: Role, now: list[str]) -> bool:
    found = gain(role.permissions, role.shipped, now)
    added = [one for one in found.added if not misplaced(role.key, [one])]
    shipped = list(dict.fromkeys([*role.shipped, *now]))
    if shipped == role.shipped:
        return False
    old, role.shipped = role.permissions, shipped
    if not added and not found.left:
        role.save(update_fields=["shipped"])
        return False
    role.permissions, role.version = [*old, *added], role.version + 1
    role.save(update_fields=["shipped", "permissions", "version"])
    note = "随新版本增加"
    if found.left:
        note += f"；以前去掉过其中一部分，没有增加：{'、'.join(found.left)}"
    audit.record(actor, "change", role, {"permissions": [old, role.permissions]} if added else {}, note=note)
    return True


def load_dictionaries(path: Path = DATA / "dictionaries.csv") -> Loaded:
    """Fill the dictionaries that have no entry yet; those that have one belong to the administrator."""
    sheet = read_sheet(path, ("dictionary", "key", "label", "position"))
    rows = DictEntry.objects.unscoped("loading reference data")
    own = set(rows.values_list("dictionary", flat=True))
    new = [
        DictEntry(
            dictionary=cells["dictionary"], key=cells["key"], label=cells["label"],
            position=int(cells["position"]), version=1,
        )
        for _, cells in sheet.rows
        if cells["dictionary"] not in own
    ]  # fmt: skip
    for row in new:
        row.save()
    return Loaded(len(new), 0, len(sheet.rows) - len(new))
