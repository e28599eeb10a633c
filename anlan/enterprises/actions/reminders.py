"""Telling a firm of papers that run out: when they turn yellow, a month before, and when they are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from anlan.enterprises import reads
from anlan.enterprises.models import Certificate, Licence, Standing
from anlan.enterprises.rules.expiry import expiry, stage
from anlan.enterprises.rules.status import Duty, owing
from anlan.kernel import notice
from anlan.kernel.models import Notice
from anlan.org.models import Post
from anlan.org.models.dated import on_day

REASON = "what runs out is told to its firm"
LOOK_BACK = 30  # days: what ran out long ago was told then


def remind(today: date) -> int:
    """Tell the people who act for a firm of licences and certificates that run out; gives how many were told.

    A stage is told once (`rules.expiry.stage`); a renewed paper has another last day and begins anew.
    """
    posts = Post.objects.unscoped(REASON).filter(on_day(today), enterprise_id__isnull=False)
    acting: dict[int, list[int]] = {}
    for firm, person in posts.values_list("enterprise_id", "person_id"):
        acting.setdefault(firm, []).append(person)
    told = 0
    for ledger, row, words in _ending(today, list(acting)):
        found = stage(row.expires_on, today, notice=reads.notice_days(), near=reads.NEAR)
        if not found:
            continue
        state = expiry(row.expires_on, today, notice=reads.notice_days())
        text = f"{words}有效期至 {row.expires_on}，{state.word}。请办理延续或换证，办好后在系统里改有效期。"
        told += notice.notify(
            acting[row.enterprise_id], f"{ledger}:{row.pk}:{found}:{row.expires_on}", text,
            link=reverse("ledger-row", args=[ledger, row.pk]), row=row,
            importance=Notice.Importance.ORDINARY,
        )  # fmt: skip
    return told


def _ending(today: date, firms: list[int]) -> Iterator[tuple[str, Any, str]]:
    window = {
        "enterprise_id__in": firms,
        "expires_on__gte": today - timedelta(days=LOOK_BACK),
        "expires_on__lte": today + timedelta(days=reads.notice_days()),
    }
    licences = Licence.objects.unscoped(REASON).filter(
        **window, standing=Standing.VALID, enterprise__status__in=owing(Duty.LICENCES)
    )
    for one in licences.order_by("expires_on", "id").iterator(chunk_size=1000):
        yield "licences", one, f"{one.kind}（{one.number}）"
    people = Certificate.objects.unscoped(REASON).filter(
        **window, person__left_on=None, enterprise__status__in=owing(Duty.PEOPLE)
    )
    for one in people.select_related("person").order_by("expires_on", "id").iterator(chunk_size=1000):
        yield "certificates", one, f"{one.person.name}的{one.kind}"
