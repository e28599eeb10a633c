"""The page of one danger: where it stands, what is to be done, five elements, photos, decisions, course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.hazards import danger_cells, reads_danger, reads_item, reads_letters, reads_photos
from anlan.hazards.actions import danger_letters
from anlan.hazards.actions.danger_assign import ASSIGN
from anlan.hazards.actions.danger_decide import ASKABLE
from anlan.hazards.actions.danger_letters import WRITE as LETTER
from anlan.hazards.models import DangerListing, DangerRequest, HiddenDanger
from anlan.hazards.pages.danger_item import may_tie
from anlan.hazards.rules.danger_remedy import ASSIGNABLE
from anlan.kernel import cells, clock, drawing, moves, places, registry
from anlan.kernel.due import end_of, start_of
from anlan.kernel.ledger import Ledger
from anlan.kernel.once import new_key
from anlan.kernel.pages.access import ledger_for, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.moves import MoveButton, buttons, side_sections
from anlan.kernel.pages.rows import event
from anlan.kernel.requests import ActorRequest

# While it is the firm's turn.
NUDGED = ("ordered", "rectifying")
ASIDE = ("升为重大", "作废", "重新打开", "上传附件")


class DangerPage:
    """What `hazards/danger.html` and the printed notice read."""

    def __init__(self, request: ActorRequest, row: HiddenDanger) -> None:
        self.request, self.row, self.actor = request, row, request.actor
        self.ledger: Ledger = registry.ledger("dangers")
        self.base = reverse("ledger-row", args=["dangers", row.pk])
        self.light = cells.light(*reads_danger.fact(row))
        self.level = (
            cells.level("red", "重大隐患", box=True) if row.level == "major" else danger_cells.level(row)
        )

    @property
    def title(self) -> str:
        """What is wrong."""
        return self.row.description

    @property
    def place(self) -> str:
        """County and place, in words."""
        return "　".join(one for one in (places.labels({self.row.region_path}).get(self.row.region_path, ""),
                                        self.row.place) if one)  # fmt: skip

    @property
    def industry(self) -> str:
        """The industry's name."""
        return danger_cells.industry_name(self.row.industry)

    @cached_property
    def _buttons(self) -> list[MoveButton]:
        return buttons(self.request, self.ledger, self.row)

    @cached_property
    def acts(self) -> list[Act | MoveButton]:
        """Print, and the moves out of where it stands."""
        printed = Act("打印通知单", reverse("danger-notice", args=[self.row.pk]), "printer", office_only=True)
        found: list[Act | MoveButton] = [printed]
        row, seat = self.row, self.actor.seat
        if row.state in NUDGED and self.actor.may("dangers.order") and seat and seat.unit_id:
            url = f"{reverse('danger-bulk', args=['nudge'])}?ids={row.pk}&next={self.base}"
            found.append(MoveButton("发催办", url, post=True, icon="bell"))
        moves_on = [one for one in self._buttons if one.label not in ASIDE]
        for one in self.asked:
            # What waits for this reader's decision stands before the moves.
            if one["acts"]:
                label = f"审核{one['row'].get_kind_display()}"
                found.append(Act(label, one["url"], "gavel", primary=True))
                moves_on = [replace(move, primary=False) for move in moves_on]
        return [*found, *moves_on]

    @property
    def closed_moves(self) -> list[str]:
        """Why a move is closed, in words."""
        shown = [one for one in self._buttons if one.reason and one.label not in ASIDE]
        return [f"不能{one.label}：{one.reason}。" for one in shown]

    @cached_property
    def aside(self) -> list[tuple[str, str]]:
        """Less frequent ways on: (label, address)."""
        row, pk = self.row, self.row.pk
        found = [(one.label, one.url) for one in self._buttons if one.label in ASIDE[:-1] and not one.reason]
        if self.actor.may("danger-requests.add"):
            waiting = {one.kind for one in self.waiting}
            for kind, states in ASKABLE.items():
                ordinary = kind == "downgrade" and row.level != "major"
                if row.state in states and kind not in waiting and not ordinary:
                    found.append((f"申请{kind.label}", reverse("danger-ask", args=[pk, kind.value])))
        if row.state in ASSIGNABLE and self.actor.may(ASSIGN):
            word = "改派验收人" if row.assigned_to_id else "指派验收人"
            found.append((word, f"{reverse('danger-assign')}?ids={pk}&next={self.base}"))
        letter = reads_letters.open_letters([row.pk]).get(row.pk) if self.actor.may(LETTER) else None
        if letter is not None and letter.state == "draft" and danger_letters.draft_with(self.actor, row):
            found.append(("移出督办单草稿", reverse("danger-take-out", args=[pk])))
        elif letter is None and row.is_open and self.actor.may(LETTER):
            found.append(("并入督办单", f"{reverse('danger-letters')}?ids={pk}&next={self.base}"))
        if row.level == "major" and row.is_open:
            if self.actor.may("dangers.plan"):
                found.append(
                    ("修改治理方案" if self.plan else "制定治理方案", reverse("danger-plan", args=[pk]))
                )
            if self.actor.may("danger-listings.add") and not row.listed:
                found.append(("挂牌督办", reverse("danger-list-up", args=[pk])))
        if row.is_open and self.actor.may("dangers.change"):
            found.append(("修改登记内容", f"{self.base}edit/"))
        return found

    @cached_property
    def waiting(self) -> list[DangerRequest]:
        """Requests that wait for a decision."""
        return reads_danger.waiting(self.actor, self.row)

    @cached_property
    def asked(self) -> list[dict[str, Any]]:
        """The same with the decisions that this post may take, and why not."""
        found = []
        for one in self.waiting:
            offers = [offer for offer in moves.offers(self.actor, one) if offer.permitted]
            found.append(
                {
                    "row": one,
                    "url": reverse("ledger-row", args=["danger-requests", one.pk]),
                    "acts": [
                        (
                            offer.move.label,
                            reverse("ledger-move", args=["danger-requests", one.pk, offer.move.key]),
                        )
                        for offer in offers
                        if offer.allowed and (offer.move.fields or offer.move.note)
                    ],
                    "reasons": sorted(
                        {offer.reason for offer in offers if offer.reason and offer.move.key != "withdraw"}
                    ),
                }
            )
        return found

    @cached_property
    def steps(self) -> list[dict[str, str]]:
        """The step line."""
        return reads_danger.steps(self.row, self.asked_day)

    @cached_property
    def elements(self) -> list[tuple[str, str, Any, Any]]:
        """The five elements."""
        return reads_danger.elements(self.row, self.asked_day, self.plan)

    @property
    def asked_day(self) -> date | None:
        """To which day an extension is asked for, if one waits."""
        return next((one.new_due_on for one in self.waiting if one.kind == "extension"), None)

    @property
    def settled(self) -> int:
        """How many of the five stand."""
        row = self.row
        whole = (row.responsible, row.measures, row.funds, row.due_on, row.contingency)
        return sum(one not in (None, "") for one in whole)

    @cached_property
    def photos(self) -> list[reads_photos.Shot]:
        """Before and after."""
        found, old = reads_photos.shots(self.actor, self.row), reads_danger.photos_before_reopening(self.row)
        for one in found:
            if one.pk in old:
                one.notes.insert(0, ("重新打开前的照片", ""))
        return found

    @property
    def copied(self) -> bool:
        """Whether a photo hung elsewhere before."""
        return any(one.suspect for one in self.photos)

    @property
    def photo_fact(self) -> tuple[str, str]:
        """(css, words): what comparing the photos has shown."""
        return reads_photos.verdict(self.photos)

    @property
    def photo_url(self) -> str:
        """Where a photo is sent to; nothing where this post sends none."""
        may = self.row.is_open and self.actor.may("dangers.photograph")
        return reverse("danger-photograph", args=[self.row.pk]) if may else ""

    @cached_property
    def plan(self) -> Any:
        """The treatment plan."""
        return reads_danger.plan_of(self.actor, self.row) if self.row.level == "major" else None

    @property
    def plan_rows(self) -> list[tuple[str, str]]:
        """Its six elements."""
        return reads_danger.plan_rows(self.plan) if self.plan else []

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The two halves of the dual report of a major danger."""
        row = self.row
        if row.level != "major":
            return []
        may = self.actor.may("dangers.report") and row.is_open
        return [
            {"label": label, "day": day, "how": how,
             "light": cells.light("g", f"已报 {day}") if day else cells.light("y", "未报"),
             "url": reverse("danger-report", args=[row.pk, side]) if may else ""}
            for side, label, day, how in (
                ("regulator", "监管部门", row.regulator_told_on, row.regulator_told_how),
                ("congress", "职工大会（职代会）", row.congress_told_on, row.congress_told_how),
            )
        ]  # fmt: skip

    @cached_property
    def facts(self) -> list[tuple[str, Any]]:
        """Basic facts, for the side column."""
        row, firm = self.row, self.row.enterprise
        found: list[tuple[str, Any]] = []
        if firm and type(firm).objects.visible_to(self.actor).filter(pk=firm.pk).exists():
            found.append(
                ("所在单位", cells.link(firm.name, reverse("ledger-row", args=["enterprises", firm.pk])))
            )
        elif firm:
            found.append(("所在单位", firm.name))
        found += [
            ("位置", self.place),
            ("来源", row.get_source_display()),
            ("类别", row.get_category_display()),
        ]
        found.append(("定级依据", self.ground))
        if self.actor.may_read("programmes.view"):
            change = reverse("danger-item", args=[row.pk]) if may_tie(self.request) else ""
            found.append(("对应要点", reads_item.shown(self.actor, row, change)))
        found += [
            ("整改责任人", row.responsible or "—"),
            ("监管部门", str(row.regulator) if row.regulator else "—"),
            ("验收人", reads_danger.verifier(row)),
        ]
        if row.rectification:
            found.append(("整改情况", row.rectification))
        if row.self_check:
            found.append(("自查意见", row.self_check))
        if row.verification:
            found.append(("验收意见", row.verification))
        if row.longitude is not None:
            found.append(("经纬度", f"{row.longitude}, {row.latitude}"))
        return found

    @property
    def ground(self) -> Any:
        """On what it was graded; what is not sure says 待核."""
        one = self.row.criterion
        if one is None:
            return self.row.get_basis_display() if self.row.basis else "还没有定级"
        return cells.Cell(value=str(one), note="条款待核" if one.unsure else one.basis)

    @cached_property
    def decisions(self) -> list[dict[str, Any]]:
        """Decisions on record."""
        found, year = reads_danger.decisions(self.actor, self.row), clock.today().year
        days = [one["day"] or self.row.found_on for one in found]
        return [
            {**one, "shown": cells.day(day, short=day.year == year)}
            for one, day in zip(found, days, strict=True)
        ]

    @cached_property
    def side(self) -> list[dict[str, Any]]:
        """Deadlines from the house's table."""
        return [one for one in side_sections(self.row) if one["title"] == "期限"]

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """The whole course, newest first: acts on the danger, its requests and listing, and turning red."""
        names = drawing.Names()
        hanging = {
            "danger-requests": [
                one.pk for one in DangerRequest.objects.visible_to(self.actor).filter(danger=self.row)
            ],
            "danger-listings": [
                one.pk for one in DangerListing.objects.visible_to(self.actor).filter(danger=self.row)
            ],
        }
        found: list[tuple[Any, dict[str, Any]]] = []
        acts, pictures = set(), reads_danger.pictures(self.row)
        for entry in reads_danger.acts_of(self.row, hanging):
            acts |= {entry.act} if entry.ledger == self.ledger.key else set()
            drawn = event(registry.ledger(entry.ledger), entry, names)
            drawn["changes"] = [] if entry.act != "change" else drawn["changes"]
            if entry.act == "add" and entry.ledger != self.ledger.key:
                drawn["text"] = reads_danger.begun(entry)
            if entry.act == "attach":
                drawn["text"] = pictures.get(str((entry.differences.get("file") or [""])[-1]), drawn["text"])
            if entry.act == "reopen":
                drawn["text"] += reads_danger.closed_before(entry.differences)
                drawn["kind"] = "bad"
            found.append((entry.at, drawn))
        row, today = self.row, clock.today()
        for n, (day, text, who) in enumerate(reads_danger.dated(row, acts)):
            told = {"time": cells.day(day, short=day.year == today.year), "text": text, "who": who}
            # Of one day they stand in their order.
            found.append((start_of(day) + timedelta(seconds=n), told))
        for at, text in reads_danger.told_to_firm(row):
            found.append((at, {"time": cells.recent(at, today), "text": text, "kind": "sys"}))
        ended = row.rectified_on or today
        if row.due_on and row.due_on < ended and row.state != "void":
            at = end_of(row.due_on)
            found.append(
                (at, {"time": cells.recent(at, today), "text": "超过整改期限，转红灯", "kind": "bad"})
            )
        if reads_danger.quick(row) and row.closed_at:
            minutes = int((row.closed_at - row.reported_at).total_seconds() // 60) if row.reported_at else 0
            text = f"录入后 {minutes} 分钟即销号，请核实是否现场整改"
            found.append((row.closed_at, {"time": "", "text": text, "kind": "bad"}))
        return [drawn for _, drawn in sorted(found, key=lambda one: one[0], reverse=True)]

    @property
    def history_url(self) -> str:
        """All acts."""
        return f"{self.base}history/"

    key = property(lambda self: new_key())


def page_of(request: ActorRequest, pk: int) -> DangerPage:
    """The page's object, or 404."""
    ledger = ledger_for(request, "dangers")
    return DangerPage(request, row_for(request, ledger, pk, "enterprise", "regulator", "criterion__standard"))


@require_GET
def danger(request: ActorRequest, pk: int) -> HttpResponse:
    """One danger."""
    return render(request, "hazards/danger.html", {"page": page_of(request, pk)})


@require_GET
def notice(request: ActorRequest, pk: int) -> HttpResponse:
    """The notice to the firm, for A4."""
    page = page_of(request, pk)
    firm = page.row.enterprise.name if page.row.enterprise else page.row.place
    context = {
        "page": page, "firm": firm, "row": page.row, "today": clock.today(),
        "office": str(page.row.regulator or (request.actor.seat.unit_label if request.actor.seat else "")),
    }  # fmt: skip
    return render(request, "hazards/danger_notice.html", context)
