"""What a process keeps for speed is never shown to the wrong reader, nor kept after it died."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test import RequestFactory

from anlan.kernel import filter_line, frames
from anlan.kernel.pages.lists import Shown
from anlan.kernel.scope import Actor, Seat
from anlan.kernel.shell import Shell


def _page(name: str, path: str, token: str) -> str:
    request: Any = RequestFactory().get(path)
    seat = Seat(1, f"{name}的岗位", person_id=7)
    request.actor = Actor(None, name, (seat,), seat)
    template = engines["django"].from_string('{% frame "header" %}{% frame "menu" %}')
    context = {"shell": Shell(request), "csrf_token": token, "request": request}
    return str(template.render(context, None))


def test_the_frame_is_kept_but_token_and_address_are_the_requests_own() -> None:
    frames._kept.clear()
    first = _page("张三", "/faults/?q=a&b=<c>", "tokenone")
    kept = len(frames._kept)
    second = _page("张三", "/faults/?q=z", "tokentwo")
    assert len(frames._kept) == kept > 0
    assert "tokenone" in first and "tokenone" not in second and "tokentwo" in second
    assert "q=a&amp;b=%3Cc%3E" in first and "q=z" in second
    assert frames.TOKEN not in first + second and frames.HERE not in first + second


def test_another_post_has_its_own_frame() -> None:
    assert "李四的岗位" in _page("李四", "/", "t") and "李四的岗位" not in _page("王五", "/", "t")


def test_a_filter_line_escapes_what_people_wrote() -> None:
    text = Shown("q", "描述", "text", '"><script>')
    choice = Shown("level", "级别", "choice", options=[("<b>", "一&般", True)])
    further = Shown("due", "期限", "date", value_from="2023-06-01", hidden_more=True)
    drawn = filter_line.fields([text, choice, further])
    assert "<script>" not in drawn and "<b>" not in drawn
    assert '<option value="&lt;b&gt;" selected>一&amp;般</option>' in drawn
    assert '<details class="filter-more" open>' in drawn and 'name="due_from" value="2023-06-01"' in drawn
    unknown = SimpleNamespace(name="x", label="x", kind="?", hidden_more=False)
    assert filter_line.fields([unknown]) == ""


@pytest.mark.django_db
def test_a_connection_that_the_server_closed_is_noticed() -> None:
    other = connection.copy()
    try:
        other.ensure_connection()
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [other.connection.info.backend_pid])
        for _ in range(100):
            if not other.is_usable():
                break
            time.sleep(0.02)
        assert not other.is_usable()
    finally:
        other.close()
