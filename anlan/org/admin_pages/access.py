"""Who may open a page of the administrators: whoever lacks the permission finds nothing there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import require

View = Callable[..., HttpResponse]


def needs(permission: str, *, post: str = "") -> Callable[[View], View]:
    """The page opens with `permission`; a POST needs `post` (default: the same) of the chosen post.

    Whoever holds neither in any post finds nothing; whoever holds it in another post is told to change.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.may_read(permission):
                raise Http404
            if request.method == "POST":
                demand(request, post or permission)
            return view(request, *args, **kwargs)

        return checked

    return wrap


def demand(request: ActorRequest, permission: str) -> None:
    """404 for whoever holds the permission in no post; Refused where only another post of theirs holds it."""
    if not request.actor.may_read(permission):
        raise Http404
    require(request.actor, permission)
