"""Parts of the pages of closures: how a plan stands, the steps of a case, the leader's figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from anlan.enterprises import closures_cells as drawn
from anlan.enterprises.folder import Facts, KeyDate, Part
from anlan.enterprises.models import Closure, ClosurePlan, Enterprise
from anlan.enterprises.rules import closing
from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor
from anlan.kernel.shell import HomePanel
from anlan.programmes.models import Obligation

SHOWN = 8
STATES = dict(Closure.State.choices)
# By which measure a sentence on closing is judged: such a sentence is a plan's basis without being chosen.
OF_INDUSTRY = {"noncoal-mine": ("noncoal-mines-closed",), "tailings": ("tailings-ponds-delisted",)}
OF_ALL = ("closures-planned", "closures-done", "closures-done-share", "closures-overdue")


def obligations_of(actor: Actor, plan: ClosurePlan) -> QuerySet[Any]:
    """The sentences that the plan carries out: the chosen one, else those of its year and place that are
    judged by a measure of closures."""
    rows = Obligation.objects.visible_to(actor).filter(ended=None)
    if plan.obligation_id is not None:
        return rows.filter(pk=plan.obligation_id).select_related("item__programme")
    codes = plan.region_path.split("/")[:-1]
    above = ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    own, common = OF_INDUSTRY.get(plan.industry, ()), OF_ALL
    return (
        rows.filter(item__programme__year=plan.year, item__programme__region_path__in=above)
        .filter(measure__in=(*own, *common))
        .select_related("item__programme")
        .order_by("item__programme_id", "item__position", "position")
    )


def progress(actor: Actor, plan: ClosurePlan) -> Mapping[str, Any]:
    """How a plan stands: number, named, struck off; cases by state; what is late; and its sentences."""
    today = clock.today()
    cases = Closure.objects.visible_to(actor).filter(plan=plan)
    counts = dict(cases.order_by().values_list("state").annotate(n=Count("pk")))
    late = cases.filter(planned_on__lt=today, state__in=closing.OPEN).order_by("planned_on", "id")
    late = late.select_related("enterprise")
    due = min(closing.due_by(plan.number, plan.year, today), plan.number)
    new = f"{reverse('ledger-new', args=['closures'])}?plan={plan.pk}"
    return {
        "plan": plan,
        "figs": [
            {"label": "计划", "value": plan.number, "unit": plan.counter},
            {"label": "已列名", "value": plan.named, "unit": plan.counter, "url": drawn.address(plan),
             "note": f"还差 {plan.number - plan.named}" if plan.named < plan.number else ""},
            {"label": "已销号", "value": plan.done, "unit": plan.counter,
             "url": drawn.address(plan, "state=delisted"), "note": f"{drawn.share(plan)}%"},
            {"label": "按时间应完成", "value": due, "unit": plan.counter, "note": drawn.pace(plan)},
        ],
        "bar": cells.bar(plan.done * 100 / plan.number, due * 100 / plan.number),
        "states": [
            {"label": STATES[key], "count": cells.fx(counts[key], drawn.address(plan, f"state={key}"))}
            for key in Closure.State.values
            if key in counts
        ],
        "late": [
            {"row": one, "light": drawn.light(one), "url": reverse("ledger-row", args=["closures", one.pk])}
            for one in late[:SHOWN]
        ],
        "late_count": late.count(),
        "late_url": drawn.address(plan, "late=1"),
        "sentences": [
            {"words": one.quote, "from": f"《{one.item.programme.title}》第{one.item.no}条",
             "url": reverse("programme-item", args=[one.item_id])}
            for one in obligations_of(actor, plan)[:SHOWN]
        ],
        "new_url": new if actor.may("closures.add") else "",
        "import_url": reverse("ledger-import", args=["closures"]) if actor.may("closures.import") else "",
    }  # fmt: skip


def steps(actor: Actor, case: Closure) -> Mapping[str, Any]:
    """The five steps with their days, and what was shown at the end."""
    given = [(label, getattr(case, key)) for key, label in closing.STEPS]
    reached = closing.DONE.get(case.state)
    found = []
    for place, (label, day) in enumerate(given):
        if day is not None or (reached is not None and place < reached):
            state = "done" if day is not None else "skip"
        else:
            state = "now" if reached == place else "todo"
        found.append(
            {
                "label": label,
                "state": state,
                "note": cells.day(day) if day else "未办" if state == "skip" else "",
            }
        )
    return {"steps": found, "case": case, "light": drawn.light(case)}


# A firm's page ----------------------------------------------------------------------------------------
def _cases(actor: Actor, firm: Enterprise) -> list[Closure]:
    found: list[Closure] | None = firm.__dict__.get("_closures")
    if found is None:
        rows = Closure.objects.visible_to(actor).filter(enterprise_id=firm.pk).exclude(state="withdrawn")
        found = firm.__dict__["_closures"] = list(
            rows.select_related("plan", "unit").order_by("-planned_on", "-id")[:60]
        )
    return found


def firm_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many cases there are, and the planned days to come or past. One statement."""
    found = _cases(actor, firm)
    dates = []
    for one in found:
        if one.state in closing.OPEN:
            how = drawn.standing(one)
            late = how.word if how.light == "r" else ""
            dates.append(
                KeyDate(
                    one.planned_on, f"关闭退出：{one}", late, reverse("ledger-row", args=["closures", one.pk])
                )
            )
    return Facts(count=len(found) or None, dates=tuple(dates))


