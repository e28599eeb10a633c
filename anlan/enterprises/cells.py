"""How cells of the register's lists are drawn, and what its exports write for them."""

from __future__ import annotations

from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from anlan.enterprises import reads
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence
from anlan.enterprises.rules.expiry import Expiry
from anlan.kernel import cells

# A working firm is plain text; what stands still or is gone says so by its shape.
STATUS_TONES = {"suspended": "warn", "closed": "", "merged": ""}


def status(row: Enterprise) -> SafeString:
    """The status; other than working ones as a mark."""
    word = row.get_status_display()
    if row.status in STATUS_TONES:
        return cells.tag(word, STATUS_TONES[row.status])
    return conditional_escape(word)


def code(row: Enterprise) -> SafeString:
    """The code; one that was let pass is marked."""
    if not row.code:
        return cells.tag("无代码", "warn")
    shown = conditional_escape(row.code)
    return SafeString(f"{shown} {cells.tag('已放行', 'warn')}") if row.code_override_reason else shown


def code_text(row: Enterprise) -> str:
    """The code for an export."""
    return str(row.code)


def firm_papers(row: Enterprise) -> SafeString:
    """The light of the firm's nearest licence."""
    found = reads.firm_light(row)
    return _light(found) if found else cells.DASH


def licence(row: Licence) -> SafeString:
    """The light of a licence."""
    return _light(reads.licence_light(row))


def licence_text(row: Licence) -> str:
    """Its words for an export."""
    return reads.licence_light(row).word


def certificate(row: Certificate) -> SafeString:
    """The light of a certificate."""
    return _light(reads.certificate_light(row))


def certificate_text(row: Certificate) -> str:
    """Its words for an export."""
    return reads.certificate_light(row).word


def checked(row: Certificate) -> SafeString:
    """Whether it was checked; a forged or unknown one is red, a doubtful one marked."""
    word = row.get_checked_display()
    tone = {"forged": "bad", "not-found": "bad", "doubtful": "warn"}.get(row.checked)
    return cells.tag(word, tone) if tone else conditional_escape(word)


def in_post(row: KeyPerson) -> SafeString:
    """在岗, or the day of leaving."""
    return conditional_escape(f"{row.left_on} 离任" if row.left_on else "在岗")


def in_post_text(row: KeyPerson) -> str:
    """The same for an export."""
    return f"{row.left_on} 离任" if row.left_on else "在岗"


def _light(found: Expiry) -> SafeString:
    return cells.light(found.light, found.word)


def point(row: Any) -> SafeString:
    """117.861911, 29.248025."""
    if row.longitude is None or row.latitude is None:
        return cells.DASH
    return conditional_escape(f"{row.longitude}, {row.latitude}")
