"""The office's own report: written item by item in the order of the source, each number frozen with its rows.

The figures hang on the paper; when a row changes later, the paper stays as it was issued, `moved` says which
figure differs now, and `draft_correction` drafts an erratum with the new figures frozen in their turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from anlan.kernel import clock, figure
from anlan.kernel.calendar import ONE_DAY
from anlan.kernel.figure import Recheck
from anlan.kernel.ledger import DeclarationError
from anlan.kernel.measure import PERIODS, Area, Measure, Window, measure_of
from anlan.kernel.models import Figure
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.org.models import Region, Unit
from anlan.org.reads import unit_of
from anlan.papers import actions as papers
from anlan.papers import reads as paper_reads
from anlan.papers.models import Paper
from anlan.papers.rules.blocks import all_runs
from anlan.programmes import reads_report, report_measures
from anlan.programmes.models import Item, ItemRole, Obligation, Occurrence, ReportEntry, ReportRound
from anlan.programmes.reads_units import names_of
from anlan.programmes.rules.completeness import says_something

OFFICE = "safety-committee-office"
WORST = 5
WORDS = 300
QUOTED = 2
NUMERALS = "零一二三四五六七八九"
NOT_REPORTED = "未报告"
Tick = Callable[[int, int], Any]
BY_ITEM = frozenset(one.key for one in report_measures.MEASURES if one.topic == "item_id")


@dataclass(frozen=True)
class Moved:
    """A figure of a paper against today's rows."""

    figure: Figure
    printed: str
    check: Recheck
    basis: str
    part: str

    @property
    def now(self) -> str:
        """The value as it would be printed today."""
        return spoken(self.check.now)


