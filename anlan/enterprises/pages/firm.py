"""One firm on one page (一企一档), its tabs, and the same printed for the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from anlan.enterprises import cells as drawn
from anlan.enterprises import closures_panels, folder, reads
from anlan.enterprises.folder import Facts, Figure, KeyDate, Part
from anlan.enterprises.models import Enterprise, Merger
from anlan.enterprises.models.fields import industry_name
from anlan.kernel import cells, clock, drawing
from anlan.kernel.ledger import Ledger
from anlan.kernel.listing import Listing
from anlan.kernel.models import AuditEntry
from anlan.kernel.pages import moves
from anlan.kernel.pages.access import ledger_for, may, row_for
from anlan.kernel.pages.lists import Act
from anlan.kernel.pages.rows import RowPage, event
from anlan.kernel.requests import ActorRequest

KEY = "enterprises"
JOINED = ("regulator", "parent", "merged_into")
MOST_ROWS = 100
MOST_DATES = 6
LATE_DATES = 3
MOST_HISTORY = 200
RECENT = 6


class FirmPage(RowPage):
    """What `enterprises/firm.html` reads; every part is asked once."""

    def __init__(self, request: ActorRequest, ledger: Ledger, row: Enterprise, tab: str = "") -> None:
        super().__init__(request, ledger, row)
        self.firm, self.actor, self.tab = row, request.actor, tab
        self.parts = folder.parts(request.actor)
        self._facts = {one.key: one.facts(request.actor, row) if one.facts else Facts() for one in self.parts}
        if tab and tab != "history" and not any(one.key == tab and one.has_tab for one in self.parts):
            raise Http404

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """企业档案 / 区划."""
        region = self.names.of(self.firm.region_path)
        return [{"label": "企业档案", "url": reverse("ledger-list", args=[KEY])}, {"label": region}]

    @property
    def facts(self) -> list[Any]:
        """Code, industry, status, regulator."""
        firm = self.firm
        found: list[Any] = [drawn.code(firm), industry_name(firm.industry), drawn.status(firm)]
        if firm.platform:
            found.append(f"平台：{firm.get_platform_display()}")
        if firm.regulator is not None:
            found.append(f"监管：{firm.regulator.short_name or firm.regulator.name}")
        if firm.demo:
            found.append(cells.tag("演示数据"))
        return found

    @property
    def acts(self) -> list[Act | moves.MoveButton]:
        """Print, merge, change."""
        found: list[Act | moves.MoveButton] = [
            Act("打印一企一档", f"{self.base}print/", "printer", office_only=True)
        ]
        if self.firm.merged_into_id is not None:
            return found
        if self.actor.may("enterprises.merge"):
            merge_url = f"{reverse('enterprise-merge')}?kept={self.firm.pk}"
            found.append(Act("合并重复档案", merge_url, "arrows-join", office_only=True))
        if may(self.request, self.ledger, "change"):
            found.append(Act("修改企业", f"{self.base}edit/", "edit", primary=True))
        elif self.actor.may("own-firm.fill"):
            found.append(Act("补填企业资料", reverse("own-firm"), "edit", primary=True))
        return found

    @property
    def figures(self) -> list[Figure]:
        """The strip of key figures."""
        firm = self.firm
        size = f"，{firm.get_size_display()}" if firm.size else ""
        staff = "未报" if firm.employees is None else f"{cells.number(firm.employees)} 人{size}"
        return [
            Figure("从业人员", staff),
            *(one for part in self.parts for one in self._facts[part.key].figures),
        ]

    @property
    def dates(self) -> list[KeyDate]:
        """The line of key dates: what is late, then what comes next."""
        today = clock.today()
        every = sorted(
            (one for facts in self._facts.values() for one in facts.dates), key=lambda one: one.day
        )
        late = [one for one in every if one.late]
        coming = [one for one in every if one.day >= today and not one.late]
        first = late[-LATE_DATES:]
        return first + coming[: MOST_DATES - len(first)]

    @property
    def this_year(self) -> int:
        """Days of this year are written without it."""
        return clock.today().year

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """总览, one for each part that has more to show, 办理记录."""
        found = [{"label": "总览", "url": self.base, "current": not self.tab, "count": None}]
        for part in self.parts:
            if part.has_tab:
                count = self._facts[part.key].count
                url = f"{self.base}?tab={part.key}"
                found.append(
                    {"label": part.label, "url": url, "current": self.tab == part.key, "count": count}
                )
        history = f"{self.base}?tab=history"
        found.append({"label": "办理记录", "url": history, "current": self.tab == "history", "count": None})
        return found

    @property
    def notes(self) -> list[dict[str, Any]]:
        """Merged away, let pass, or alike to another firm."""
        firm, found = self.firm, closures_panels.firm_notes(self.actor, self.firm)
        if firm.merged_into is not None:
            url = reverse("ledger-row", args=[KEY, firm.merged_into_id])
            text = "这份档案已并入别的企业，只留历史，不再办理。"
            found.append({"tone": "y", "text": text, "url": url, "link": f"看“{firm.merged_into}”"})
        if firm.code_override_reason:
            found.append(
                {"tone": "y", "text": f"信用代码未通过校验，按理由放行：{firm.code_override_reason}"}
            )
        if not self.tab and self.actor.may("enterprises.merge"):
            for other in reads.like(self.actor, firm):
                url = f"{reverse('enterprise-merge')}?kept={firm.pk}&gone={other.pk}"
                text = f"本市另有“{other}”（{other.code or '无代码'}），名称主体相同。"
                found.append({"tone": "", "text": text, "url": url, "link": "核对是否同一企业"})
        return found

    @property
    def main(self) -> list[dict[str, Any]]:
        """The overview's main column: what the parts bring, then the firm's own card."""
        return [*self._overview(side=False), *self.card]

    @property
    def card(self) -> list[dict[str, Any]]:
        """The firm's own fields, without empty ones."""
        pairs = [
            self._card_pair(name)
            for section in self.ledger.form
            for name in section.fields
            if getattr(self.firm, name) not in (None, "")
        ]
        return [{"title": "基本情况", "kind": "kv", "rows": pairs}]

    def _card_pair(self, name: str) -> tuple[str, Any]:
        """As everywhere; the regulator, which stands in the page's head too, without asking for its page."""
        if name == "regulator":
            return self.ledger.label_of(name), str(self.firm.regulator)
        return self._pair(name)

    @property
    def side_parts(self) -> list[dict[str, Any]]:
        """The overview's side column: people, who supervises, attachments."""
        lines = [(one.part, one.name) for one in reads.supervisors(self.firm)]
        shown = {"title": "监管责任", "kind": "kv", "rows": lines, "empty": "还没有确定监管部门。"}
        return [*self._overview(side=True), shown, *moves.side_sections(self.firm)]

    def _overview(self, side: bool) -> list[dict[str, Any]]:
        found = []
        for part in self.parts:
            if part.template and part.rows and part.side == side:
                given = part.rows(self.actor, self.firm)
                if given is None:
                    continue
                rows = {"firm": self.firm, **given}
                found.append(
                    {
                        "kind": "part",
                        "title": part.title or part.label,
                        "html": render_to_string(part.template, rows, request=self.request),
                        "head": rows.get("head", ""),
                        "tab_url": f"{self.base}?tab={part.key}" if part.has_tab else "",
                        "count": self._facts[part.key].count,
                    }
                )
        return found

    def content(self, part: Part) -> dict[str, Any]:
        """What a tab holds: a template of its part, or rows of its ledger as the ledger draws them."""
        if part.tab_template and part.tab_rows:
            context: Mapping[str, Any] = {"firm": self.firm, **(part.tab_rows(self.actor, self.firm) or {})}
            return {"kind": "raw", "html": render_to_string(part.tab_template, context, request=self.request)}
        return self.table(part)

    def table(self, part: Part) -> dict[str, Any]:
        """The part's ledger for this firm: its columns without the firm's own, at most `MOST_ROWS` rows."""
        ledger = part.of_ledger()
        own = (part.lookup, f"{part.lookup}__name")
        columns = tuple(one for one in Listing(ledger, self.actor, {}).columns if one.field not in own)
        rows = ledger.rows(self.actor).filter(**{part.lookup: self.firm.pk})
        found = list(rows.order_by(*ledger.order).select_related(*ledger.related)[: MOST_ROWS + 1])
        names = drawing.Names()
        names.fill(columns, ledger, found)
        base = reverse("ledger-list", args=[ledger.key])
        draws = [drawing.drawer(ledger, one, names, lambda row: f"{base}{row.pk}/") for one in columns]
        new = f"{reverse('ledger-new', args=[ledger.key])}?{part.lookup}={self.firm.pk}"
        return {
            "kind": "rows",
            "title": ledger.label,
            "columns": drawing.heads(ledger, columns),
            "rows": [
                drawing.DrawnRow(one.pk, f"{base}{one.pk}/", [draw(one) for draw in draws], name=str(one))
                for one in found[:MOST_ROWS]
            ],
            "more": len(found) > MOST_ROWS,
            "url": f"{base}?{part.lookup}={self.firm.pk}",
            "new_url": new if may(self.request, ledger, "add") and not self.firm.merged_into_id else "",
            "new_label": ledger.add_words,
            "empty": f"还没有登记{ledger.noun}。",
        }

    @property
    def recent(self) -> list[dict[str, Any]]:
        """The last few acts."""
        return self.timeline[:RECENT]

    @property
    def open_tab(self) -> dict[str, Any] | None:
        """The content of the chosen tab; None on the overview."""
        if not self.tab:
            return None
        if self.tab == "history":
            return {"kind": "history", "events": history_of(self.firm, self.ledger, self.names, MOST_HISTORY)}
        return self.content(next(one for one in self.parts if one.key == self.tab))


