"""What a danger's page shows, and what a firm's page says of its dangers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q
from django.urls import reverse

from anlan.hazards import danger_cells, reads_letters
from anlan.hazards.actions.danger_people import people_of_firm
from anlan.hazards.models import DangerListing, DangerPlan, DangerRequest, HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.hazards.rules import danger_remedy, danger_watch
from anlan.hazards.rules.danger_photos import AFTER, BEFORE
from anlan.kernel import cells, clock, files, parameters
from anlan.kernel.due import local_day
from anlan.kernel.models import AuditEntry, Notice
from anlan.kernel.scope import Actor

OPEN = Q(state__in=OPEN_STATES)
SHOWN = 6


@dataclass(frozen=True)
class Summary:
    """A firm's dangers in figures; every address opens the rows behind its figure."""

    figs: list[dict[str, Any]]
    latest: list[HiddenDanger]
    silence: danger_watch.Silence
    silent_days: int
    url: str


def summary_of(enterprise: Any, actor: Actor) -> Summary:
    """The dangers of a firm as this reader sees them, for the firm's page: three statements.

    figs: label, value, unit, note, url, red, as `kernel/partials/figs.html` draws them. latest: up to six,
    open ones first. silence: since when the firm has found nothing by itself.
    """
    today = clock.today()
    year = date(today.year, 1, 1)
    rows = HiddenDanger.objects.visible_to(actor).filter(enterprise_id=enterprise.pk).exclude(state="void")
    late = Q(late_from__lte=today)
    found = rows.order_by().aggregate(
        open=Count("pk", filter=OPEN),
        major=Count("pk", filter=OPEN & Q(level="major")),
        late=Count("pk", filter=late),
        found=Count("pk", filter=Q(found_on__gte=year)),
        own=Count("pk", filter=Q(found_on__gte=year, source="self")),
        closed=Count("pk", filter=Q(found_on__gte=year, state="closed")),
        days=Avg("days_open", filter=Q(closed_on__gte=year)),
        last=Max("found_on", filter=Q(source="self")),
    )
    silent_days = int(parameters.value("dangers.silent_days"))
    base = f"{reverse('ledger-list', args=['dangers'])}?enterprise={enterprise.pk}"
    opened = f"{base}&state={','.join(OPEN_STATES)}"
    this_year = f"{base}&found_on_from={year}"
    whole = found["found"]
    rate = f"整改率 {found['closed'] * 100 // whole}%（{found['closed']}/{whole}）" if whole else ""
    figs = [
        {"label": "未销号", "value": found["open"], "unit": "条", "url": opened,
         "note": f"其中重大 {found['major']} 条"},
        {"label": "已逾期", "value": found["late"], "unit": "条", "url": f"{base}&late=1",
         "red": found["late"] > 0},
        {"label": "本年发现", "value": found["found"], "unit": "条", "url": this_year,
         "note": f"自查 {found['own']} 条"},
        {"label": "本年已销号", "value": found["closed"], "unit": "条", "url": f"{this_year}&state=closed",
         "note": rate or "本年没有发现"},
        {"label": "平均整改", "value": None if found["days"] is None else round(found["days"], 1),
         "unit": "天", "none": "—", "note": "本年销号的"},
    ]  # fmt: skip
    silence = danger_watch.silence(found["last"], enterprise.opened_on, today, silent_days)
    latest = list(rows.order_by("attention_on", "-id")[:SHOWN])
    return Summary(figs, latest, silence, silent_days, base)


def steps(row: HiddenDanger, asked: date | None = None) -> list[dict[str, str]]:
    """The step line: what is done with day and who, where it stands, what comes.

    asked: the day to which an extension is asked for.
    """
    longer = f"申请延期 {(asked - row.due_on).days} 天" if asked and row.due_on else ""
    order = ("found", "graded", "ordered", "rectifying", "checking", "verified", "closed")
    graded = f"判定{row.get_level_display()}" if row.state != "found" else "判定级别"
    office = row.regulator
    notes = (
        ("排查登记", _when(row.found_on, row.finder)),
        (graded, _when(row.graded_on, row.graded_by) or "按判定标准"),
        ("下达整改", f"限 {_short(row.due_on)} 前" if row.due_on else "五落实"),
        (
            "再次整改" if row.reopened else "整改",
            _when(row.rectified_on, row.rectifier) or longer or row.responsible,
        ),
        ("验收", _when(row.verified_on, row.verifier) or row.assigned_to or "由非整改人办理"),
        ("销号", _when(row.closed_on, row.closed_by) or (office.short_name or office.name if office else "")),
    )
    # The mark stands on what is to be done next.
    now = {"found": 1, "graded": 2, "ordered": 3, "rectifying": 3, "checking": 4, "verified": 5}
    at = now.get(row.state, len(notes) if row.state == "closed" else 0)
    assert row.state in (*order, "void")
    return [
        {"label": label, "note": note.strip(), "state": "done" if n < at else "now" if n == at else "todo"}
        for n, (label, note) in enumerate(notes)
    ]