def numeral(n: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(n, 10)
    if not tens:
        return NUMERALS[ones]
    return f"{'' if tens == 1 else NUMERALS[tens]}十{NUMERALS[ones] if ones else ''}"


def spoken(value: Decimal | None) -> str:
    """A value as a report prints it: no idle zeros; nothing reported is said, not shown as zero."""
    return NOT_REPORTED if value is None else f"{round(value, 2).normalize():f}"


class Writer:
    """Freezes figures on one paper and hands out the runs that print them."""

    def __init__(self, actor: Actor, paper: Paper, round_: ReportRound) -> None:
        self.actor, self.paper, self.round = actor, paper, round_
        self.end = min(round_.ends_on, max(clock.today(), round_.starts_on) + ONE_DAY)
        self.window = Window(round_.starts_on, self.end)

    def run(self, measure: Measure, window: Window | None = None, area: Area | None = None) -> dict[str, Any]:
        """A frozen figure as a run; a value that nobody reported is said in words."""
        found = figure.freeze(self.actor, self.paper, measure, window or self.window, area=area)
        return {"text": spoken(found.value), "figure": found.pk}


def count_items(round_: ReportRound) -> int:
    """How many items a report on this round writes about."""
    rows = Item.objects.unscoped("how long the office's report becomes")
    return int(rows.filter(programme_id=round_.programme_id, ended=None).count())


def draft_office_report(actor: Actor, round_: ReportRound, tick: Tick | None = None) -> Paper:
    """A draft report of the actor's office on this round, addressed to the committee office above.

    tick: called with (items written, items in all) as it goes on.
    Raises Refused where the post is not the issuing office's or sees less than the figures count.
    """
    require(actor, "papers.add")
    programme = round_.programme
    seat = actor.seat
    if seat is None or programme.region_path not in seat.region_paths:
        raise Refused("由制发要点的安委办起草。")
    own = Unit.objects.visible_to(actor).select_related("region__parent").filter(pk=seat.unit_id).first()
    if own is None:
        raise Refused("当前岗位没有所在单位，不能起草公文。")
    above = unit_of(OFFICE, own.region.parent) if own.region.parent else None
    with transaction.atomic():
        paper = papers.draft(
            actor, Paper.Kind.REPORT, own, title_of(own.region, round_), [above] if above else [],
            [{"kind": "paragraph", "text": "正在生成。"}], source=round_, demo=programme.demo,
        )  # fmt: skip
        writer = Writer(actor, paper, round_)
        return papers.revise(actor, paper, {"body": _body(writer, tick)})


def title_of(region: Region, round_: ReportRound) -> str:
    """关于上饶市2023年上半年安全生产工作要点完成情况的报告."""
    year = f"{round_.programme.year}年"
    when = f"{round_.programme.year}年度" if round_.label == "年度" else f"{year}{round_.label}"
    return f"关于{region.name}{when}安全生产工作要点完成情况的报告"


def _body(writer: Writer, tick: Tick | None) -> list[dict[str, Any]]:
    programme = writer.round.programme
    live = Item.objects.unscoped("the items of a programme whose office reports on it")
    items = list(live.filter(programme=programme, ended=None).order_by("position"))
    number = f"（{programme.number}）" if programme.number else ""
    opening = (
        f"根据《{programme.title}》{number}，现将{writer.round.label}"
        f"（截至{_said_day(writer.end - ONE_DAY)}）完成情况报告如下。"
    )
    return [
        {"kind": "paragraph", "text": opening},
        {"kind": "heading", "level": 1, "text": "一、总体情况"},
        {"kind": "paragraph", "runs": _overall(writer, items)},
        {"kind": "paragraph", "runs": _collected(writer)},
        {"kind": "heading", "level": 1, "text": "二、逐条完成情况"},
        *_items(writer, items, tick),
        {"kind": "heading", "level": 1, "text": "三、存在的主要问题"},
        *_problems(writer, items),
    ]


def _said_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _overall(writer: Writer, items: list[Item]) -> list[Any]:
    area = Area(topics=tuple(one.pk for one in items))
    given = replace(writer.window, start=date(writer.round.programme.year, 1, 1))
    m = report_measures
    return [
        f"要点共 {len(items)} 条，分解职责 ", writer.run(m.DUTIES, given, area), " 项；本期应办 ",
        writer.run(m.DUE, area=area), " 项，已完成 ", writer.run(m.MET, area=area), " 项，其中按期完成 ",
        writer.run(m.ON_TIME, area=area), " 项；逾期未完成 ", writer.run(m.OVERDUE, area=area), " 项。",
    ]  # fmt: skip


def _collected(writer: Writer) -> list[Any]:
    row, m = writer.round, report_measures
    area = Area(topics=(row.programme_id,))
    day = Window(row.due_on, row.due_on + ONE_DAY)
    return [
        "应报告单位 ", writer.run(m.EXPECTED, day, area), " 家，已报告 ", writer.run(m.REPORTED, day, area),
        " 家，其中按时报告 ", writer.run(m.REPORTED_ON_TIME, day, area), " 家。",
    ]  # fmt: skip


def _items(writer: Writer, items: list[Item], tick: Tick | None) -> list[dict[str, Any]]:
    asked: dict[int, list[Obligation]] = defaultdict(list)
    rows = Obligation.objects.unscoped("what the items ask").filter(item__in=items, ended=None)
    for one in rows.exclude(measure="").order_by("position"):
        asked[one.item_id].append(one)
    told, busy = _told(writer.round), _busy(writer)
    found: list[dict[str, Any]] = []
    section = ""
    for n, one in enumerate(items, 1):
        if tick:
            tick(n, len(items))
        if one.section and one.section != section:
            section = one.section
            found.append({"kind": "paragraph", "runs": [{"text": section, "bold": True}]})
        found.append({"kind": "paragraph", "runs": _item(writer, one, asked[one.pk], one.pk in busy)})
        found += [{"kind": "paragraph", "text": words} for words in told.get(one.pk, ())]
    return found


def _busy(writer: Writer) -> set[int]:
    """The items with something due in the window: the others say so without a row of zeros."""
    rows = Occurrence.objects.unscoped("which items of the programme had something due")
    inside = rows.filter(due_on__gte=writer.window.start, due_on__lt=writer.end).exclude(state="cancelled")
    return set(inside.filter(programme_id=writer.round.programme_id).values_list("item_id", flat=True))


def _item(writer: Writer, item: Item, asked: list[Obligation], busy: bool) -> list[Any]:
    no = f"（{numeral(int(item.no))}）" if item.no.isdigit() and 0 < int(item.no) < 100 else f"（{item.no}）"
    area, m = Area(topics=(item.pk,)), report_measures
    runs: list[Any] = [{"text": f"{no}{item.title or item.text[:30]}。", "bold": True}]
    if busy:
        runs += ["应办 ", writer.run(m.DUE, area=area), " 项，已完成 ", writer.run(m.MET, area=area)]
        runs += [" 项，逾期未完成 ", writer.run(m.OVERDUE, area=area), " 项。"]
    else:
        runs.append("本期没有到期的事项。")
    for one in asked:
        runs += _measured(writer, one)
    return runs


def _measured(writer: Writer, one: Obligation) -> list[Any]:
    """“每季度至少公布3个案例”：…次数 6 次。 Nothing where the measure is gone or counts rows out of reach."""
    try:
        measure = measure_of(one.measure)
        with transaction.atomic():
            run = writer.run(measure, area=Area(paths=(writer.round.region_path,)))
    except (DeclarationError, Refused):
        return []
    unit = "" if run["text"] == NOT_REPORTED else f" {measure.unit}"
    return [f"“{one.quote.rstrip('。；;')}”：{measure.label} ", run, f"{unit}。"]


def _told(round_: ReportRound) -> dict[int, list[str]]:
    """{item: what its leading units wrote}, of reports that count."""
    leads: dict[int, set[int]] = defaultdict(set)
    roles = ItemRole.objects.filter(item__programme=round_.programme, role__in=("lead", "joint"))
    for item, units in roles.values_list("item_id", "unit_ids"):
        leads[item].update(units)
    rows = (
        ReportEntry.objects.filter(report__round=round_, report__state__in=("submitted", "accepted"))
        .select_related("report__unit")
        .order_by("item__position", "report__unit__family__position", "report__unit_id")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for one in rows:
        unit = one.report.unit
        if unit.pk not in leads[one.item_id] or not says_something(one.narrative):
            continue
        if len(found[one.item_id]) < QUOTED:
            words = " ".join(one.narrative.split())
            cut = words if len(words) <= WORDS else f"{words[:WORDS]}……"
            found[one.item_id].append(f"{unit.short_name or unit.name}报告：{cut}")
    return found


def _problems(writer: Writer, items: list[Item]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    ids = tuple(one.pk for one in items)
    late = (
        Occurrence.objects.unscoped("which units of the programme have most overdue")
        .filter(programme_id=writer.round.programme_id, item_id__in=ids, due_on__lt=clock.today())
        .filter(due_on__gte=writer.window.start, due_on__lt=writer.end)
        .exclude(state__in=("met", "cancelled"))
        .values_list("unit_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "unit_id")[:WORST]
    )
    worst = [unit for unit, _ in late]
    names = Unit.objects.unscoped("names of units with overdue matters").in_bulk(worst)
    if worst:
        rows = [
            [names[pk].short_name or names[pk].name,
             [writer.run(report_measures.OVERDUE, area=Area(units=(pk,), topics=ids))]]
            for pk in worst
        ]  # fmt: skip
        title = "逾期未完成事项较多的单位"
        found.append({"kind": "table", "title": title, "head": ["单位", "逾期未完成（项）"], "rows": rows})
    silent = [
        one.unit
        for one in reads_report.lines_of(writer.actor, writer.round)
        if one.standing.missing and one.row.unit_id in reads_report.still_expected([one])
    ]
    if silent:
        found.append({"kind": "paragraph", "text": f"尚未报告的单位：{'、'.join(silent)}。"})
    return found or [{"kind": "paragraph", "text": "应办事项没有逾期，应报告单位均已报告。"}]


# Afterwards -----------------------------------------------------------------------------------------


def moved(paper: Paper) -> list[Moved]:
    """Every figure of a paper against today's rows: those that differ first, else in order of printing."""
    printed = {run["figure"]: run["text"] for run in all_runs(paper.body) if run.get("figure")}
    frozen = paper_reads.figures_in(paper)
    parts = _parts(frozen.values())
    found = []
    for pk, words in printed.items():
        one = frozen.get(pk)
        if one is None:
            continue
        try:
            found.append(
                Moved(one, words, figure.recheck(one), measure_of(one.measure).basis, parts.get(pk, ""))
            )
        except DeclarationError:
            continue
    return sorted(found, key=lambda each: each.check.holds)


def _parts(frozen: Iterable[Figure]) -> dict[int, str]:
    """{figure: which part it counts}: 第9条, or the names of its units."""
    frozen = list(frozen)
    single = {
        one.pk: one.area["topics"][0]
        for one in frozen
        if one.measure in BY_ITEM and len(one.area.get("topics", ())) == 1
    }
    rows = Item.objects.unscoped("numbers of the items that a visible paper reports on")
    numbers = dict(rows.filter(pk__in=set(single.values())).values_list("pk", "no"))
    names = names_of(unit for one in frozen for unit in one.area["units"])
    found = {pk: f"第{numbers[item]}条" for pk, item in single.items() if item in numbers}
    return found | {
        one.pk: "、".join(names.get(unit, "") for unit in one.area["units"])
        for one in frozen
        if one.area["units"]
    }


def draft_correction(actor: Actor, paper: Paper) -> Paper:
    """An erratum for the figures of an issued paper whose value differs now; the issued copy stays.

    Raises Refused where none differs. Rows that came and went with the same count are no correction.
    """
    changed = [one for one in moved(paper) if one.check.was != one.check.now]
    if not changed:
        raise Refused("公文中的数与现在一致，没有要更正的。")
    with transaction.atomic():
        erratum = papers.draft_erratum(actor, paper)
        rows = [
            [
                str(n),
                f"{one.part}{one.figure.label}（{one.figure.start.isoformat()}至{_last(one.figure)}）",
                [{"text": one.printed, "figure": one.figure.pk}],
                [_again(actor, erratum, one.figure)],
                one.figure.unit_label,
            ]
            for n, one in enumerate(changed, 1)
        ]
        body = [
            {
                "kind": "paragraph",
                "text": f"我单位印发的{paper.full_name}，因台账数据在定格后有变动，下列数字更正如下。",
            },
            {
                "kind": "table",
                "title": "更正的数字",
                "head": ["序号", "指标", "原文", "更正为", "单位"],
                "rows": rows,
            },
            {"kind": "paragraph", "text": "其余内容不变。特此说明。"},
        ]
        return papers.revise(actor, erratum, {"body": body})


def _last(one: Figure) -> str:
    return (one.end - ONE_DAY).isoformat()


def _again(actor: Actor, paper: Paper, one: Figure) -> dict[str, Any]:
    """The same figure frozen anew on another paper."""
    area = Area(**{name: tuple(values) for name, values in one.area.items()})
    cell: Mapping[str, Any] = {
        name: date.fromisoformat(value) if name in PERIODS else value for name, value in one.cell.items()
    }
    found = figure.freeze(actor, paper, measure_of(one.measure), Window(one.start, one.end), cell, area)
    return {"text": spoken(found.value), "figure": found.pk}


def papers_of(actor: Actor, round_: ReportRound) -> list[Paper]:
    """The office's reports on a round and their errata, the newest first."""
    rows = Paper.objects.visible_to(actor).filter(
        Q(ledger="report-rounds", subject_id=round_.pk)
        | Q(corrects__ledger="report-rounds", corrects__subject_id=round_.pk)
    )
    return list(rows.order_by("-id"))
