"""From the words of a sheet to firms and people: by code, by name, by identity number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q

from anlan.enterprises.models import ClosurePlan, Enterprise, Facility, KeyPerson
from anlan.enterprises.models.people import identity_digests
from anlan.enterprises.rules import identity, uscc
from anlan.kernel.exchange import resolve
from anlan.kernel.exchange.resolve import Tidied, Wrong
from anlan.kernel.scope import Actor
from anlan.org.rules.names import normal

STEP = 5_000
ID_LENGTH = 18


def register() -> None:
    """Called once from the app's ready()."""
    resolve.register("enterprises.enterprise", firms)
    resolve.register("enterprises.keyperson", people)
    resolve.register("enterprises.closureplan", plans)
    resolve.register("enterprises.facility", facilities)


def firms(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the firm's number, Tidied, or Wrong}, by code or name; a merged record leads to the kept one."""
    codes = {text: uscc.tidy(text) for text in texts}
    names = {text: normal(text) for text in texts}
    wanted = list({*codes.values(), *texts, *names.values()})
    found: dict[str, list[Enterprise]] = {}
    for start in range(0, len(wanted), STEP):
        part = wanted[start : start + STEP]
        rows = Enterprise.objects.visible_to(actor).filter(
            Q(code__in=part) | Q(name__in=part) | Q(short_name__in=part)
        )
        for one in rows.select_related("merged_into"):
            for word in {one.code, one.name, one.short_name, normal(one.name)} - {""}:
                found.setdefault(word, []).append(one)
    return {
        text: _firm(text, hits)
        for text in texts
        if (hits := found.get(codes[text]) or found.get(text) or found.get(names[text]))
    }


def _firm(text: str, hits: list[Enterprise]) -> Any:
    kept = {(one.merged_into or one).pk: one.merged_into or one for one in hits}
    if len(kept) > 1:
        shown = "、".join(one.code or "无代码" for one in list(kept.values())[:3])
        return Wrong(f"有 {len(kept)} 家企业叫这个名称（{shown}）。请改写信用代码。")
    firm = next(iter(kept.values()))
    return firm.pk if text in (firm.name, firm.code) else Tidied(firm.pk, f"{text} → {firm.name}")


def people(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the number or Wrong}, by identity number, by 姓名（企业名称）, or by a name borne once."""
    rows = KeyPerson.objects.visible_to(actor).filter(left_on=None).select_related("enterprise")
    digests = {
        digest: text
        for text in texts
        if len(number := identity.tidy(text)) == ID_LENGTH and number[:-1].isdigit()
        for digest in identity_digests(number)
    }
    names = {text: _named(text) for text in texts if text not in digests.values()}
    wanted = {name for name, _ in names.values()}
    hits: dict[str, list[KeyPerson]] = {}
    for one in rows.filter(Q(identity_digest__in=list(digests)) | Q(name__in=wanted)):
        if one.identity_digest in digests:
            hits.setdefault(digests[one.identity_digest], []).append(one)
        for text, (name, firm) in names.items():
            if one.name == name and firm in ("", one.enterprise.name, one.enterprise.short_name):
                hits.setdefault(text, []).append(one)
    return {text: _person(text, found) for text, found in hits.items()}


def _named(text: str) -> tuple[str, str]:
    """张三（某某公司） → (张三, 某某公司)."""
    name, _, firm = normal(text).partition("（")
    return name, firm.removesuffix("）")


def plans(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the number or Wrong} of closure plans by their name: 2023 年上饶市非煤矿山关闭退出计划."""
    known: dict[str, list[int]] = {}
    rows = ClosurePlan.objects.visible_to(actor).order_by("-year", "id")
    for pk, title in rows.values_list("pk", "title")[:STEP]:
        known.setdefault(_bare(title), []).append(pk)
    hits = {text: known[_bare(text)] for text in texts if _bare(text) in known}
    return {
        text: ids[0] if len(ids) == 1 else Wrong("有几份同名的计划。请在页面上登记。")
        for text, ids in hits.items()
    }


def _bare(text: str) -> str:
    return normal(text).replace(" ", "").removesuffix("计划")


def facilities(actor: Actor, texts: Collection[str]) -> Mapping[str, Any]:
    """{text: the number or Wrong}, by number, by 名称（企业名称）, or by a name borne once."""
    names = {text: _named(text) for text in texts}
    wanted = [*texts, *(name for name, _ in names.values())]
    hits: dict[str, list[Facility]] = {}
    rows = Facility.objects.visible_to(actor).filter(Q(number__in=texts) | Q(name__in=wanted))
    for one in rows.select_related("enterprise")[:STEP]:
        firm = one.enterprise.name if one.enterprise else one.holder
        for text, (name, whose) in names.items():
            if text in (one.number, one.name) or (name == one.name and whose == firm):
                hits.setdefault(text, []).append(one)
    many = Wrong("有几处设施符合。请写成“设施名称（企业名称）”，或写设施编号。")
    return {text: found[0].pk if len(found) == 1 else many for text, found in hits.items()}


def _person(text: str, found: list[KeyPerson]) -> Any:
    if len(found) == 1:
        return found[0].pk
    where = "、".join(str(one.enterprise) for one in found[:3])
    return Wrong(f"有 {len(found)} 人符合（{where}）。请写成“姓名（企业名称）”。")
