"""Facilities as ledgers: one of all, and one for each kind, made from the pack of the day.

The ledger of a kind has the address `facilities-<kind>`, the permissions and kept totals of `facilities`,
and the kind's attributes as columns, filters, form fields and columns of the sheet.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from anlan.enterprises import facilities_due as due
from anlan.enterprises import facilities_panels
from anlan.enterprises.actions.closures import watch_facility
from anlan.enterprises.facilities_due import KEPT_IN, field_name
from anlan.enterprises.located import THING_PLACE
from anlan.enterprises.models import Facility
from anlan.enterprises.models.spoken import SpokenField
from anlan.kernel.ledger import Blank, Column, Filter, Importing, Ledger, Panel, Section, View
from anlan.kernel.scope import Actor
from anlan.standards import reads as standards
from anlan.standards.models import FacilityKind
from anlan.standards.rules.attributes import MOST_TEXT
from anlan.standards.rules.pack import Attribute

BASE = "facilities"
PREFIX = f"{BASE}-"
COUNTY_DEPTH = 3
PICK_FIRM = "/pick/enterprise"
FIRM_NAMES = ("企业名称", "单位名称", "所属企业", "使用单位", "建设单位", "经营单位", "产权单位")
OWN = ("enterprise", "holder", "site", "name", "number")
PLACE = ("region_path", "address", "longitude", "latitude")
LIFE = ("state", "opened_on", "closed_on")
SYNONYMS = {
    "enterprise": FIRM_NAMES,
    "holder": ("权属人", "产权人", "户主", "船主", "管理单位", "责任单位"),
    "site": ("厂区", "场所"),
    "name": ("设施名称", "名称", "设备名称", "工程名称", "项目名称", "船名"),
    "number": ("编号", "位号", "使用登记证编号", "登记证号", "船名号", "证号"),
    "region_path": ("所属区域", "所在县区", "属地"),
    "state": ("状态", "使用状态", "运行状态"),
    "opened_on": ("投用日期", "投入使用日期", "建成时间", "投产时间"),
}
WHOSE = Column(
    "enterprise__name", label="企业或权属人", css="c-f", cell=facilities_panels.whose_cell,
    value=facilities_panels.whose, reads=("holder",),
)  # fmt: skip
OF_KIND = Panel("这类设施", "enterprises/facilities_of_kind.html", facilities_panels.of_kind, side=True)


def field_of(one: Attribute) -> models.Field[Any, Any]:
    """An attribute as a field that no table has: what form, filter, template and import go by."""
    common: dict[str, Any] = {
        "verbose_name": one.label, "blank": not one.required, "null": True,
        "help_text": "。".join(part for part in (f"单位 {one.unit}" if one.unit else "", one.note) if part),
    }  # fmt: skip
    bounds: list[Any] = []
    if one.least is not None:
        bounds.append(MinValueValidator(one.least, f"不能小于 {one.least}{_unit(one)}。请改大。"))
    if one.most is not None:
        bounds.append(MaxValueValidator(one.most, f"不能大于 {one.most}{_unit(one)}。请改小。"))
    made: models.Field[Any, Any]
    match one.type:
        case "integer":
            made = models.IntegerField(validators=bounds, **common)
        case "number":
            made = models.DecimalField(
                max_digits=18, decimal_places=one.decimals, validators=bounds, **common
            )
        case "date":
            made = models.DateField(**common)
        case "flag":
            made = models.BooleanField(**common)
        case "choice":
            made = SpokenField(max_length=40, choices=list(one.choices.items()), words=one.said, **common)
        case _:
            made = models.CharField(max_length=MOST_TEXT, **common)
    made.set_attributes_from_name(field_name(one.key))
    return made


def _unit(one: Attribute) -> str:
    return f" {one.unit}" if one.unit else ""


def family(key: str) -> Ledger | None:
    """The ledger `facilities-<kind>`; kinds that have ended keep theirs, so that old rows can be read."""
    if not key.startswith(PREFIX):
        return None
    kind = standards.kind(key.removeprefix(PREFIX))
    return ledger_of(kind) if kind else None


_made: dict[tuple[str, str], Ledger] = {}


def ledger_of(kind: FacilityKind) -> Ledger:
    """The ledger of one kind, made once for each content of its pack."""
    mark = (kind.key, kind.digest)
    if mark not in _made:
        _made[mark] = _make(kind.key, kind.label, standards.attributes_of(kind))
    return _made[mark]


def key_of(kind: str) -> str:
    """The ledger's key of a kind."""
    return PREFIX + kind


