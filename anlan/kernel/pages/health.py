"""Is each part alive? For machines (`/health`), and the service worker that must come from the root."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.templatetags.static import static

from anlan import __version__

ALIVE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND scheduled_at IS NULL) AS waiting,
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds')
  FROM procrastinate_jobs
"""


def parts() -> dict[str, dict[str, Any]]:
    """{part: {"ok": …, …}}: database with its version, jobs with how many wait and how many workers live."""
    found: dict[str, dict[str, Any]] = {"web": {"ok": True, "version": __version__}}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            found["database"] = {"ok": True, "version": cursor.fetchone()[0]}
            cursor.execute(ALIVE)
            waiting, workers = cursor.fetchone()
            found["jobs"] = {"ok": workers > 0, "waiting": waiting, "workers": workers}
    except DatabaseError as error:
        found.setdefault("database", {"ok": False, "error": type(error).__name__})
    return found


def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503. Tells no more than a part's name and state."""
    found = parts()
    whole = found["database"]["ok"]
    public = {name: {"ok": part["ok"]} for name, part in found.items()}
    return JsonResponse({"ok": whole, "parts": public}, status=200 if whole else 503)


def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for browsers that ask at the root: beside files and answers that are no page of ours."""
    return HttpResponsePermanentRedirect(static("img/mark.svg"))


def service_worker(request: HttpRequest) -> HttpResponseBase:
    """The offline script: its reach is the folder it comes from, so it is served from the root."""
    where = (
        finders.find("sw.js") if settings.DEBUG or settings.TESTING else str(settings.STATIC_ROOT / "sw.js")
    )
    try:
        response = FileResponse(open(str(where), "rb"), content_type="text/javascript")  # noqa: SIM115
    except OSError:
        raise Http404 from None
    response["Cache-Control"] = "no-cache"
    return response
