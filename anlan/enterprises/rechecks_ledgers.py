"""The ledgers of checks after licensing: draws, and what was found at each licence drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from anlan.enterprises.actions import rechecks as acts
from anlan.enterprises.models import LicenceCheck, LicenceDraw
from anlan.enterprises.models.fields import industries
from anlan.enterprises.rules import recheck
from anlan.kernel import cells
from anlan.kernel.ledger import Blank, Column, Filter, Ledger, Panel, Section, View
from anlan.kernel.measure import Measure, Ratio
from anlan.kernel.scope import Actor

MENU = "enterprises"
PICK_FIRM = "/pick/enterprise"
BAD = ("mending", "to-withdraw", "gone")
TONES = {"mending": "warn", "to-withdraw": "bad", "gone": "warn"}


def result(row: LicenceCheck) -> SafeString:
    """The result; what is not met is marked."""
    word, tone = row.get_result_display(), TONES.get(row.result)
    return cells.tag(word, tone) if tone else SafeString(word)


def how_drawn(actor: Actor, row: LicenceDraw) -> Mapping[str, Any]:
    """How the draw is repeated, whether repeating it gives the same, and what came of it."""
    checks = LicenceCheck.objects.visible_to(actor).filter(draw=row)
    counts = dict(checks.order_by().values_list("result").annotate(n=Count("pk")))
    listed = reverse("ledger-list", args=["licence-checks"])
    all_of_it = LicenceCheck.objects.unscoped("whether the draw comes out the same again").filter(draw=row)
    rows = all_of_it.order_by("position").values_list("licence__kind", "licence__number")
    again = recheck.draw(row.seed, row.pool, row.drawn)
    return {
        "draw": row,
        "same": recheck.digest(row.pool) == row.pool_digest
        and again == [f"{kind}/{number}" for kind, number in rows],
        "results": [
            {"label": label, "count": cells.fx(counts[key], f"{listed}?draw={row.pk}&result={key}")}
            for key, label in LicenceCheck.Result.choices
            if key in counts
        ],
        "url": f"{listed}?draw={row.pk}",
    }


DRAWS = Ledger(
    key="licence-draws",
    model=LicenceDraw,
    label="许可后核查抽取",
    noun="许可后核查抽取",
    menu=MENU,
    icon="arrows-shuffle",
    columns=(
        Column("drawn_at", css="tn c-no"),
        Column("kind", link=True, css="c-t", cell=lambda row: cells.show(row.kind or "各种证照")),  # type: ignore[arg-type, return-value]
        Column("region_path", css="c-r"),
        Column("issued_from"),
        Column("issued_until"),
        Column("share"),
        Column("pool_size"),
        Column("drawn"),
        Column("seed", css="tn", shown=False),
        Column("due_on"),
        Column("drawn_by", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"), Filter("issued_from", more=True), Filter("drawn_at", more=True),
    ),
    search=("kind", "seed"),
    search_hint="证照种类、种子",
    form=(
        Section("抽取范围", ("region_path", "kind", "issued_from", "issued_until")),
        Section("抽取", ("share", "seed", "due_on")),
    ),
    detail=(
        Section("抽取", ("region_path", "kind", "share", "due_on", "drawn_at", "drawn_by")),
    ),
    panels=(Panel("结果", "enterprises/licence_draw.html", how_drawn),),
    defaults=acts.draw_defaults,
    prepare=acts.check_draw,
    follow=acts.follow_draw,
    add_label="抽取证照",
    blank=Blank(
        "还没有抽取过许可后核查。",
        "从一段时间里发出的证照中，按比例随机抽取，核查持证企业是否仍符合许可条件；同一种子可以重算。",
        "抽取证照",
    ),
    acts=frozenset({"add", "export"}),
)  # fmt: skip

CHECKS = Ledger(
    key="licence-checks",
    model=LicenceCheck,
    label="许可后核查",
    noun="许可后核查",
    menu=MENU,
    icon="checkup-list",
    columns=(
        Column("licence__kind", label="证照", link=True, css="c-t"),
        Column("licence__number", label="证照编号", css="tn c-no"),
        Column("enterprise__name", label="企业", css="c-f"),
        Column("region_path", css="c-r"),
        Column("result", css="c-s", cell=result),
        Column("checked_on"),
        Column("draw__due_on", label="核查期限", css="c-due"),
        Column("checker", shown=False),
        Column("finding", shown=False),
        Column("industry", shown=False),
        Column("position", shown=False),
    ),
    filters=(
        Filter("region_path", kind="region"),
        Filter("result"),
        Filter("industry", kind="choice", options=industries),
        Filter("checked_on", more=True),
        Filter("enterprise", more=True, picker=PICK_FIRM),
        Filter("draw", more=True, picker="/licence-draws/pick/"),
    ),
    search=("licence__number", "licence__kind"),
    search_hint="证照编号、种类",
    views=(
        View("waiting", "待核查", {"result": "waiting"}),
        View("bad", "不符合", {"result": ",".join(BAD)}),
    ),
    form=(Section("核查", ("result", "checked_on", "checker", "finding")),),
    detail=(
        Section("证照", ("licence", "enterprise", "draw", "position")),
        Section("核查", ("result", "checked_on", "checker", "finding")),
    ),
    select=("licence", "draw"),
    pickers={"draw": "/licence-draws/pick/", "licence": "/licences/pick/", "enterprise": PICK_FIRM},
    prepare=acts.check_check,
    blank=Blank("还没有抽取过证照。", "许可后核查的对象由随机抽取产生。在“许可后核查抽取”里抽取。"),
    acts=frozenset({"change", "export"}),
)  # fmt: skip

LEDGERS = (CHECKS, DRAWS)


def _looked_at() -> Any:
    return LicenceCheck.objects.unscoped("a measure counts all rows; evidence asks the actor").filter(
        checked_on__isnull=False
    )


MEASURES = (
    Measure(
        key="licences-rechecked", label="许可后核查", unit="件", rows=_looked_at, date="checked_on",
        better="up", industry="industry", basis="核查日期在期间内、随机抽中并有核查结果的企业证照。",
    ),
    Measure(
        key="licences-recheck-met", label="许可后核查符合率", unit="%", rows=_looked_at, date="checked_on",
        better="up", industry="industry", amount=Ratio(top=Q(result="meets")),
        basis="核查日期在期间内的许可后核查中，仍符合许可条件的所占百分比。",
    ),
)  # fmt: skip
