"""Error pages. What is not there and what may not be seen are told in the same words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return render(request, "kernel/404.html", status=404)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403 without a reason of its own."""
    return render(request, "kernel/403.html", {"reason": str(exception or "")}, status=403)


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """403 with the reason why a writing act was refused."""
    return render(request, "kernel/403.html", {"reason": reason}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or its form did not come from us."""
    text = "页面已过期，没有保存任何内容。请返回上一页，刷新后再办理。"
    return render(request, "kernel/403.html", {"reason": text}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without the shell, since whatever failed may have been part of it."""
    return render(request, "kernel/500.html", status=500)


def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows without a network."""
    return render(request, "kernel/offline.html")
