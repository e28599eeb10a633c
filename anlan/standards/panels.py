"""What ledgers of standards show beyond their columns: standing, basis, versions, what a pack brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from anlan.kernel import cells, clock, registry
from anlan.kernel.ledger import Ledger
from anlan.kernel.scope import Actor
from anlan.standards import reads
from anlan.standards.command import TITLES
from anlan.standards.fields import industry_label, offered
from anlan.standards.models import (
    BY_SECTION,
    ChecklistItem,
    Criterion,
    FacilityKind,
    Pack,
    Standard,
    in_force,
)
from anlan.standards.rules.attributes import from_json
from anlan.standards.rules.pack import TYPES

NOW, LATER, PAST, WITHDRAWN = "now", "later", "past", "withdrawn"
WORDS = {NOW: "现行有效", LATER: "尚未生效", PAST: "已失效", WITHDRAWN: "已更正"}
ADDRESSES = {
    "standards": "standards",
    "kinds": "facility-kinds",
    "licences": "licence-kinds",
    "checklist": "checklists",
    "criteria": "criteria",
    "sensors": "sensor-kinds",
}
OPS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
SHOWN = 8
WHY = "rules hold for everybody"


def standings() -> list[tuple[str, str]]:
    """The choices of the filter 效力."""
    return list(WORDS.items())


def standing(value: str) -> Q:
    """The rows of one standing as of today."""
    today = clock.today()
    live = Q(withdrawn_on__isnull=True)
    match value:
        case "now":
            return in_force(today)
        case "later":
            return live & Q(valid_from__gt=today)
        case "past":
            return live & Q(valid_to__lte=today)
        case "withdrawn":
            return Q(withdrawn_on__isnull=False)
        case _:
            return Q()


def on_day_typed(value: str) -> Q:
    """Rows in force on a day that somebody typed; a word that is no day narrows nothing."""
    try:
        return in_force(date.fromisoformat(value.strip()))
    except ValueError:
        return Q()


def origins() -> list[tuple[str, str]]:
    """The choices of the filter 来历."""
    return [("pack", "行业包"), ("local", "省、市登记")]


def of_origin(value: str) -> Q:
    """Rows of packs, or those that an office wrote."""
    return Q(pack__isnull=value == "local") if value in {"pack", "local"} else Q()


def state_of(row: Any) -> str:
    """now, later, past or withdrawn."""
    today = clock.today()
    if row.withdrawn_on is not None:
        return WITHDRAWN
    if row.valid_from is not None and row.valid_from > today:
        return LATER
    return PAST if row.valid_to is not None and row.valid_to <= today else NOW


def state_words(row: Any) -> str:
    """The standing in words."""
    return WORDS[state_of(row)]


def state_cell(row: Any) -> SafeString:
    """What holds in plain words, what does not as a mark with its day."""
    state = state_of(row)
    if state == NOW:
        return conditional_escape(WORDS[state])
    day = {LATER: row.valid_from, PAST: row.valid_to, WITHDRAWN: row.withdrawn_on}[state]
    return format_html('<span class="mk">{}</span> <span class="tn">{}</span>', WORDS[state], cells.day(day))


def basis_words(row: Any) -> str:
    """The standard with its article."""
    return str(row.basis)


def basis_cell(row: Any) -> SafeString:
    """The same, set as a quotation of a source."""
    return format_html('<span class="song">{}</span>', row.short_basis) if row.standard else cells.DASH


def industries_of(model: type[Criterion] | type[ChecklistItem] | type[FacilityKind]) -> list[tuple[str, str]]:
    """Industries for which there are rows."""
    rows = model.objects.unscoped(WHY).order_by().values_list("industry", flat=True)
    return offered(set(rows.distinct()))


def versions(actor: Actor, row: Any) -> Mapping[str, Any]:
    """All rows of one key, newest first."""
    rows = (
        type(row)
        .objects.visible_to(actor)
        .filter(key=row.key, region_path=row.region_path)
        .order_by("-withdrawn_on", "-valid_from", "-id")
    )
    return {
        "versions": [
            {
                "url": reverse("ledger-row", args=[row.scope.view.partition(".")[0], one.pk]),
                "current": one.pk == row.pk,
                "from": f"{cells.day(one.valid_from)} 起" if one.valid_from else "未注明生效日期",
                "state": state_words(one),
                "by": one.source if one.local else "",
            }
            for one in rows
        ]
    }


def checks_of(actor: Actor, row: Criterion) -> Mapping[str, Any]:
    """The lines of checklists that lead to a criterion."""
    rows = ChecklistItem.objects.visible_to(actor).filter(in_force(clock.today()), criterion_key=row.key)
    return {"checks": rows.select_related("standard").order_by("position", "id")}


def citing(actor: Actor, row: Criterion) -> Mapping[str, Any]:
    """What refers to this criterion (in any of its versions) in any ledger, as far as the reader sees it:
    how many, and the newest. A ledger takes part when it has a filter for its criterion."""
    versions_of = Criterion.objects.visible_to(actor).filter(key=row.key, region_path=row.region_path)
    ids = sorted(versions_of.values_list("pk", flat=True))
    found = []
    for ledger in registry.ledgers():
        name = _citing_field(ledger)
        if not name or not actor.may_read(ledger.permission("view")):
            continue
        rows = ledger.rows(actor).filter(**{f"{name}__in": ids})
        url = reverse("ledger-list", args=[ledger.key])
        newest = [
            {"label": ledger.words(one), "url": f"{url}{one.pk}/"} for one in rows.order_by("-pk")[:SHOWN]
        ]
        query = urlencode({name: ",".join(map(str, ids))}, safe=",")
        found.append({"noun": ledger.noun, "count": rows.count(), "url": f"{url}?{query}", "newest": newest})
    return {"ledgers": found}


def _citing_field(ledger: Ledger) -> str:
    """The filter of a ledger that names a criterion, "" for none."""
    filters = {one.field for one in ledger.filters}
    fields = (one for one in ledger.model._meta.concrete_fields if one.related_model is Criterion)
    return next((one.name for one in fields if one.name in filters), "")


def cited_by(actor: Actor, row: Standard) -> Mapping[str, Any]:
    """What rests on a standard."""
    today = clock.today()
    criteria = Criterion.objects.visible_to(actor).filter(in_force(today), standard=row)
    checks = ChecklistItem.objects.visible_to(actor).filter(in_force(today), standard=row)
    return {
        "criteria": criteria.order_by("industry", "position"),
        "checks": checks.order_by("position")[:100],
    }


# Packs ---------------------------------------------------------------------------------------------
def pack_industry_words(row: Pack) -> str:
    """The industries of a pack in words."""
    words = "、".join(industry_label(slug) for slug in row.industries)
    return f"{words}（各行业通用）" if row.general and words else words or "各行业通用"


def pack_industries(row: Pack) -> SafeString:
    """The same for a cell."""
    return conditional_escape(pack_industry_words(row))


def pack_content(actor: Actor, row: Pack) -> Mapping[str, Any]:
    """How much a pack brings, section by section; each figure opens its rows."""
    today = clock.today()
    figures = []
    for section, model in BY_SECTION.items():
        rows = model.objects.visible_to(actor).filter(in_force(today), pack=row)
        count = rows.count()
        unsure = rows.filter(confidence="M").count() if section not in {"kinds"} else 0
        query = urlencode({"pack": row.pk, "valid_to": NOW})
        figures.append(
            {
                "label": TITLES[section],
                "value": count,
                "url": f"{reverse('ledger-list', args=[ADDRESSES[section]])}?{query}" if count else "",
                "note": f"其中待核 {unsure}" if unsure else "",
            }
        )
    return {"figs": figures}


def pack_kinds(actor: Actor, row: Pack) -> Mapping[str, Any]:
    """The kinds of facility of a pack with their attributes."""
    rows = FacilityKind.objects.visible_to(actor).filter(in_force(clock.today()), pack=row)
    kinds = [
        {
            "label": one.label,
            "url": reverse("ledger-row", args=["facility-kinds", one.pk]),
            "industry": industry_label(one.industry),
            "attributes": "、".join(item["label"] for item in one.attributes),
        }
        for one in rows.order_by("position", "id")
    ]
    return {"kinds": kinds}


def pack_editions(actor: Actor, row: Pack) -> Mapping[str, Any]:
    """When each version was loaded and what it changed."""
    return {"editions": row.editions.order_by("-edition")}


def kind_attributes(actor: Actor, row: FacilityKind) -> Mapping[str, Any]:
    """The attributes of a kind as a table."""
    found = [
        {
            "label": one.label,
            "type": TYPES[one.type],
            "unit": one.unit,
            "choices": "、".join(one.choices.values()),
            "range": _range(one.least, one.most),
            "required": one.required,
            "filter": one.filter,
            "note": one.note,
            "unsure": one.confidence == "M",
        }
        for one in from_json(row.attributes)
    ]
    facts = {
        "licences": reads.licence_kinds(facility_kind=row.key),
        "sensors": reads.sensor_kinds(facility_kind=row.key),
    }
    return {"attributes": found, **facts}


def _range(least: Any, most: Any) -> str:
    if least is not None and most is not None:
        return f"{least}–{most}"
    return f"≥ {least}" if least is not None else f"≤ {most}" if most is not None else ""


def threshold_words(row: Any) -> str:
    """报警 ≥ 1.0，断电 ≥ 1.5."""
    return "，".join(f"{one['name']} {OPS[one['op']]} {one['value']}" for one in row.thresholds)


def threshold_cell(row: Any) -> SafeString:
    """The same for a cell."""
    return format_html('<span class="tn">{}</span>', threshold_words(row)) if row.thresholds else cells.DASH


def sensor_thresholds(actor: Actor, row: Any) -> Mapping[str, Any]:
    """The thresholds of a sensor kind as a table."""
    return {"thresholds": [{**one, "op": OPS[one["op"]]} for one in row.thresholds], "unit": row.unit}
