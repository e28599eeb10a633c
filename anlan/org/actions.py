"""Acts of the organisation: giving, handing over and lending posts; ending units and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from anlan.kernel import audit, clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.org.loading import CODE, PARENTS, merge_paths
from anlan.org.models import Delegation, Person, Post, Region, Role, Unit
from anlan.org.models.regions import Level
from anlan.org.rules import posts as rules
from anlan.org.rules.names import placed_name, short_name

# People and posts -----------------------------------------------------------------------------------


def prepare_person(actor: Actor, person: Person) -> None:
    """What must hold before a person is saved. A new account has no password until one is given.

    Administrators are changed by administrators only (`people.reset`): an officer who could rename or
    switch off the three would stand above them. Raises Refused.
    """
    if not person.password:
        person.set_unusable_password()
    if person.pk is None or actor.system or actor.may("people.reset"):
        return
    posts = Post.objects.unscoped("whether the person is one of the administrators")
    if posts.filter(person_id=person.pk).exclude(role__exclusive_group="").exists():
        raise Refused("管理员的资料只能由系统管理员或安全管理员修改。")


def check_post(actor: Actor, post: Post) -> None:
    """What must hold before a post is saved, whichever door it comes through.

    Raises ValidationError: the region outside the unit's, a role that excludes one already held, or a
    role that the actor may not give.
    """
    if post.person_id is None or post.role_id is None:
        return
    if post.unit is None and post.enterprise_id is None and post.role.reach not in ("all", "own"):
        raise ValidationError({"unit": "请选择单位。"})
    unit, region = post.unit, post.region
    if unit and region and not any(region.path.startswith(path) for path in unit.region.all_paths):
        raise ValidationError({"region": f"辖区应在单位所在的{unit.region.name}以内。"})
    _lock_person(post.person_id)
    _refuse_clash(post.person_id, post.role, post.valid_from, post.valid_to, post=post.pk)
    stored = Post.objects.unscoped("what the post was before").filter(pk=post.pk).first() if post.pk else None
    same = stored is not None and (stored.role_id, stored.person_id) == (post.role_id, post.person_id)
    if not same and not actor.system:
        _refuse_gift(actor, post.role, post.person_id)


def _lock_person(person_id: int) -> None:
    """Two people who give posts to the same person go one after the other."""
    list(
        Person.objects.unscoped("the lock under which posts are given")
        .select_for_update(of=("self",))
        .filter(pk=person_id)
    )


def _refuse_clash(
    person_id: int,
    role: Role,
    start: date | None,
    end: date | None,
    post: int | None = None,
    delegation: int | None = None,
) -> None:
    reason = "roles that exclude each other, wherever they are held"
    held = [
        rules.Held(one.role.key, one.role.label, one.role.exclusive_group, one.valid_from, one.valid_to)
        for one in Post.objects.unscoped(reason)
        .filter(person_id=person_id)
        .exclude(pk=post)
        .select_related("role")
    ]
    lent = Delegation.objects.unscoped(reason).filter(delegate_id=person_id).exclude(pk=delegation)
    held += [
        rules.Held(
            one.post.role.key,
            one.post.role.label,
            one.post.role.exclusive_group,
            one.valid_from,
            one.valid_to,
        )
        for one in lent.select_related("post__role")
    ]
    clash = rules.clashing(held, rules.Held(role.key, role.label, role.exclusive_group, start, end))
    if clash:
        raise ValidationError(
            f"此人在同一时期已担任“{clash.label}”，不能再担任“{role.label}”：管理员三员须由不同的人担任。"
        )


def _refuse_gift(actor: Actor, role: Role, person_id: int) -> None:
    seat = actor.seat
    if seat is None:
        raise Refused("您还没有岗位，不能安排岗位。")
    fault = rules.may_give(seat.permissions, seat.reach, role.permissions, role.reach, role.exclusive_group)
    if fault:
        raise ValidationError({"role": fault})
    if person_id == actor.person_id:
        raise ValidationError({"person": "不能给自己安排岗位，请由其他管理员办理。"})


def appoint(actor: Actor, person: Person, role: Role, unit: Unit | None, **more: Any) -> Post:
    """Give a person a post. `more`: title, region, industries, enterprise_id, valid_from, valid_to."""
    change = {"person": person, "role": role, "unit": unit, **more}
    change.setdefault("valid_from", clock.today())
    post: Post = write(actor, Post(), change, "add").row
    return post


def end_post(actor: Actor, post: Post, day: date, note: str = "") -> Post:
    """Let a post end: `day` is the first day without it."""
    fault = rules.hand_over_fault(post.valid_from, post.valid_to, day)
    if fault:
        raise ValidationError({"valid_to": fault})
    ended: Post = write(actor, post, {"valid_to": day}, "end", permission="posts.change", note=note).row
    return ended


def hand_over(actor: Actor, post: Post, person: Person, day: date, note: str = "") -> Post:
    """Close a post at `day` and open the same post for `person` from that day on, both or neither.

    Delegations that reach beyond the day end with the post. Returns the new post.
    """
    require(actor, "posts.change")
    with transaction.atomic():
        visible = Post.objects.visible_to(actor).select_for_update(of=("self",))
        old = visible.filter(pk=post.pk).select_related("unit", "region", "role", "person").first()
        if old is None:
            raise Refused("没有这个岗位，或者不在您的职责范围内。")
        fault = rules.hand_over_fault(old.valid_from, old.valid_to, day)
        if fault:
            raise ValidationError({"valid_to": fault})
        if old.person_id == person.pk:
            raise ValidationError({"person": "接任人就是现任。"})
        if not person.is_active:
            raise ValidationError({"person": f"{person.name}的账号已停用，不能接任。"})
        kept = {
            name: getattr(old, name)
            for name in ("role", "unit", "region", "title", "industries", "enterprise_id")
        }
        new = write(
            actor, Post(), {**kept, "person": person, "valid_from": day, "valid_to": old.valid_to},
            "take-over", permission="posts.change", note=note or f"自{old.person.name}接任",
        ).row  # fmt: skip
        write(
            actor, old, {"valid_to": day, "successor": new},
            "hand-over", permission="posts.change", note=note or f"交给{person.name}",
        )  # fmt: skip
        _cut_delegations(actor, old, day)
    return new  # type: ignore[no-any-return]


def _cut_delegations(actor: Actor, post: Post, day: date) -> None:
    """Delegations of a post end with it; those that had not begun fall away."""
    rows = Delegation.objects.unscoped("delegations end with their post").filter(post=post, valid_to__gt=day)
    for one in rows.select_for_update():
        if one.valid_from is not None and one.valid_from >= day:
            audit.record(actor, "remove", one, {"valid_from": [one.valid_from.isoformat(), None]})
            one.delete()
            continue
        before = one.valid_to
        one.valid_to = day
        one.version += 1
        one.save()
        audit.record(actor, "end", one, {"valid_to": [before and before.isoformat(), day.isoformat()]})


def delegate(
    actor: Actor,
    post: Post,
    person: Person,
    start: date,
    end: date,
    permissions: Sequence[str] = (),
    reason: str = "",
) -> Delegation:
    """Lend a post for [start, end), whole or only some of its permissions.

    The holder may lend their own post; anybody else needs `delegations.add`. Raises ValidationError.
    """
    if post.person_id != actor.person_id:
        require(actor, "delegations.add")
        if not Post.objects.visible_to(actor).filter(pk=post.pk).exists():
            raise Refused("没有这个岗位，或者不在您的职责范围内。")
    fault = _delegation_fault(post, person, start, end, permissions)
    if fault:
        raise ValidationError(fault)
    with transaction.atomic():
        _lock_person(person.pk)
        _refuse_clash(person.pk, post.role, start, end)
        row = Delegation(
            post=post,
            delegate=person,
            valid_from=start,
            valid_to=end,
            permissions=list(permissions),
            reason=reason,
        )
        row.full_clean()
        row.version = 1
        row.save()
        audit.record(actor, "add", row, audit.differences(None, row))
    return row


def check_delegation(actor: Actor, row: Delegation) -> None:
    """What must hold before a delegation is saved through a form. Raises ValidationError."""
    if row.post_id is None or row.delegate_id is None or row.valid_from is None or row.valid_to is None:
        return
    fault = _delegation_fault(row.post, row.delegate, row.valid_from, row.valid_to, row.permissions)
    if fault:
        raise ValidationError(fault)
    _lock_person(row.delegate_id)
    _refuse_clash(row.delegate_id, row.post.role, row.valid_from, row.valid_to, delegation=row.pk)


def _delegation_fault(post: Post, person: Person, start: date, end: date, permissions: Sequence[str]) -> str:
    fault = rules.delegation_fault(post.valid_from, post.valid_to, start, end, post.person_id, person.pk)
    if not fault and not person.is_active:
        fault = f"{person.name}的账号已停用。"
    if not fault and not rules.covers(post.role.permissions, permissions):
        fault = "只能委托岗位本身有的权限。"
    return fault


# Regions and units ----------------------------------------------------------------------------------


def check_region(actor: Actor, region: Region) -> None:
    """What must hold before a region is saved through a form. Raises ValidationError.

    Code, level and parent of a stored region are part of its path, which rows everywhere point to: they
    change by closing the region and opening another.
    """
    if not region._state.adding:
        before = Region.objects.unscoped("what the region was before").get(pk=region.pk)
        for name, label in (("code", "代码"), ("level", "层级"), ("parent_id", "上级区划")):
            if getattr(before, name) != getattr(region, name):
                raise ValidationError(
                    {name.removesuffix("_id"): f"{label}不能改。改隶属或改代码，请撤销原区划，再登记新区划。"}
                )
        return
    if not CODE.fullmatch(region.code or ""):
        raise ValidationError({"code": "代码应为 6 位或 9 位数字；功能区为上级的 6 位代码加 Z 和 2 位序号。"})
    allowed = PARENTS.get(Level(region.level), frozenset()) if region.level else frozenset()
    if allowed and region.parent is None:
        raise ValidationError({"parent": "请选择上级区划。"})
    if region.parent is not None and region.parent.level not in allowed:
        raise ValidationError({"parent": f"{region.parent.get_level_display()}下面不能有这一层级。"})
    if region.name and not region.short_name:
        region.short_name = short_name(region.name, region.level)


def check_unit(actor: Actor, unit: Unit) -> None:
    """What must hold before an office is saved through a form. Raises ValidationError.

    An office does not move to another region (its rows and posts point to the path), and it does not end
    while people still hold posts in it.
    """
    if unit.region_id is None or unit._state.adding:
        return
    before = Unit.objects.unscoped("what the office was before").get(pk=unit.pk)
    if before.region_id != unit.region_id:
        raise ValidationError({"region": "单位不能改区划。请让原单位失效，再在新区划登记。"})
    if unit.valid_to is not None:
        left = Post.objects.unscoped("posts of an office that is to end").filter(
            Q(valid_to=None) | Q(valid_to__gt=unit.valid_to), unit=unit
        )
        if number := left.count():
            raise ValidationError({"valid_to": f"到这一日还有 {number} 个岗位在任，请先交接或结束这些岗位。"})


@dataclass
class Closing:
    """What closing a region did, and what a person still has to settle."""

    units_moved: int = 0
    units_ended: int = 0
    posts_moved: int = 0
    unsettled: list[str] = field(default_factory=list)


def close_region(actor: Actor, region: Region, day: date, successor: Region, source: str = "") -> Closing:
    """End a region at `day`; `successor` takes its territory, its offices and its posts over.

    An office that the successor lacks goes on there under the new place name. Where the successor
    already has the office, the old one ends and its posts are listed for a decision. Lower regions move
    by the loader, because their codes change. Everything or nothing is saved.
    """
    require(actor, "regions.change")
    if region.pk == successor.pk or region.level == Level.PROVINCE:
        raise ValidationError("承接区划不能是它自己；省级区划不能撤销。")
    if not Region.objects.visible_to(actor).filter(pk=successor.pk).exists():
        raise ValidationError({"successor": "没有这个区划，或者不在您的职责范围内。"})
    if not successor.valid_on(day):
        raise ValidationError({"successor": f"{successor.name}在 {day} 不是有效区划。"})
    done = Closing()
    with transaction.atomic():
        change: dict[str, Any] = {"valid_to": day, "successor": successor}
        if source:
            change["source"] = "; ".join(part for part in (region.source, source) if part)
        write(actor, region, change, "close", permission="regions.change", note=source)
        merge_paths()
        successor.refresh_from_db(fields=["merged_paths"])
        _move_units(actor, region, successor, day, done)
    return done


def _move_units(actor: Actor, region: Region, successor: Region, day: date, done: Closing) -> None:
    reason = "the offices of a region that ends"
    there = {
        unit.family_id
        for unit in Unit.objects.unscoped(reason).filter(region=successor).exclude(valid_to__lte=day)
        if unit.family_id is not None
    }
    open_units = Unit.objects.unscoped(reason).filter(Q(valid_to=None) | Q(valid_to__gt=day), region=region)
    for unit in open_units.select_related("family", "region").select_for_update(of=("self",)):
        heir = None
        if unit.family_id is None or unit.family_id not in there:
            heir = _reopened(actor, unit, successor, day)
            done.units_moved += 1
        else:
            done.units_ended += 1
        _end(actor, unit, day)
        _move_posts(actor, unit, heir, day, done)


def _reopened(actor: Actor, unit: Unit, successor: Region, day: date) -> Unit:
    """The same office in the successor: 龙南县应急管理局 → 龙南市应急管理局."""
    family = unit.family
    name = unit.name.replace(unit.region.name, successor.name)
    short = unit.short_name.replace(unit.region.name, successor.name)
    if family is not None and name == unit.name:
        name = (
            placed_name(getattr(family, f"name_{successor.level}", ""), successor.level, successor.name)
            or name
        )
    copy = Unit(
        family=family, kind=unit.kind, region=successor, name=name, short_name=short,
        industries=unit.industries, industries_assist=unit.industries_assist, email=unit.email,
        valid_from=day, version=1,
    )  # fmt: skip
    copy.save()
    audit.record(actor, "add", copy, audit.differences(None, copy), note=f"承接{unit.name}")
    return copy


def _end(actor: Actor, row: Unit | Post, day: date, **more: Any) -> None:
    """Set the end of a row and record it."""
    changed: Mapping[str, Any] = {"valid_to": day, **more}
    old = {name: getattr(row, name) for name in changed}
    if row.valid_from is not None and row.valid_from >= day:
        raise ValidationError(f"{row}自 {row.valid_from} 起才有效，请先改它的日期。")
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    audit.record(
        actor, "end", row,
        {name: [audit.plain(old[name]) if not hasattr(old[name], "pk") else old[name].pk,
                audit.plain(value) if not hasattr(value, "pk") else value.pk]
         for name, value in changed.items()},
    )  # fmt: skip


def _move_posts(actor: Actor, unit: Unit, heir: Unit | None, day: date, done: Closing) -> None:
    rows = Post.objects.unscoped("the posts of an office that ends")
    for post in rows.filter(Q(valid_to=None) | Q(valid_to__gt=day), unit=unit).select_related(
        "person", "role"
    ):
        if heir is None:
            done.unsettled.append(f"{post.person.name}：{post.label}，承接单位已有同类机构，请重新安排岗位")
            _end(actor, post, day)
            continue
        copy = Post(
            person=post.person, role=post.role, title=post.title, unit=heir, industries=post.industries,
            valid_from=day, valid_to=post.valid_to, version=1,
        )  # fmt: skip
        copy.save()
        audit.record(actor, "add", copy, audit.differences(None, copy), note=f"随{unit.name}承接")
        _end(actor, post, day, successor=copy)
        done.posts_moved += 1
