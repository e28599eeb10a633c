"""Declarations of intake, review and publication."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Panel, Section, View
from anlan.kernel.shell import Entry
from anlan.programmes import panels_review
from anlan.programmes.models import Edition, Programme


def _number(row: Any) -> SafeString:
    return format_html('<span class="song">{}</span>', row.number or "未编号")


def _year(row: Any) -> SafeString:
    return format_html("{}", row.year)


PROGRAMMES = Ledger(
    key="programmes",
    model=Programme,
    label="工作要点",
    noun="工作要点",
    title="title",
    menu="programmes",
    icon="file-text",
    columns=(
        Column("year", css="tn c-no", cell=_year, value=lambda row: row.year),
        Column("title", link=True, css="c-t"),
        Column("number", css="c-f", cell=_number, value=lambda row: row.number),
        Column("issuer", css="c-r"),
        Column("issued_on"),
        Column("region_path", shown=False),
        Column("state", css="c-s"),
    ),
    filters=(Filter("state"), Filter("year"), Filter("region_path", kind="region")),
    search=("title", "number"),
    search_hint="标题、文号",
    order=("-year", "-id"),
    order_label="按年度从新到旧",
    views=(
        View("running", "执行中", {"state": "running"}),
        View("reviewing", "审读中", {"state": "reviewing"}),
    ),
    detail=(Section("基本情况", ("title", "number", "issuer", "issued_on", "state", "upper")),),
    panels=(
        Panel("版本", "programmes/panels/editions.html", panels_review.editions),
        Panel("条目", "programmes/panels/items.html", panels_review.items),
        Panel("办理", "programmes/panels/acts.html", panels_review.acts, side=True),
        Panel("报告时限", "programmes/panels/report_days.html", panels_review.report_days, side=True),
    ),
    select=("issuer",),
    blank=Blank("还没有工作要点。", "上传安委会印发的年度工作要点，系统分解成任务后由您审读、发布。"),
    acts=frozenset({"export"}),
)
EDITIONS = Ledger(
    key="editions",
    model=Edition,
    label="要点版本",
    noun="要点版本",
    columns=(
        Column("programme__title", label="工作要点", link=True, css="c-t"),
        Column("no", css="c-f"),
        Column("state", css="c-s"),
        Column("signed_by"),
        Column("published_at"),
    ),
    menu="programmes",
    icon="versions",
    filters=(Filter("state"),),
    order=("-id",),
    detail=(Section("版本", ("programme", "no", "state", "message", "signed_by", "published_at", "digest")),),
    panels=(Panel("办理", "programmes/panels/acts.html", panels_review.edition_acts, side=True),),
    select=("programme",),
    blank=Blank("还没有要点版本。", "上传要点后，每次审读、发布的版本列在这里。"),
    acts=frozenset({"export"}),
    in_menu=False,
)

LEDGERS: tuple[Ledger, ...] = (PROGRAMMES, EDITIONS)
WORKFLOWS: tuple[Any, ...] = ()
MEASURES: tuple[Any, ...] = ()
PARAMETERS: tuple[Any, ...] = ()
MENU: tuple[Any, ...] = (
    Entry("programmes", "intake", "上传要点", "review-intake", "editions.add", "upload"),
)
