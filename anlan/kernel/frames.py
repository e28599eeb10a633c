"""Header, menu and bottom bar, written once for what they show and kept in the process.

They are the larger part of a page's template work and the same on nearly every page. What they show is the
key; only the request's own token and address differ, and stand as marks that are filled in each time.
"""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING, Any

from django.template.base import Template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.kernel.shell import Item, Shell

# Nobody outside the process can know the marks, so no text that a person wrote can hold one.
TOKEN, HERE = f"token{secrets.token_hex(12)}", f"here{secrets.token_hex(12)}"
MOST = 400
_kept: dict[tuple[object, ...], str] = {}


class _Here:
    """Stands for the request while a part is written: its address is filled in later."""

    def get_full_path(self) -> str:
        """The mark of the address."""
        return HERE


def part(context: Context, name: str) -> SafeString:
    """The template `kernel/partials/<name>.html` for the shell of this page."""
    template: Any = context.template.engine.get_template(f"kernel/partials/{name}.html")  # type: ignore[union-attr]
    shell, request = context.get("shell"), context.get("request")
    shown = getattr(shell, "shown", None)
    if shown is None or request is None or template.engine.debug:
        return _written(template, context)
    key = (name, *shown)
    text = _kept.get(key)
    if text is None:
        text = _written(template, context.new({"shell": shell, "request": _Here(), "csrf_token": TOKEN}))
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = text
    token = str(context.get("csrf_token") or "")
    return mark_safe(text.replace(TOKEN, escape(token)).replace(HERE, escape(request.get_full_path())))


def _written(template: Template, context: Context) -> SafeString:
    text: SafeString = template.render(context)
    return text


def facts_of(shell: Shell) -> tuple[object, ...]:
    """All that header, menu and bottom bar show, as a key."""
    return (
        shell.person_name,
        shell.post_label,
        tuple(shell.posts),
        shell.demo,
        shell.today,
        shell.unread,
        _entries(shell.menu),
        _entries(shell.foot_menu),
    )


def _entries(items: Sequence[Item]) -> tuple[object, ...]:
    return tuple(
        (one.url, one.label, one.icon, one.count, one.hot, one.current, one.open, _entries(one.children))
        for one in items
    )