def dated(row: HiddenDanger, acts: Collection[str] = ()) -> list[tuple[date, str, str]]:
    """(day, what, who) by the row's own columns, of what no recorded act tells: a sheet brought it."""
    told = (
        (row.found_on, "发现", row.finder, {"add"}),
        (row.graded_on, f"判定{row.get_level_display()}", row.graded_by, {"grade", "raise", "downgrade"}),
        (local_day(row.ordered_at) if row.ordered_at else None, "下达整改", row.ordered_by, {"order"}),
        (row.rectified_on, "整改完成", row.rectifier, {"submit", "fix"}),
        (row.verified_on, "验收合格", row.verifier, {"verify"}),
        (row.closed_on, "销号", row.closed_by, {"close"}),
    )
    return [(day, text, who) for day, text, who, by in told if day and not by & set(acts)]


def told_to_firm(row: HiddenDanger) -> list[tuple[Any, str]]:
    """(moment, words) of the reminders that went to the firm's people before the due day, once a due day.

    Asked through the people: notices are found by person and key.
    """
    rows = Notice.objects.unscoped("that reminders of a danger which was found visible went out").filter(
        person_id__in=people_of_firm(row.enterprise_id), key__startswith=f"dangers:{row.pk}:near:"
    )
    sent = rows.order_by().values("key").annotate(at=Min("created_at"), n=Count("pk"))
    return [(one["at"], f"临期提醒已通知企业 {one['n']} 人") for one in sent]


def begun(entry: AuditEntry) -> str:
    """What was begun beside the danger, by the record of it: a request, a listing."""

    def given(name: str) -> str:
        return str((entry.differences.get(name) or [None, ""])[-1] or "")

    if entry.ledger == "danger-listings":
        return f"挂牌督办 {given('number')}".strip()
    kind = dict(DangerRequest.Kind.choices).get(given("kind"), "")
    until = f"至 {given('new_due_on')}" if given("new_due_on") else ""
    return f"申请{kind}{until}：{given('reason')}"


def pictures(row: HiddenDanger) -> dict[str, str]:
    """{digest: 上传整改前照片}: in the course a photo is called by what it shows, not by its file's name."""
    words = {BEFORE: "上传整改前照片", AFTER: "上传整改后照片"}
    hung = files.attached(row).filter(kind__in=words).values_list("file__digest", "kind")
    return {digest: words[kind] for digest, kind in hung}


def photos_before_reopening(row: HiddenDanger) -> set[int]:
    """Photos of afterwards that were uploaded before the danger was opened again: they prove nothing now."""
    if not row.reopened_at:
        return set()
    old = files.attached(row).filter(kind=AFTER, uploaded_at__lt=row.reopened_at)
    return set(old.values_list("pk", flat=True))


def closed_before(differences: Mapping[str, Any]) -> str:
    """What the record of a reopening keeps of the closing: （原于 2023-06-10 由程立验收、汪海波销号）."""

    def old(name: str) -> str:
        return str((differences.get(name) or [""])[0] or "")

    looked = f"由{old('verifier')}验收、" if old("verifier") else "由"
    who = f" {looked}{old('closed_by')}" if old("closed_by") else " "
    return f"（原于 {old('closed_on')}{who}销号）"


def verifier(row: HiddenDanger) -> Any:
    """Who looked again, or is to; if it was somebody else than the one assigned, that is told."""
    if row.verifier:
        other = row.assigned_to_id is not None and row.assigned_to_id != row.verifier_id
        return cells.Cell(value=row.verifier, note=f"指派的是{row.assigned_to}") if other else row.verifier
    if row.assigned_to_id is not None:
        return cells.Cell(value=row.assigned_to, note="已指派")
    return "不得为报验人"


def _when(day: date | None, who: str) -> str:
    return f"{_short(day)} {who}".strip() if day else ""


def _short(day: date) -> str:
    """06-18, with the year where it is not this one."""
    return cells.day(day, short=day.year == clock.today().year)


