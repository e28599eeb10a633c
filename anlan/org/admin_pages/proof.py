"""Is the record whole? Runs the proof and shows the last one (audit administrator)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.kernel.models import AuditEntry
from anlan.kernel.requests import ActorRequest
from anlan.org.admin_pages.access import needs

SEALS = 20


@require_http_methods(["GET", "POST"])
@needs("audit.verify")
def proof_page(request: ActorRequest) -> HttpResponse:
    """POST proves the whole chain now; GET shows the last proof and the newest seals."""
    last = (
        AuditEntry.objects.unscoped("the last proof of the record")
        .filter(act="verify_audit")
        .order_by("-id")
        .first()
    )
    return render(request, "org/admin/verify.html", {"last": last})
