"""Parts of the register's detail pages, and what a new row begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from anlan.enterprises import cells
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Merger, Site
from anlan.kernel import drawing
from anlan.kernel.pages.rows import field_label, shown
from anlan.kernel.registry import ledger_of
from anlan.kernel.scope import Actor

SHOWN = 60


def own_firm(actor: Actor) -> Mapping[str, Any]:
    """A firm's user registers for the own firm."""
    firm = actor.seat.enterprise_id if actor.seat else None
    return {"enterprise_id": firm} if firm else {}


def plan_of_site(actor: Actor, site: Site) -> Mapping[str, Any]:
    """Where the plan of a site is uploaded; the plan itself stands among the attachments."""
    attach = reverse("ledger-attach", args=["enterprise-sites", site.pk])
    return {"attach_url": attach if actor.may("enterprise-sites.change") else ""}


def certificates_of_person(actor: Actor, person: KeyPerson) -> Mapping[str, Any]:
    """The certificates of one person with their lights."""
    rows = Certificate.objects.visible_to(actor).filter(person=person).select_related("person")
    found = [
        {
            "row": one,
            "light": cells.certificate(one),
            "checked": cells.checked(one),
            "url": reverse("ledger-row", args=["certificates", one.pk]),
        }
        for one in rows.order_by("expires_on", "id")[:SHOWN]
    ]
    new = f"{reverse('ledger-new', args=['certificates'])}?person={person.pk}"
    return {"certificates": found, "new_url": new if actor.may("certificates.add") else ""}


def elsewhere(actor: Actor, person: KeyPerson) -> Mapping[str, Any]:
    """Where the same identity number stands as well: several posts, or certificates lent out."""
    if not person.identity_digest:
        return {"known": False}
    same = KeyPerson.objects.unscoped("only a count of what the actor does not see").filter(
        identity_digest=person.identity_digest
    )
    others = same.exclude(pk=person.pk)
    mine = list(
        KeyPerson.objects.visible_to(actor)
        .filter(identity_digest=person.identity_digest)
        .exclude(pk=person.pk)
        .select_related("enterprise")
        .order_by("enterprise__name", "id")[:SHOWN]
    )
    rows = [{"row": one, "url": reverse("ledger-row", args=["key-people", one.pk])} for one in mine]
    return {"known": True, "rows": rows, "hidden": others.count() - len(rows)}


def both_versions(actor: Actor, row: Merger) -> Mapping[str, Any]:
    """Both records as they stood before, field by field, and what moved over."""
    ledger, names = ledger_of(Enterprise), drawing.Names()
    kept, gone = row.before.get("kept", {}), row.before.get("gone", {})
    fields = []
    silent = {"id", "version", "merged_into_id", *Enterprise.derived}
    for one in Enterprise._meta.concrete_fields:
        mine, theirs = kept.get(one.attname), gone.get(one.attname)
        if ledger is None or one.attname in silent or (mine in (None, "") and theirs in (None, "")):
            continue
        fields.append(
            {
                "label": field_label(ledger, one.attname),
                "kept": shown(ledger, one.attname, mine, names),
                "gone": shown(ledger, one.attname, theirs, names),
                "same": mine == theirs,
            }
        )
    undo = reverse("enterprise-unmerge", args=[row.pk]) if actor.may("enterprises.merge") else ""
    return {
        "fields": fields,
        "row": row,
        "undo_url": "" if row.undone_at else undo,
        "moved": list(row.moved.items()),
        "kept_url": reverse("ledger-row", args=["enterprises", row.kept_id]),
        "gone_url": reverse("ledger-row", args=["enterprises", row.gone_id]),
    }