def firm_rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any] | None:
    """The cases with their state; nothing for a firm that no plan names."""
    if not _cases(actor, firm):
        return None
    return {
        "cases": [
            {
                "row": one, "light": drawn.light(one),
                "url": reverse("ledger-row", args=["closures", one.pk]),
                "plan_url": reverse("ledger-row", args=["closure-plans", one.plan_id]),
            }
            for one in _cases(actor, firm)[:SHOWN]
        ]
    }  # fmt: skip


def firm_notes(actor: Actor, firm: Enterprise) -> list[dict[str, Any]]:
    """What the top of a firm's page says: it came back, or it is to be closed."""
    if not actor.may_read("closures.view"):
        return []
    found = []
    for one in _cases(actor, firm):
        url = reverse("ledger-row", args=["closures", one.pk])
        whose = "本企业" if one.facility_id is None else f"“{one}”"
        if one.state == Closure.State.REVIVED:
            day = f"{one.revived_on} 发现" if one.revived_on else ""
            text = f"死灰复燃：{whose}已于 {one.accepted_on} 验收销号，{day}又在生产。"
            found.append({"tone": "r", "text": text, "url": url, "link": "看关闭退出情况"})
        elif one.state in closing.OPEN:
            text = f"{whose}已列入{one.plan}，计划 {one.planned_on} 前完成，现在{one.get_state_display()}。"
            found.append({"tone": "y", "text": text, "url": url, "link": "看关闭退出情况"})
    return found


# The first page ---------------------------------------------------------------------------------------
def leader(actor: Actor) -> Mapping[str, Any] | None:
    """This year's closing (else that of the last year with a plan), for offices."""
    if not actor.may_read("closure-plans.view") or (actor.seat and actor.seat.enterprise_id):
        return None
    today = clock.today()
    plans = ClosurePlan.objects.visible_to(actor).filter(year__lte=today.year)
    year = plans.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        return None
    sums = plans.filter(year=year).aggregate(number=Sum("number"), named=Sum("named"), done=Sum("done"))
    cases = Closure.objects.visible_to(actor)
    late = Q(plan__year=year, planned_on__lt=today, state__in=closing.OPEN)
    found = cases.aggregate(late=Count("pk", filter=late), back=Count("pk", filter=Q(state="revived")))
    base, listed = reverse("ledger-list", args=["closures"]), reverse("ledger-list", args=["closure-plans"])
    rows = list(plans.filter(year=year).order_by("region_path", "industry", "id")[:SHOWN])
    return {
        "year": year, "url": f"{listed}?year={year}", **sums,
        "late": found["late"], "late_url": f"{base}?late=1&plan_year={year}",
        "back": found["back"], "back_url": f"{base}?state=revived",
        "share": sums["done"] * 100 // sums["number"] if sums["number"] else 0,
        "done_url": f"{base}?state=delisted&plan_year={year}",
        "plans": [
            {
                "row": one, "light": drawn.pace(one),
                "url": reverse("ledger-row", args=["closure-plans", one.pk]),
            }
            for one in rows
        ],
    }  # fmt: skip


PARTS = (
    Part("closures", "关闭退出", "closures.view", position=20, facts=firm_facts,
         template="enterprises/part_closures.html", rows=firm_rows),
)  # fmt: skip
HOME_PANELS = (HomePanel("closures", "enterprises/home_closures.html", leader, position=60, side=True),)
