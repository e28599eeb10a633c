"""What hazards bring to a firm's page: dangers not closed, major hazard installations, the four colours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.enterprises.folder import Facts, Figure, KeyDate, Part
from anlan.enterprises.models import Enterprise
from anlan.hazards import danger_cells, risk_cells
from anlan.hazards.models import HiddenDanger, MajorHazardInstallation, RiskPoint, WorkConfirmation
from anlan.hazards.models.installation import MAJOR, Grade
from anlan.hazards.rules.risk import Colour
from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor

WORK = "work-confirmations"
SHOWN = 6
DATES = 3
ENDED = ("closed", "void")


def _address(ledger: str, firm: Enterprise, query: str = "") -> str:
    more = f"&{query}" if query else ""
    return f"{reverse('ledger-list', args=[ledger])}?enterprise={firm.pk}{more}"


# Dangers ----------------------------------------------------------------------------------------------


def danger_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many there ever were, how many are open, and the next days. Two statements."""
    rows = HiddenDanger.objects.visible_to(actor).filter(enterprise_id=firm.pk)
    still = ~Q(state__in=ENDED)
    found = rows.order_by().aggregate(
        n=Count("pk"),
        open=Count("pk", filter=still),
        major=Count("pk", filter=still & Q(level="major")),
    )
    today, first = clock.today(), _urgent(actor, firm)
    open_states = ",".join(key for key in HiddenDanger.State.values if key not in ENDED)
    shown = format_html("{} 条", cells.fx(found["open"], _address("dangers", firm, f"state={open_states}")))
    if found["major"]:
        url = _address("dangers", firm, f"level=major&state={open_states}")
        shown = format_html("{}，重大 {}", shown, cells.fx(found["major"], url))
    dates = [day for one in first[:DATES] if (day := _key_date(one, today)) is not None]
    return Facts(count=found["n"], figures=(Figure("未销号隐患", shown),), dates=tuple(dates))


def _key_date(one: HiddenDanger, today: date) -> KeyDate | None:
    """The last day of an open danger; none where nothing is late or to come."""
    light, word = danger_cells.fact(one, today)
    if one.due_on is None or (one.due_on < today and light != "r"):
        return None
    url = reverse("ledger-row", args=["dangers", one.pk])
    return KeyDate(one.due_on, "隐患整改", word if light == "r" else "", url)


def _urgent(actor: Actor, firm: Enterprise) -> list[HiddenDanger]:
    """Open dangers, major ones first, then by their last day; read once for both functions of a page."""
    kept: list[HiddenDanger] | None = firm.__dict__.get("_dangers")
    if kept is None:
        rows = HiddenDanger.objects.visible_to(actor).filter(enterprise_id=firm.pk)
        rank = Case(When(level="major", then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = rows.exclude(state__in=ENDED).order_by(rank, F("due_on").asc(nulls_last=True), "id")
        kept = firm.__dict__["_dangers"] = list(rows[:SHOWN])
    return kept


def danger_rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any]:
    """The most urgent ones."""
    today = clock.today()
    new = f"{reverse('ledger-new', args=['dangers'])}?enterprise={firm.pk}"
    return {
        "dangers": [
            {
                "row": one,
                "light": cells.light(*danger_cells.fact(one, today)),
                "url": reverse("ledger-row", args=["dangers", one.pk]),
            }
            for one in _urgent(actor, firm)
        ],
        "head": cells.link("登记隐患", new) if actor.may("dangers.add") else "",
    }


# Installations ----------------------------------------------------------------------------------------


def installation_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many of which level, and when the next assessment is due. One statement."""
    rows = MajorHazardInstallation.objects.visible_to(actor).filter(enterprise_id=firm.pk)
    found = list(rows.exclude(state="removed").order_by("level", "id"))
    major = [one for one in found if one.level in MAJOR]
    shown: SafeString | str = "无"
    if major:
        parts = []
        for grade in MAJOR:
            count = sum(one.level == grade for one in major)
            if count:
                url = _address("installations", firm, f"level={grade.value}")
                parts.append(format_html("{} {} 处", Grade(grade).label, cells.fx(count, url)))
        shown = SafeString("，".join(parts))
    today = clock.today()
    dates = tuple(
        KeyDate(
            one.assessment_due_on,
            f"{one.name}安全评估",
            f"逾期 {(today - one.assessment_due_on).days} 天" if one.assessment_due_on < today else "",
            reverse("ledger-row", args=["installations", one.pk]),
        )
        for one in major
        if one.assessment_due_on
    )
    return Facts(count=len(found), figures=(Figure("重大危险源", shown),), dates=dates)


# Risks ------------------------------------------------------------------------------------------------


def _colours(actor: Actor, firm: Enterprise) -> dict[str, int]:
    kept: dict[str, int] | None = firm.__dict__.get("_colours")
    if kept is None:
        rows = RiskPoint.objects.visible_to(actor).filter(enterprise_id=firm.pk)
        rows = rows.exclude(state=RiskPoint.State.RETIRED).order_by()
        kept = dict(rows.values_list("residual_colour").annotate(n=Count("pk")))
        firm.__dict__["_colours"] = kept
    return kept


def risk_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many risk points are kept. One statement."""
    return Facts(count=sum(_colours(actor, firm).values()))


def risk_rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any]:
    """The four colours with their numbers, and those that nobody graded."""
    found = _colours(actor, firm)
    lines = [
        {
            "level": risk_cells.colour(key),
            "count": cells.fx(found[key], _address("risks", firm, f"residual_colour={key}")),
        }
        for key in (*(one.value for one in Colour), "")
        if found.get(key)
    ]
    new = f"{reverse('ledger-new', args=['risks'])}?enterprise={firm.pk}"
    return {"lines": lines, "head": cells.link("登记", new) if actor.may("risks.add") else ""}


# Confirmations of work -----------------------------------------------------------------------------------


def work_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many sheets there ever were, and how today's stand. One statement."""
    rows = WorkConfirmation.objects.visible_to(actor).filter(enterprise_id=firm.pk).order_by()
    today = Q(on_day=clock.today())
    found = rows.aggregate(
        n=Count("pk"),
        done=Count("pk", filter=today & Q(state="confirmed")),
        open=Count("pk", filter=today & Q(state="open")),
    )
    if not found["done"] + found["open"]:
        return Facts(count=found["n"])
    day = f"on_day_from={clock.today()}&on_day_to={clock.today()}"
    parts = [
        format_html("{} {} 张", label, cells.fx(found[key], _address(WORK, firm, f"{day}&state={state}")))
        for key, state, label in (("done", "confirmed", "已确认"), ("open", "open", "待确认"))
        if found[key]
    ]
    return Facts(count=found["n"], figures=(Figure("今日作业确认", SafeString("，".join(parts))),))


PARTS = (
    Part(
        "dangers", "隐患", "dangers.view", position=20, facts=danger_facts, ledger="dangers",
        template="hazards/firm_dangers.html", rows=danger_rows, title="未销号隐患",
    ),
    Part(
        "installations", "重大危险源", "installations.view", position=25, facts=installation_facts,
        ledger="installations",
    ),
    Part(
        "risks", "风险", "risks.view", position=50, facts=risk_facts, ledger="risks",
        template="hazards/firm_risks.html", rows=risk_rows, title="风险点（现有控制下）", side=True,
    ),
    Part(WORK, "作业确认", "work-confirmations.view", position=52, facts=work_facts, ledger=WORK),
)  # fmt: skip
