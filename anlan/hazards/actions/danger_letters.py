"""Supervision orders (督办单) about dangers: one draft for each office that answers for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.hazards import reads_letters
from anlan.hazards.models import DangerLetter, HiddenDanger
from anlan.hazards.rules import danger_letter
from anlan.hazards.rules.danger_letter import Line
from anlan.kernel import audit, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.org.models import Unit
from anlan.papers import actions as papers
from anlan.papers.models import Paper

WRITE = "papers.add"
LEDGER = "dangers"


@dataclass
class Group:
    """What would go to one office: its dangers, and the draft to it that these could be put into."""

    unit: Unit
    rows: list[HiddenDanger]
    draft: Paper | None = None


def issuer_of(actor: Actor) -> Unit:
    """The office in whose name is written. Raises Refused for a post without one."""
    if actor.seat is None or actor.seat.unit_id is None:
        raise Refused("当前身份不属于任何单位，不能起草公文。请在页首换岗位。")
    found: Unit = Unit.objects.visible_to(actor).get(pk=actor.seat.unit_id)
    return found


def grouped(actor: Actor, rows: Sequence[HiddenDanger]) -> tuple[list[Group], list[tuple[HiddenDanger, str]]]:
    """The dangers by the office that answers for them, and those that go into no letter with the reason."""
    issuer = issuer_of(actor)
    told = reads_letters.open_letters(one.pk for one in rows)
    groups: dict[int, Group] = {}
    left: list[tuple[HiddenDanger, str]] = []
    for row in rows:
        unit = row.regulator or (row.enterprise.regulator if row.enterprise else None)
        if not row.is_open:
            left.append((row, f"{row.get_state_display()}，不用督办"))
        elif row.pk in told:
            left.append((row, f"已在{_name(told[row.pk])}中"))
        elif unit is None:
            left.append((row, "没有监管部门，请先在企业档案或隐患登记中补上"))
        elif unit.pk == issuer.pk:
            left.append((row, "由本单位监管，直接催办或下达整改"))
        else:
            groups.setdefault(unit.pk, Group(unit, [])).rows.append(row)
    for pk, draft in _drafts(actor, issuer, groups).items():
        groups[pk].draft = draft
    return sorted(groups.values(), key=lambda one: (one.unit.region_path, one.unit.pk)), left


def draft_orders(
    actor: Actor,
    rows: Sequence[HiddenDanger],
    *,
    answer_by: date,
    units: Collection[int] | None = None,
    into_drafts: bool = True,
) -> list[Paper]:
    """Draft one order for each office among `units` (None: all), or put the dangers into the draft to it.

    Drafts only: signing and sending stay with people. Each danger's record says in which letter it stands.
    Needs papers.add; raises Refused when nothing is left, ValidationError for the day; nothing half saved.
    """
    require(actor, WRITE)
    if answer_by < clock.today():
        raise ValidationError({"answer_by": f"答复期限早于今天（{clock.today()}）。请选今天以后的日期。"})
    issuer = issuer_of(actor)
    groups = [one for one in grouped(actor, rows)[0] if units is None or one.unit.pk in units]
    if not groups:
        raise Refused("所选隐患没有可以写进督办单的：已办结、没有监管部门，或者都已有在办的督办单。")
    made = []
    with transaction.atomic():
        for one in groups:
            draft = one.draft if into_drafts else None
            paper = _extend(actor, draft, one) if draft else _draft(actor, issuer, one, answer_by)
            _keep(actor, paper, one)
            made.append(paper)
    return made


def draft_with(actor: Actor, row: HiddenDanger) -> Paper | None:
    """The draft order in whose schedule a danger stands, if the actor sees it."""
    lines = DangerLetter.objects.unscoped("the draft that a danger stands in").filter(danger=row)
    drafts = Paper.objects.visible_to(actor).filter(state=Paper.State.DRAFT)
    found: Paper | None = drafts.filter(pk__in=lines.values("paper_id")).order_by("-pk").first()
    return found


def take_out(actor: Actor, row: HiddenDanger) -> None:
    """Take a danger out of the draft it stands in; a draft that is left with nothing goes.

    Raises Refused where there is no draft, or the post may not change it.
    """
    paper = draft_with(actor, row)
    if paper is None:
        raise Refused("这条隐患不在督办单草稿里。已送签的请先退回修改。")
    with transaction.atomic():
        everything = DangerLetter.objects.unscoped("the schedule of a draft that the actor sees")
        lines = everything.filter(paper=paper)
        require(actor, "papers.change")
        lines.filter(danger=row).delete()
        rest = [one.danger for one in lines.select_related("danger__enterprise", "unit").order_by("id")]
        if rest:
            papers.revise(actor, paper, _scheduled(paper, next(iter(paper.matters)), rest))
        else:
            papers.discard(actor, paper)
        audit.record(actor, "letter-out", row, note=paper.title)


def _draft(actor: Actor, issuer: Unit, group: Group, answer_by: date) -> Paper:
    told = danger_letter.order(lines_of(group.rows), today=clock.today(), answer_by=answer_by)
    return papers.draft(
        actor,
        Paper.Kind.ORDER,
        issuer,
        told.title,
        [group.unit],
        told.blocks,
        enclosures=told.enclosures,
        answer_by=answer_by,
        matters={group.unit.pk: _matters(group.rows)},
        source=group.rows[0] if len(group.rows) == 1 else None,
        demo=all(one.demo for one in group.rows),
    )


def _extend(actor: Actor, draft: Paper, group: Group) -> Paper:
    """The draft with these dangers at the end of its schedule."""
    before = DangerLetter.objects.unscoped("the schedule of a draft that the actor sees").filter(paper=draft)
    held = [one.danger for one in before.select_related("danger__enterprise").order_by("id")]
    return papers.revise(actor, draft, _scheduled(draft, str(group.unit.pk), [*held, *group.rows]))


def _scheduled(draft: Paper, unit: str, rows: Sequence[HiddenDanger]) -> dict[str, Any]:
    """What changes in a draft whose schedule holds these dangers."""
    names = [one for one in draft.enclosures if not one.startswith(danger_letter.SCHEDULE)]
    return {
        "title": danger_letter.retitled(draft.title, lines_of(rows)),
        "body": danger_letter.with_schedule(draft.body, lines_of(rows), clock.today()),
        "enclosures": [*names, danger_letter.schedule_name(len(rows))],
        "matters": {unit: _matters(rows)},
    }


def _keep(actor: Actor, paper: Paper, group: Group) -> None:
    """The lines of the letter, past the door in one statement; each danger's record tells of its own."""
    today = clock.today()
    lines = [DangerLetter(danger=row, paper=paper, unit=group.unit, put_on=today) for row in group.rows]
    for line in lines:
        line.derive()
    DangerLetter.objects.unscoped("the schedule of the letter that was just written").bulk_create(lines)
    for row in group.rows:
        audit.record(actor, "letter", row, note=f"{group.unit}：{paper.title}")


