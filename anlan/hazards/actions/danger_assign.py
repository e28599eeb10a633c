"""Who is to look again: an office names a person for dangers; whoever puts them right cannot be named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules import danger_remedy
from anlan.kernel import clock, notice
from anlan.kernel.once import new_key
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, Stale, require, write
from anlan.org.actors import actor_for
from anlan.org.models import Person, Post, Role
from anlan.org.models.dated import on_day

VERIFY, ASSIGN = "dangers.verify", "dangers.assign"
FACTS = ("state", "rectifier_id", "responsible", "source", "level")
SEPARATE = 3


@dataclass(frozen=True)
class Assigned:
    """What came of it: rows now assigned, and (row, reason) of the others."""

    done: list[HiddenDanger]
    refused: list[tuple[HiddenDanger, str]]


def assign(actor: Actor, rows: Sequence[HiddenDanger], person: Person) -> Assigned:
    """Name `person` to look again at these dangers; each that cannot be is told with its reason.

    The person hears of it: of each danger, or of many in one notice. Raises Refused without the permission.
    """
    require(actor, ASSIGN)
    reasons = reasons_against(rows, person)
    done, refused = [], [(row, reason) for row in rows if (reason := reasons[row.pk])]
    for row in (one for one in rows if not reasons[one.pk]):
        change = {"assigned_to": person.name, "assigned_to_id": person.pk}
        try:
            if write(actor, row, change, "assign", note=label_of(person)).differences:
                done.append(row)
            else:
                refused.append((row, f"已经指派给{person.name}"))
        except (Refused, Stale) as error:
            refused.append((row, str(error)))
        except ValidationError as error:
            refused.append((row, "；".join(error.messages)))
    if person.pk != actor.person_id:
        _tell(actor, done, person)
    return Assigned(done, refused)


def release(actor: Actor, row: HiddenDanger) -> None:
    """Take the assignment back; whoever may verify does. Raises Refused."""
    if row.assigned_to_id is None:
        raise Refused("这条隐患没有指派验收人。")
    write(actor, row, {"assigned_to": "", "assigned_to_id": None}, "unassign", permission=ASSIGN,
          note=row.assigned_to)  # fmt: skip


def reasons_against(rows: Sequence[HiddenDanger], person: Person) -> Mapping[int, str]:
    """{danger: why this person cannot be named}, empty where nothing stands against it."""
    seats = tuple(one for one in actor_for(person).seats if one.may(VERIFY))
    as_verifier = Actor(person.pk, person.name, seats, seats[0] if seats else None)
    reach = HiddenDanger.objects.visible_to(as_verifier).filter(pk__in=[one.pk for one in rows])
    reached = set(reach.values_list("pk", flat=True)) if seats else set()
    office = any(one.unit_id for one in seats)
    found = {}
    for row in rows:
        facts = {name: getattr(row, name) for name in FACTS}
        against = danger_remedy.may_look_again(
            facts, person.pk, person.name, office=office, reaches=row.pk in reached
        )
        found[row.pk] = against or ""
    return found


def candidates(
    rows: Iterable[HiddenDanger], text: str = "", *, person: int | None = None, limit: int = 60
) -> list[Post]:
    """Posts whose holders may verify where these dangers lie, nearest places first; by name, or one's own.

    Whoever is offered is asked again by `assign`: industries and the like are decided there.
    """
    roles = Role.objects.unscoped("which roles verify dangers").values_list("pk", "permissions")
    able = [pk for pk, held in roles if VERIFY in held or "dangers.*" in held]
    places, firms = set(), set()
    for row in rows:
        parts = row.region_path.rstrip("/").split("/")
        places |= {"/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)}
        if row.source == "self" and row.level != "major" and row.enterprise_id:
            firms.add(row.enterprise_id)
    there = Q(region_path__in=places, enterprise_id__isnull=True) | Q(enterprise_id__in=firms)
    posts = Post.objects.unscoped("who may verify in a place is offered to whoever assigns there").filter(
        on_day(clock.today()), there, role_id__in=able, person__is_active=True
    )
    if text:
        posts = posts.filter(
            Q(person__name__icontains=text) | Q(person__initials__startswith=text.lower())
            | Q(unit__name__icontains=text) | Q(unit__short_name__icontains=text)
        )  # fmt: skip
    if person is not None:
        posts = posts.filter(person_id=person)
    found: dict[int, Post] = {}
    ordered = posts.select_related("person", "unit", "role").order_by("-region_path", "unit_id", "id")
    for post in ordered[: limit * 2]:
        found.setdefault(post.person_id, post)
    return list(found.values())[:limit]


def label_of(person: Person) -> str:
    """程立（婺源县应急局）."""
    unit = person.unit
    return f"{person.name}（{unit.short_name or unit.name}）" if unit else person.name


def _tell(actor: Actor, rows: Sequence[HiddenDanger], person: Person) -> None:
    if len(rows) > SEPARATE:
        link = f"{reverse('ledger-list', args=['dangers'])}?mine=1"
        text = f"{actor.name}指派您验收 {len(rows)} 条隐患，报验后请到现场查看"
        notice.notify([person.pk], f"dangers:assigned:{new_key()}", text, link=link)
        return
    for row in rows:
        due = f"，整改期限 {row.due_on}" if row.due_on else ""
        text = f"{row.number} {row.description[:60]}：{actor.name}指派您验收{due}"
        link = reverse("ledger-row", args=["dangers", row.pk])
        notice.notify([person.pk], f"dangers:{row.pk}:assigned:{row.version}", text, link=link, row=row)
