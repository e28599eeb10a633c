"""Acts on a safe-work confirmation: begin it from the job's risks, tick, sign, confirm."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.hazards import reads_risk
from anlan.hazards.models import RiskPoint, WorkConfirmation
from anlan.hazards.rules import work
from anlan.kernel import cells, clock, files
from anlan.kernel.files import Upload
from anlan.kernel.scope import Actor
from anlan.kernel.sniff import BadFile
from anlan.kernel.workflow import Facts
from anlan.kernel.writing import Refused, write

ADD, SIGNATURE = "work-confirmations.add", "signature"
LARGEST_SIDE, DARK, LEAST_INK = 4096, 128, 60


def begin(actor: Actor, firm: int, job: str, values: Mapping[str, Any]) -> WorkConfirmation:
    """A sheet for one job of a firm, its measures copied from the job's risk points in force.

    values: place, activity, on_day, shift, workers (names in one text), guardian. Raises Refused (no risk
    points, no permission) or ValidationError; nothing is saved then.
    """
    points = reads_risk.points_of_job(actor, firm, job)
    if not points:
        raise Refused("这个岗位没有在管的风险点。请先登记风险点和管控措施，再做作业确认。")
    workers, guardian = work.names_of(values["workers"]), values["guardian"].strip()
    fault = work.fault_of_people(workers, guardian)
    if fault:
        raise ValidationError({"guardian" if guardian in workers else "workers": fault})
    if values["on_day"] < clock.today():
        raise ValidationError(
            {"on_day": f"作业日期早于今天（{clock.today()}）。确认要在作业前做，请选今天或以后的日期。"}
        )
    roles = (*((work.WORKER, one) for one in workers), (work.GUARDIAN, guardian))
    row = WorkConfirmation(
        enterprise=points[0].enterprise,
        job=job,
        checks=[{"kind": one.kind, "text": one.text, "ticked": False} for one in work.checks_of(points)],
        people=[waiting(role, name) for role, name in roles],
        colour=points[0].residual_colour,
        made_at=clock.now(),
        made_by=actor.label[:120],
        demo=all(one.demo for one in points),
    )
    row.open_checks = "；".join(work.unticked(row.checks))
    given = {**values, "workers": "、".join(workers), "guardian": guardian, "site": _site(points)}
    with transaction.atomic():
        write(actor, row, given, "add")
        row.points.add(*points)
    return row


def waiting(role: str, name: str) -> dict[str, Any]:
    """A person of a sheet who has not signed yet."""
    return {
        "role": role, "name": name, "signed_at": None, "way": "", "file": None, "digest": "", "by": "",
        "by_id": None, "place": None,
    }  # fmt: skip


def _site(points: Sequence[RiskPoint]) -> Any:
    """The site where all the points lie, if it is one."""
    found = {one.site_id for one in points}
    return points[0].site if len(found) == 1 else None


def tick(actor: Actor, row: WorkConfirmation, ticked: Collection[int], *, seen: int | None = None) -> Any:
    """Set which measures are in place, by their place in the list. Refused once somebody has signed."""
    _require_open(row)
    if len(row.unsigned) < len(row.people):
        raise Refused("已有人签字，勾选不能再改。情况有变的，请作废本单，另做一张。")
    row.checks = [{**one, "ticked": n in ticked} for n, one in enumerate(row.checks)]
    change = {"open_checks": "；".join(work.unticked(row.checks))}
    return write(actor, row, change, "tick", permission=ADD, seen=seen)


def sign(
    actor: Actor,
    row: WorkConfirmation,
    n: int,
    *,
    drawn: Upload | None = None,
    typed: str = "",
    place: tuple[float, float] | None = None,
) -> WorkConfirmation:
    """The n-th person signs: by a drawn picture (PNG), or by typing the own name.

    Raises Refused (measures open, signed already), BadFile (empty, unreadable or copied picture) or
    ValidationError (typed name differs); nothing is kept then.
    """
    with transaction.atomic():
        rows = WorkConfirmation.objects.visible_to(actor).select_for_update(of=("self",))
        locked: WorkConfirmation = rows.get(pk=row.pk)
        _require_open(locked)
        person = locked.person(n)
        if person is None:
            raise Refused("没有这个签字人。请回到确认单，从名单里选。")
        if person["signed_at"]:
            raise Refused(f"{person['name']}已经签过字。")
        still = work.unticked(locked.checks)
        if still:
            raise Refused(f"还有 {len(still)} 项措施没有勾选，不能签字：{'；'.join(still)}。")
        found: dict[str, Any] = {"way": work.TYPED}
        if drawn is not None:
            found = {"way": work.DRAWN, **_keep(actor, locked, drawn, place, person["name"])}
        elif typed.strip() != person["name"]:
            raise ValidationError(
                {"typed": f"键入的姓名与名单上的“{person['name']}”不一致。请核对后重新键入。"}
            )
        now = clock.now()
        signed = {
            **person, **found, "signed_at": now.isoformat(), "place": list(place) if place else None,
            "by": actor.label[:120], "by_id": actor.person_id,
        }  # fmt: skip
        locked.people = [signed if m == n else one for m, one in enumerate(locked.people)]
        said = (
            f"{work.ROLES[person['role']]}{person['name']}（{work.WAYS[found['way']]}，{cells.moment(now)}）"
        )
        write(actor, locked, {"signatures": said}, "sign", permission=ADD)
    return locked


def _keep(
    actor: Actor, row: WorkConfirmation, drawn: Upload, place: tuple[float, float] | None, name: str
) -> dict[str, Any]:
    drawn.name = f"{name}签字.png"
    hung = files.attach(
        actor, row, drawn, kind=SIGNATURE, taken_at=clock.now(), place=place, permission=ADD, kinds=("png",)
    )
    require_ink(Path(settings.FILES) / hung.file.place)
    same = any(one["file"] == hung.pk for one in row.people)
    if same or files.twins(hung).filter(ledger="work-confirmations").exists():
        raise BadFile("这个签名与已有的一个完全相同。请本人重新签。")
    return {"file": hung.pk, "digest": hung.file.digest}


def require_ink(path: Path) -> None:
    """Raise BadFile unless the picture can be read and somebody has written on it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise BadFile("签名图太大。请刷新页面后重新签。")
            shown = flat(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise BadFile("签名图读不出来。请重新签，或改为键入姓名。") from error
    if sum(shown.histogram()[:DARK]) < LEAST_INK:
        raise BadFile("签名区是空的。请在框里写上姓名，或改为键入姓名。")


def flat(picture: Any) -> Any:
    """A picture in grey on white."""
    from PIL import Image

    ink = picture.convert("RGBA")
    paper = Image.new("RGBA", ink.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, ink).convert("L")


def _require_open(row: WorkConfirmation) -> None:
    if row.state != WorkConfirmation.State.OPEN:
        raise Refused(f"这张单{row.get_state_display()}，不能再改。请另做一张。")


def whole(facts: Facts) -> str | None:
    """All is ticked and signed, and the work has not begun."""
    found = work.reason_to_wait(facts["checks"], facts["people"], facts["on_day"], clock.today())
    return found or None


def confirmed(actor: Actor, row: WorkConfirmation, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """When and by whom."""
    return {"confirmed_at": clock.now(), "confirmed_by": actor.label[:120]}