def lines_of(rows: Sequence[HiddenDanger]) -> list[Line]:
    """The lines of a schedule."""
    today = clock.today()
    return [
        Line(
            one.number,
            one.description,
            one.enterprise.name if one.enterprise else one.place,
            one.level == HiddenDanger.Grade.MAJOR,
            one.due_on,
            (today - one.due_on).days if one.due_on and one.late_from else 0,
            str(one.get_state_display()),
        )
        for one in rows
    ]


def _matters(rows: Sequence[HiddenDanger]) -> list[dict[str, Any]]:
    """What a letter keeps of each: its ledger and row, by which the letter's page links it."""
    return [
        {
            "ledger": LEDGER,
            "row": row.pk,
            "item": line.number,
            "requirement": line.content,
            "due": line.due.isoformat() if line.due else "",
            "standing": "，".join(
                part
                for part in (line.firm, f"逾期 {line.late} 天" if line.late > 0 else line.standing)
                if part
            ),
        }
        for row, line in zip(rows, lines_of(rows), strict=True)
    ]


def _drafts(actor: Actor, issuer: Unit, groups: Collection[int]) -> dict[int, Paper]:
    """{office: the newest draft order about dangers to it}."""
    lines = DangerLetter.objects.unscoped("drafts of the actor's own office").filter(
        unit_id__in=list(groups), paper__unit=issuer, paper__state=Paper.State.DRAFT
    )
    seen = Paper.objects.visible_to(actor).in_bulk(set(lines.values_list("paper_id", flat=True)))
    pairs = lines.order_by("paper_id").values_list("unit_id", "paper_id")
    return {unit: seen[paper] for unit, paper in pairs if paper in seen}


def _name(paper: Paper) -> str:
    return paper.number or f"《{paper.title}》（{paper.get_state_display()}）"
