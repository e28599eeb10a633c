"""What the register itself brings to a firm's page: licences, people in key posts, sites; and its gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from anlan.enterprises import reads
from anlan.enterprises.folder import Facts, Figure, KeyDate, Part
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence, Site, Standing
from anlan.enterprises.rules.expiry import Expiry, expiry
from anlan.enterprises.rules.status import Duty, owes
from anlan.enterprises.rules.wants import Record, Want, wants
from anlan.kernel import cells, clock
from anlan.kernel.scope import Actor

MOST = 200
SHOWN = 6
NAMED = ("principal", "safety-director", "safety-manager")
FALSE = (Certificate.Checked.FORGED, Certificate.Checked.NOT_FOUND)
ROLE_WORDS = dict(KeyPerson.Role.choices)


def _kept(firm: Enterprise, name: str, make: Any) -> Any:
    """What one part has read of a firm, for its own further functions of the same request."""
    if name not in firm.__dict__:
        firm.__dict__[name] = make()
    return firm.__dict__[name]


# Licences ---------------------------------------------------------------------------------------------


def _licences(actor: Actor, firm: Enterprise) -> list[tuple[Licence, Expiry]]:
    def read() -> list[tuple[Licence, Expiry]]:
        rows = Licence.objects.visible_to(actor).filter(enterprise_id=firm.pk)
        found = list(rows.order_by("expires_on", "id")[:MOST])
        for one in found:
            one.enterprise = firm
        return [(one, reads.licence_light(one)) for one in found]

    return _kept(firm, "_licences", read)  # type: ignore[no-any-return]


def licence_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many, how many over, and the next last days. One statement."""
    rows = _licences(actor, firm)
    late = sum(light.light == "r" for _, light in rows)
    base = reverse("ledger-list", args=["licences"])
    value = format_html("{} 件", cells.fx(len(rows), f"{base}?enterprise={firm.pk}"))
    if late:
        url = f"{base}?enterprise={firm.pk}&ends=expired"
        value = format_html("{}，过期或失效 {}", value, cells.fx(late, url))
    return Facts(
        count=len(rows),
        figures=(Figure("证照", value),),
        dates=tuple(
            KeyDate(
                one.expires_on, one.kind, light.word if light.light == "r" and light.expired else "",
                reverse("ledger-row", args=["licences", one.pk]),
            )
            for one, light in rows
            if one.expires_on and one.standing == Standing.VALID and light.light in "gyr"
        ),
    )  # fmt: skip


def licence_rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any]:
    """The licences that need looking at first."""
    rows = _licences(actor, firm)
    order = {"r": 0, "y": 1, "g": 2, "o": 3}
    first = sorted(rows, key=lambda one: (order[one[1].light], one[0].expires_on is None))[:SHOWN]
    soon, late = (sum(light.light == colour for _, light in rows) for colour in "yr")
    new = f"{reverse('ledger-new', args=['licences'])}?enterprise={firm.pk}"
    head = {
        "soon": soon,
        "late": late,
        "days": reads.notice_days(),
        "new_url": new if actor.may("licences.add") else "",
    }
    return {
        "licences": [
            {
                "row": one,
                "light": cells.light(light.light, light.word),
                "url": reverse("ledger-row", args=["licences", one.pk]),
            }
            for one, light in first
        ],
        "count": len(rows),
        "days": reads.notice_days(),
        "head": render_to_string("enterprises/licences_head.html", head),
    }


# People -----------------------------------------------------------------------------------------------


def _holding() -> QuerySet[Any]:
    today = clock.today()
    rows = Certificate.objects.unscoped("whoever sees the person sees whether a certificate holds")
    return (
        rows.exclude(checked__in=FALSE)
        .filter(person_id=OuterRef("pk"))
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    )


def _people(actor: Actor, firm: Enterprise) -> dict[str, tuple[int, int]]:
    """{role: (in post, of these with a certificate that holds)}."""

    def read() -> dict[str, tuple[int, int]]:
        rows = KeyPerson.objects.visible_to(actor).filter(enterprise_id=firm.pk, left_on=None)
        counted = (
            rows.annotate(holds=Exists(_holding()))
            .order_by()
            .values("role")
            .annotate(n=Count("pk"), certified=Count("pk", filter=Q(holds=True)))
        )
        return {one["role"]: (one["n"], one["certified"]) for one in counted}

    return _kept(firm, "_people", read)  # type: ignore[no-any-return]