def elements(
    row: HiddenDanger, asked: date | None, plan: DangerPlan | None = None
) -> list[tuple[str, str, Any, Any]]:
    """The five elements: (label, content, who or how much, light). asked: the day an extension asks for."""
    today = clock.today()
    late = row.late_from is not None and row.late_from <= today
    term = f"原限 {row.due_on}，申请延至 {asked}" if asked else "从发现到整改完成"
    approved = f"方案 {_short(plan.approved_on)} 审定" if plan else ""
    funds = None if row.funds is None else f"{cells.money(row.funds)} 元"
    shown: list[tuple[str, str, Any, bool]] = [
        ("责任", "整改责任人负责组织整改", row.responsible, bool(row.responsible)),
        ("措施", row.measures or "还没有写明措施", approved, bool(row.measures)),
        ("资金", "整改所需资金", funds or "", row.funds is not None),
        ("时限", term, cells.day(row.due_on) if row.due_on else "", row.due_on is not None),
        ("预案", row.contingency or "还没有写明预案和防范措施", "", bool(row.contingency)),
    ]
    return [
        (label, text, side, cells.light("r", "逾期") if label == "时限" and late
         else cells.light("g", "已落实") if done else cells.light("o", "未落实"))
        for label, text, side, done in shown
    ]  # fmt: skip


def decisions(actor: Actor, row: HiddenDanger) -> list[dict[str, Any]]:
    """Decisions on record, newest last: grading, order, requests with their outcome, listing, delisting."""
    found: list[dict[str, Any]] = []
    if row.graded_on:
        found.append(
            {"day": row.graded_on, "text": f"判定为{row.get_level_display()}隐患", "who": row.graded_by}
        )
    if row.ordered_at:
        day = row.ordered_at.astimezone(clock.SHANGHAI).date()
        found.append({"day": day, "text": "责令限期整改", "who": row.ordered_by,
                      "url": reverse("danger-notice", args=[row.pk]), "link": "通知单"})  # fmt: skip
    for one in DangerRequest.objects.visible_to(actor).filter(danger=row).order_by("id"):
        url = reverse("ledger-row", args=["danger-requests", one.pk])
        asked = f"申请{one.get_kind_display()}" + (f"至 {one.new_due_on}" if one.new_due_on else "")
        found.append({"day": one.asked_on, "text": asked, "who": one.asked_by, "url": url, "link": "看申请"})
        if one.decided_on:
            text = f"{one.get_kind_display()}：{one.get_state_display()}。{one.decision}"
            found.append(
                {"day": one.decided_on, "text": text, "who": one.decided_by, "url": url, "link": "决定"}
            )
    for listing in DangerListing.objects.visible_to(actor).filter(danger=row).order_by("id"):
        url = reverse("ledger-row", args=["danger-listings", listing.pk])
        text = f"{listing.get_tier_display()}挂牌督办 {listing.number}"
        found.append({"day": listing.listed_on, "text": text, "url": url, "link": "通知"})
        if listing.delisted_on:
            found.append({"day": listing.delisted_on, "text": "摘牌", "url": url, "link": "意见"})
    if row.reopened_at:
        found.append({"day": local_day(row.reopened_at), "text": f"重新打开（第 {row.reopened} 次）"})
    for letter in reads_letters.letters_of(actor, row):
        text, word = f"督办单：{letter.unit}", letter.light.word
        found.append({"day": letter.day, "text": text, "who": letter.name, "url": letter.url, "link": word})
    return sorted(found, key=lambda one: one["day"] or row.found_on)


def waiting(actor: Actor, row: HiddenDanger) -> list[DangerRequest]:
    """Requests of this danger that wait for a decision."""
    return list(DangerRequest.objects.visible_to(actor).filter(danger=row, state="asked").order_by("id"))


def plan_of(actor: Actor, row: HiddenDanger) -> DangerPlan | None:
    """The treatment plan, if there is one."""
    found: DangerPlan | None = DangerPlan.objects.visible_to(actor).filter(danger=row).first()
    return found


def plan_rows(plan: DangerPlan) -> list[tuple[str, str]]:
    """The six elements as (label, text)."""
    return [(label, getattr(plan, name)) for name, label in danger_remedy.PLAN]


def quick(row: HiddenDanger) -> bool:
    """Whether it was closed within minutes after it was entered."""
    minutes = int(parameters.value("dangers.quick_minutes"))
    return danger_watch.closed_at_once(row.reported_at, row.closed_at, minutes)


def acts_of(row: HiddenDanger, hanging: Mapping[str, list[int]]) -> list[AuditEntry]:
    """Every act on the danger and on what hangs on it, newest first; listing it is an act of its own."""
    which = Q(ledger="dangers", subject_id=row.pk)
    for ledger, ids in hanging.items():
        which |= Q(ledger=ledger, subject_id__in=ids)
    rows = AuditEntry.objects.unscoped("the history of a row that the caller has found visible")
    return list(rows.filter(which).exclude(ledger="danger-listings", act="add").order_by("-id")[:40])


def fact(row: HiddenDanger) -> tuple[str, str]:
    """Light and word of today."""
    return danger_cells.fact(row, clock.today())


def days_since(days: int) -> date:
    """The day so many days ago."""
    return clock.today() - timedelta(days=days)