def _make(key: str, label: str, attributes: tuple[Attribute, ...]) -> Ledger:
    names = tuple(field_name(one.key) for one in attributes)
    return Ledger(
        key=key_of(key),
        base=BASE,
        only={"kind": key},
        extra={field_name(one.key): field_of(one) for one in attributes},
        kept_in=KEPT_IN,
        model=Facility,
        label=label,
        noun=label,
        title="name",
        menu="enterprises",
        in_menu=False,
        columns=_columns(label, attributes),
        filters=_filters(attributes),
        search=("name", "number"),
        search_hint="名称、编号",
        views=due.views(attributes),
        prepare=check,
        form=(Section("属于谁", OWN), Section("属性", names), Section("位置", PLACE), Section("状态", LIFE))
        if names
        else (Section("属于谁", OWN), Section("位置", PLACE), Section("状态", LIFE)),
        importing=Importing(
            fields=(*OWN, *names, *PLACE, *LIFE),
            key=("kind", "enterprise", "number"),
            synonyms=SYNONYMS | {field_name(one.key): one.also for one in attributes if one.also},
        ),
        panels=(OF_KIND,),
        select=("enterprise",),
        totals=("kind", "state", "industry"),
        pickers={"enterprise": PICK_FIRM},
        follow=watch_facility,
        blank=Blank(f"还没有登记{label}。", "逐个登记，或按模板导入；栏目由行业包规定。", f"登记{label}"),
        acts=frozenset({"add", "change", "import", "export"}),
    )


def _columns(label: str, attributes: tuple[Attribute, ...]) -> tuple[Column, ...]:
    """What it is and whose, its attributes, how it stands."""
    return (
        Column("name", label=f"{label}名称" if len(label) < 5 else "", link=True, css="c-t"),
        Column("number", css="tn c-no"),
        WHOSE,
        Column("region_path", css="c-r"),
        *(_column(one) for one in attributes),
        Column("state", css="c-s"),
        Column("holder", shown=False),
        Column("address", shown=False),
        Column("opened_on", shown=False),
        Column("closed_on", shown=False),
    )


def _filters(attributes: tuple[Attribute, ...]) -> tuple[Filter, ...]:
    """Place and state; the first three choices of the kind in the line, the others behind 更多条件."""
    offered = [one for one in attributes if one.filter]
    first = [one for one in offered if one.type in {"choice", "flag"}][:3]
    return (
        Filter("region_path", kind="region"),
        Filter("state"),
        *(Filter(field_name(one.key), label=one.label, more=one not in first) for one in offered),
        *due.filters(attributes),
        Filter("enterprise", more=True, picker=PICK_FIRM),
        Filter("opened_on", more=True),
    )


def _column(one: Attribute) -> Column:
    numeric = one.type in {"integer", "number"}
    return Column(
        field_name(one.key), label=one.label, unit=one.unit, shown=one.list,
        css="" if numeric else "mid", **due.drawn(one),
    )  # fmt: skip


# All facilities together ---------------------------------------------------------------------------
def check(actor: Actor, row: Any) -> None:
    """Place, industry and version of the kind before they are checked.

    Where a sheet of a county says no place it is the county's own; what has no name is called by its holder.
    """
    row.derive()
    own = actor.seat.region_paths if actor.seat else ()
    if not row.region_path and len(own) == 1 and own[0].count("/") >= COUNTY_DEPTH:
        row.region_path = own[0]
    row.name = row.name or row.holder[:80]


FACILITIES = Ledger(
    key=BASE,
    model=Facility,
    label="设施台账",
    noun="设施",
    title="name",
    menu="enterprises",
    icon="building-factory-2",
    columns=(
        Column("name", link=True, css="c-t"),
        Column("kind", css="mid c-k"),
        Column("number", css="tn c-no"),
        WHOSE,
        Column("region_path", css="c-r"),
        Column("industry", shown=False),
        Column("state", css="c-s"),
        Column("holder", shown=False),
        Column("address", shown=False),
        Column("opened_on", shown=False),
        Column("demo", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("kind"),
        Filter("industry"),
        Filter("state"),
        Filter("enterprise", more=True, picker=PICK_FIRM),
        Filter("demo", more=True),
        *THING_PLACE.filters(),
    ),
    search=("name", "number"),
    search_hint="名称、编号",
    views=(View("in-use", "在用", {"state": "in-use"}), View("building", "在建", {"state": "building"})),
    form=(Section("属于谁", ("kind", *OWN)), Section("位置", PLACE), Section("状态", LIFE)),
    detail=(
        Section("设施", ("kind", "enterprise", "holder", "site", "name", "number")),
        Section("位置", PLACE),
        Section("状态", LIFE),
    ),
    totals=("kind", "state", "industry"),
    pickers={"enterprise": PICK_FIRM},
    prepare=check,
    follow=watch_facility,
    blank=Blank("还没有登记设施。", "设施按类别登记，栏目由行业包规定。", "登记设施"),
    acts=frozenset({"add", "change", "export"}),
)