def people_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many are in post and how many hold a certificate. One statement."""
    found = _people(actor, firm)
    count = sum(n for n, _ in found.values())
    certified = sum(held for _, held in found.values())
    base = f"{reverse('ledger-list', args=['key-people'])}?enterprise={firm.pk}&post=in"
    value = format_html("{} 人，持证 {}", cells.fx(count, base), cells.number(certified))
    return Facts(count=count, figures=(Figure("关键岗位人员", value),))


def people_rows(actor: Actor, firm: Enterprise) -> Mapping[str, Any]:
    """Principals and safety managers by name with their certificate's light; the others by number."""
    found, today = _people(actor, firm), clock.today()
    owed, notice = owes(firm.status, Duty.PEOPLE), reads.notice_days()
    rows = (
        KeyPerson.objects.visible_to(actor)
        .filter(enterprise_id=firm.pk, left_on=None, role__in=NAMED)
        .annotate(
            held=Count("certificates"),
            last=Max("certificates__expires_on"),
            lasting=Count("certificates", filter=Q(certificates__expires_on__isnull=True)),
        )
        .order_by("id")[:MOST]
    )
    named = []
    for one in sorted(rows, key=lambda row: NAMED.index(row.role))[:SHOWN]:
        if not one.held:
            light = cells.light("o", "未登记证书")
        else:
            state = expiry(None if one.lasting else one.last, today, notice=notice, owed=owed)
            light = cells.light(state.light, "有效" if state.light == "g" else f"证书{state.word}")
        url = reverse("ledger-row", args=["key-people", one.pk])
        named.append({"role": ROLE_WORDS[one.role], "name": one.name, "light": light, "url": url})
    others = [
        {
            "role": ROLE_WORDS[role],
            "text": f"{n} 人，持证 {certified}",
            "light": cells.light("g", "全部持证")
            if certified == n
            else cells.light("y", f"差 {n - certified} 人"),
        }
        for role, (n, certified) in sorted(found.items())
        if role not in NAMED
    ]
    new = f"{reverse('ledger-new', args=['key-people'])}?enterprise={firm.pk}"
    return {
        "named": named,
        "others": others,
        "count": sum(n for n, _ in found.values()),
        "head": cells.link("登记", new) if actor.may("key-people.add") else "",
    }


def certificate_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many certificates its people hold, and how many of them are no real ones. One statement."""
    rows = Certificate.objects.visible_to(actor).filter(enterprise_id=firm.pk).order_by()
    found = rows.aggregate(n=Count("pk"), false=Count("pk", filter=Q(checked__in=FALSE)))
    if not found["false"]:
        return Facts(count=found["n"])
    url = f"{reverse('ledger-list', args=['certificates'])}?enterprise={firm.pk}&checked={','.join(FALSE)}"
    value = format_html('<b class="red">{} 本</b>', cells.fx(found["false"], url))
    return Facts(count=found["n"], figures=(Figure("假证、查无", value),))


# Sites ------------------------------------------------------------------------------------------------


def site_facts(actor: Actor, firm: Enterprise) -> Facts:
    """How many sites. One statement."""
    return Facts(count=Site.objects.visible_to(actor).filter(enterprise_id=firm.pk).count())


# Gaps -------------------------------------------------------------------------------------------------


def gaps(actor: Actor, firm: Enterprise) -> list[Want]:
    """What is missing from the firm's record."""
    people = _people(actor, firm)
    filled = {
        name
        for name in (
            "address",
            "employees",
            "size",
            "legal_representative",
            "safety_manager",
            "phone",
            "code",
        )
        if getattr(firm, name) not in (None, "")
    }
    if firm.longitude is not None and firm.latitude is not None:
        filled.add("point")
    return wants(
        Record(
            status=firm.status,
            industry=firm.industry,
            employees=firm.employees,
            filled=frozenset(filled),
            licences=len(_licences(actor, firm)),
            people={role: n for role, (n, _) in people.items()},
            certified={role: held for role, (_, held) in people.items()},
        )
    )


PARTS = (
    Part("sites", "场所", "enterprise-sites.view", position=10, facts=site_facts, ledger="enterprise-sites"),
    Part(
        "licences", "证照", "licences.view", position=30, facts=licence_facts, ledger="licences",
        template="enterprises/part_licences.html", rows=licence_rows,
    ),
    Part(
        "people", "人员", "key-people.view", position=40, facts=people_facts, ledger="key-people",
        template="enterprises/part_people.html", rows=people_rows, side=True,
        title="关键人员",
    ),
    Part("certificates", "证书", "certificates.view", position=45, facts=certificate_facts,
         ledger="certificates"),
)  # fmt: skip
