"""The first day of an installation: reference data, the three administrators, the demonstration's cast.

Every step looks first whether it has been done, so that it may run at each start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from anlan.kernel import audit
from anlan.kernel.scope import system_actor
from anlan.org import actions, loading, reads, shipping, staffing
from anlan.org.cast import CAST, SECOND_POST, SINCE, Member
from anlan.org.models import Person, Region, Role, Unit, UnitFamily
from anlan.org.passwords import HistoryValidator, first_password

HOME = "360000"
ACTOR = system_actor("系统初始化")
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
FIRST_NAMES = {"xitong": "系统管理员", "anquan": "安全管理员", "shenji": "审计管理员"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was made, with the password to hand over (shown once)."""

    label: str
    username: str
    password: str


def prepare_data() -> Iterator[tuple[str, loading.Loaded]]:
    """Load what is missing: regions, industries, families, offices, groups, roles. Yields each step.

    A province that has regions keeps them as they are: the office may have corrected them.
    """
    regions = Region.objects.unscoped("whether the province is loaded")
    if not regions.filter(code=HOME).exists():
        yield _noted(
            "行政区划", "regions", lambda: loading.load_regions(loading.DATA / "regions-jiangxi.csv")
        )
    yield _noted("行业领域", "industries", lambda: loading.load_industries(update=False))
    fresh = not UnitFamily.objects.unscoped("whether units were ever made").exists()
    yield _noted("单位类型", "unit-families", lambda: loading.load_families(update=False))
    if fresh or not Unit.objects.unscoped("whether units were ever made").exists():
        yield _noted("单位", "units", lambda: staffing.staff_province(HOME))
    yield _noted("责任主体组", "unit-groups", lambda: loading.load_groups(update=False))
    yield _noted("角色", "roles", lambda: loading.load_roles())
    yield "角色权限", shipping.bring_permissions(ACTOR)
    yield _noted("字典", "dictionaries", lambda: shipping.load_dictionaries())


def _noted(label: str, ledger: str, step: Callable[[], loading.Loaded]) -> tuple[str, loading.Loaded]:
    """Run a step and leave one line in the record where it changed anything."""
    with transaction.atomic():
        done = step()
        if done.added or done.changed:
            audit.record(ACTOR, "load", None, note=f"{label}：{done}", ledger=ledger, subject=label)
    return label, done


def first_administrators() -> list[Account]:
    """The three administrators, where nobody has an account yet; each with a password for one use."""
    if Person.objects.unscoped("whether anybody has an account").exists():
        return []
    made = []
    with transaction.atomic():
        for member in CAST:
            if member.key in ADMINISTRATORS:
                password = first_password()
                name = FIRST_NAMES[member.username]
                enrol(member, password, name=name, must_change=True)
                made.append(Account(name, member.username, password))
    return made


def enrol_cast(password: str) -> list[Account]:
    """The demonstration's people; who exists keeps post and password."""
    made = []
    for member in CAST:
        person = _account(member.username)
        if person is None:
            with transaction.atomic():
                enrol(member, password)
            if member.key == SECOND_POST[0]:
                _second_post(member)
        made.append(Account(_place(member), member.username, password))
    return made


def _second_post(member: Member) -> None:
    _, role_key, family, title = SECOND_POST
    region, person = reads.region_at(member.region), _account(member.username)
    unit = reads.unit_of(family, region) if region else None
    if person is not None and unit is not None:
        role = Role.objects.unscoped("the second post of a demonstration").get(key=role_key)
        actions.appoint(ACTOR, person, role, unit, title=title, valid_from=SINCE)


def _account(username: str) -> Person | None:
    found: Person | None = Person.objects.filter(username=username).first()
    return found


def _place(member: Member) -> str:
    return f"{member.name}（{member.title}）" if member.title else member.name


def enrol(member: Member, password: str, *, name: str = "", must_change: bool = False) -> Person:
    """Make the person, the account and the post of a member of the cast."""
    unit = None
    if member.region:
        region = reads.region_at(member.region)
        unit = reads.unit_of(member.family, region) if region else None
        if unit is None:
            raise loading.LoadFault(
                loading.DATA / "units.csv", [f"区划 {member.region} 没有“{member.family}”这类单位"]
            )
    person = Person.objects.create_user(
        member.username, password, name=name or member.name, unit=unit, enterprise_id=member.enterprise,
        must_change_password=must_change, version=1,
    )  # fmt: skip
    HistoryValidator().password_changed(password, person)
    audit.record(ACTOR, "add", person, audit.differences(None, person))
    role = Role.objects.unscoped("the role of a member of the cast").get(key=member.role)
    actions.appoint(
        ACTOR, person, role, unit, title=member.title, enterprise_id=member.enterprise, valid_from=SINCE
    )
    return person
