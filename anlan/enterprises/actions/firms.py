"""Business acts on firms and their papers that are more than a form: checks before, what follows after."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Min, Q

from anlan.enterprises.actions import closures, following, resting
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence, Site, Standing
from anlan.kernel import clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Written, write
from anlan.org.models import Industry, Unit
from anlan.org.models.dated import on_day

REASON = "follows what the caller wrote through the door"
KEPT_SECONDS = 0 if getattr(settings, "TESTING", False) else 60
MOST = 50_000
KEPT = ("region_path", "industry", "regulator_id")
COUNTY = 3  # labels of a county's path: province, city, county
# What a firm fills about itself; name, code, place, industry, status and regulator are the office's.
OWN_FIELDS = (
    "short_name", "address", "longitude", "latitude", "size", "employees", "legal_representative",
    "safety_manager", "phone", "opened_on",
)  # fmt: skip
_proposed: dict[tuple[str, str], tuple[float, int | None]] = {}


def check_firm(actor: Actor, firm: Enterprise) -> None:
    """Before a firm is checked and saved: nothing merged, nobody twice, a regulator by its industry.

    Called for forms and for every row of a sheet. Raises ValidationError.
    """
    if firm.merged_into_id is not None:
        raise ValidationError(f"这家企业已并入“{firm.merged_into}”。请改写那一家的档案。")
    if firm.status == Enterprise.Status.MERGED:
        raise ValidationError({"status": "“已并入”由合并得来，不能直接填。请选经营状态。"})
    if not firm.code and not firm.code_override_reason:
        raise ValidationError({"code": "请填统一社会信用代码；没有代码的，写明代码放行理由。"})
    if firm._state.adding and not firm.code and _same_name(firm):
        raise ValidationError({"name": "该区划已有同名企业。请在企业名录里查找，或补上信用代码。"})
    if firm.regulator_id is None and firm.industry and firm.region_path:
        firm.regulator_id = proposed_regulator(firm.industry, firm.region_path)


def _same_name(firm: Enterprise) -> bool:
    rows = Enterprise.objects.unscoped("a firm without a code must not be registered twice")
    return bool(
        rows.filter(name=firm.name, region_path=firm.region_path, merged_into=None)
        .exclude(pk=firm.pk)
        .exists()
    )


def proposed_regulator(industry: str, region_path: str) -> int | None:
    """The office that leads the industry, nearest above the firm and no lower than its county.

    管行业必须管安全: by common practice (`org.Industry.lead_family`); the office may choose another.
    """
    key, now = (industry, region_path), time.monotonic()
    until, found = _proposed.get(key, (0.0, None))
    if until > now:
        return found
    found = regulators({(industry, region_path)})[industry, region_path]
    if KEPT_SECONDS:
        if len(_proposed) > MOST:
            _proposed.clear()
        _proposed[key] = (now + KEPT_SECONDS, found)
    return found


def regulators(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], int | None]:
    """As `proposed_regulator` for every (industry, region path) at once: two statements."""
    slugs, paths = {slug for slug, _ in pairs}, {one for _, path in pairs for one in _above(path)}
    led = Industry.objects.unscoped(REASON).filter(slug__in=slugs).exclude(lead_family="")
    families = dict(led.values_list("slug", "lead_family"))
    units = Unit.objects.unscoped("the office is chosen by rule, not by who registers").filter(
        on_day(clock.today()), family__key__in=set(families.values()), region_path__in=paths
    )
    known = {(family, path): pk for family, path, pk in units.values_list("family__key", "region_path", "pk")}
    return {
        (slug, path): next(
            (pk for one in reversed(_above(path)) if (pk := known.get((families.get(slug, ""), one)))), None
        )
        for slug, path in pairs
    }


def _above(path: str) -> list[str]:
    codes = path.split("/")[:-1][:COUNTY]
    return ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def follow_firm(actor: Actor, firm: Enterprise, differences: Mapping[str, Any]) -> None:
    """What belongs to the firm goes along; a regulator that was the rule's choice is chosen anew."""
    was = following.Was(*(differences.get(name, [getattr(firm, name)])[0] for name in KEPT))
    if was.region_path is not None and set(KEPT) & set(differences):
        if "regulator_id" not in differences:
            _regulate_anew(actor, firm, was)
        following.follow(actor, firm, was)
    closures.watch_firm(firm, differences, actor.label)
    resting.follow_status(actor, firm, differences)


def _regulate_anew(actor: Actor, firm: Enterprise, was: following.Was) -> None:
    """The other county's office, or that of the other industry, unless somebody had chosen by hand."""
    if firm.regulator_id is None or not (firm.industry and firm.region_path):
        return
    if firm.regulator_id != proposed_regulator(was.industry, was.region_path):
        return
    found = proposed_regulator(firm.industry, firm.region_path)
    if found is not None and found != firm.regulator_id:
        firm.regulator_id = found
        note = "原监管部门按行业、区划推定，随之改为现行业、区划的"
        write(actor, firm, {}, "change", permission="enterprises.view", note=note)


def check_site(actor: Actor, site: Site) -> None:
    """A site without a place of its own lies where its firm does."""
    if site.enterprise_id is not None and not site.region_path:
        site.region_path = site.enterprise.region_path


def check_derived(actor: Actor, row: KeyPerson | Licence | Certificate) -> None:
    """Firm, place and industry before they are checked."""
    row.derive()


def follow_person(actor: Actor, person: KeyPerson, differences: Mapping[str, Any]) -> None:
    """Who changes the firm takes the certificates along."""
    if "enterprise_id" in differences:
        Certificate.objects.unscoped(REASON).filter(person=person).update(
            enterprise=person.enterprise_id, region_path=person.region_path, industry=person.industry
        )


def follow_licence(actor: Actor, licence: Licence, differences: Mapping[str, Any]) -> None:
    """The firm keeps the nearest last day of its licences."""
    ids = {licence.enterprise_id, *differences.get("enterprise_id", ())} - {None}
    for pk in ids:
        keep_nearest(int(pk))


def keep_nearest(firm_id: int) -> None:
    """Bring `papers_until` of a firm up to date (derived: not recorded)."""
    holding = Licence.objects.unscoped(REASON).filter(~Q(standing=Standing.CANCELLED), enterprise=firm_id)
    nearest = holding.aggregate(day=Min("expires_on"))["day"]
    Enterprise.objects.unscoped(REASON).filter(pk=firm_id).update(papers_until=nearest)


def fill_own(actor: Actor, firm: Enterprise, change: Mapping[str, Any], *, seen: int | None) -> Written:
    """A firm's user fills the firm's own page: only `OWN_FIELDS`, whatever is sent.

    Raises Refused, Stale, ValidationError.
    """
    own = {name: value for name, value in change.items() if name in OWN_FIELDS}
    return write(actor, firm, own, "change", permission="own-firm.fill", seen=seen)
