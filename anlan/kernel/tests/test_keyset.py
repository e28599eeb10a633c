"""Pages follow one another without gap or repetition, whatever the order and wherever NULLs stand."""

from __future__ import annotations

from datetime import date

import pytest

from anlan.kernel import keyset
from anlan.kernel.scope import system_actor
from anlan.kernel.testing import make_row
from tests.example.models import Fault

ORDERS = [
    ("-found_on", "-id"),
    ("found_on", "id"),
    ("-found_on", "id"),
    ("due_on", "id"),
    ("-due_on", "-id"),
    ("due_on", "-id"),
    ("-due_on", "found_on", "-id"),
    ("site__name", "-id"),
    ("cost", "-due_on", "id"),
]


@pytest.fixture
def faults(db: None) -> None:
    """23 faults, some on the same day, some without due date or cost."""
    for n in range(23):
        make_row(
            Fault,
            found_on=date(2023, 1, 1 + n % 5),
            due_on=None if n % 4 == 0 else date(2023, 2, 1 + n % 3),
            cost=None if n % 3 else n % 7,
        )


def rows() -> object:
    return Fault.objects.visible_to(system_actor("测试"))


@pytest.mark.parametrize("order", ORDERS, ids=",".join)
def test_walking_forward_and_back_meets_every_row_once(faults: None, order: tuple[str, ...]) -> None:
    expected = list(rows().order_by(*order).values_list("pk", flat=True))
    seen, cursor, last = [], "", keyset.Page()
    while True:
        page = keyset.page(rows(), order, 5, after=cursor)
        seen += [row.pk for row in page.rows]
        if not page.next:
            last = page
            break
        cursor = page.next
    assert seen == expected
    back, page = [row.pk for row in last.rows], last
    while page.previous:
        page = keyset.page(rows(), order, 5, before=page.previous)
        back = [row.pk for row in page.rows] + back
    assert back == expected


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after(faults: None) -> None:
    first = keyset.page(rows(), ("-id",), 20)
    assert first.next and not first.previous
    last = keyset.page(rows(), ("-id",), 20, after=first.next)
    assert last.previous and not last.next
    assert len(last.rows) == 3


@pytest.mark.parametrize(
    "cursor", ["x", "%%%", "W10", "bnVsbA", keyset.base64.urlsafe_b64encode(b'["x",1]').decode()]
)
def test_a_cursor_that_cannot_be_read_shows_the_first_page(faults: None, cursor: str) -> None:
    order = ("-found_on", "-id")
    with pytest.raises(keyset.CursorError):
        keyset.decode(Fault, order, cursor)
    page = keyset.page(rows(), order, 5, after=cursor)
    assert [row.pk for row in page.rows] == list(rows().order_by(*order).values_list("pk", flat=True)[:5])
    assert not page.previous


def test_a_row_gone_meanwhile_does_not_disturb_the_next_page(faults: None) -> None:
    page = keyset.page(rows(), ("-id",), 5)
    expected = list(rows().order_by("-id").values_list("pk", flat=True)[5:10])
    page.rows[-1].delete()
    assert [row.pk for row in keyset.page(rows(), ("-id",), 5, after=page.next).rows] == expected


def test_equal_directions_are_one_row_comparison(db: None) -> None:
    falling = keyset.condition(Fault, ("-found_on", "-id"), [date(2023, 1, 1), 7])
    sql = str(rows().filter(falling).query)
    assert '("example_fault"."found_on", "example_fault"."id") < (' in sql


def test_rows_keep_what_the_caller_joined(faults: None, django_assert_num_queries: object) -> None:
    joined = rows().select_related("site")
    with django_assert_num_queries(1):
        names = [row.site.name for row in keyset.page(joined, ("-id",), 5).rows]
    assert len(names) == 5
