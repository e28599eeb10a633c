"""The request meets the house: who asks, and how refusals look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused

if TYPE_CHECKING:

    class ActorRequest(HttpRequest):
        """A request that has passed the middleware."""

        actor: Actor

else:
    ActorRequest = HttpRequest


LONGEST = 18


def whole(text: Any) -> int | None:
    """The whole number that a browser sent, or None: plain digits, no more than fit into a key.

    `str.isdigit` also takes “²” and five thousand nines, on which `int` raises.
    """
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


class ActorMiddleware:
    """Puts `request.actor` there, made once a request and only when somebody asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.factory: Callable[[HttpRequest], Actor] = import_string(settings.ANLAN_ACTOR_FACTORY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve with an actor."""
        cast("ActorRequest", request).actor = cast("Actor", SimpleLazyObject(lambda: self.factory(request)))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal raised anywhere becomes the page that says who refused what."""
        if isinstance(error, Refused):
            from anlan.kernel.pages.errors import refused

            return refused(request, str(error))
        return None