def history_of(firm: Enterprise, ledger: Ledger, names: drawing.Names, most: int) -> list[dict[str, Any]]:
    """The acts on a firm and on the records that went into it, newest first."""
    ids = [
        firm.pk,
        *Merger.objects.unscoped("history of a visible firm")
        .filter(kept=firm)
        .values_list("gone_id", flat=True),
    ]
    rows = AuditEntry.objects.unscoped("the history of a row that the caller has found visible")
    found = rows.filter(ledger=KEY, subject_id__in=ids).order_by("-id")[:most]
    events = []
    for entry in found:
        one = event(ledger, entry, names)
        if entry.subject_id != firm.pk:
            one["text"] = f"{one['text']}（原档案“{entry.subject.removeprefix(ledger.noun).strip()}”）"
        events.append(one)
    return events


@require_GET
def firm(request: ActorRequest, pk: int) -> HttpResponse:
    """The page of one firm, or one of its tabs."""
    ledger = ledger_for(request, KEY)
    row: Enterprise = row_for(request, ledger, pk, *JOINED)
    page = FirmPage(request, ledger, row, request.GET.get("tab", "")[:40])
    return render(request, "enterprises/firm.html", {"page": page})


@require_GET
def print_firm(request: ActorRequest, pk: int) -> HttpResponse:
    """一企一档 on A4: the card, who supervises, and every part's rows."""
    ledger = ledger_for(request, KEY)
    row: Enterprise = row_for(request, ledger, pk, *JOINED)
    page = FirmPage(request, ledger, row)
    tables = [page.table(one) for one in page.parts if one.ledger]
    events = history_of(row, ledger, page.names, 30)
    found = {"page": page, "tables": tables, "events": events, "day": clock.today()}
    return render(request, "enterprises/firm_print.html", found)
