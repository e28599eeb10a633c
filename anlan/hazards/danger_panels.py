"""Parts of the pages of listings: the light of the day, and on what each term stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from anlan.hazards.models import DangerListing
from anlan.kernel import cells, clock, parameters
from anlan.kernel.scope import Actor

TERMS = (
    ("备案", "dangers.listing_file_days", "个工作日"),
    ("公示", "dangers.listing_publish_days", "个工作日"),
    ("摘牌后公示", "dangers.listing_end_days", "个工作日"),
    ("最长督办期限", "dangers.listing_months", "个月"),
    ("延期申请提前", "dangers.listing_ask_days", "个工作日"),
    ("延期决定", "dangers.decide_days", "个工作日"),
)


def listing_due(row: DangerListing) -> SafeString:
    """The light of a listing's own term."""
    today = clock.today()
    day = mark_safe(f" <small>{cells.day(row.due_on)}</small>")
    if row.state in ("delisted", "revoked"):
        return cells.light("g", "已摘牌") + day if row.state == "delisted" else mark_safe("")
    left = (row.due_on - today).days
    word = f"剩 {left} 天" if left > 0 else "今天" if left == 0 else f"逾期 {-left} 天"
    return cells.light("r" if left < 0 else "y" if left <= 10 else "g", word) + day


def terms(actor: Actor, row: DangerListing) -> Mapping[str, Any]:
    """The settings that the clocks of a listing follow."""
    return {"terms": [(label, f"{parameters.value(key)} {unit}") for label, key, unit in TERMS]}
