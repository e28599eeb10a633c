"""What is missing from a firm's record, said in words with the reason; pure, from a few facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anlan.enterprises.rules.status import Duty, owes

# 安全生产法（2021）第24、27条, V: mines, metal smelting, construction, transport, and dangerous goods made,
# sold, stored or handled need full-time safety managers; principals and managers pass an examination.
SPECIALLY_BOUND = frozenset(
    {
        "mine", "coal-mine", "noncoal-mine", "tailings", "metallurgy", "nonferrous", "hazchem", "fireworks",
        "civil-explosives", "construction", "construction-housing", "construction-road-waterway",
        "construction-railway", "construction-power", "construction-water", "construction-aviation",
        "construction-rail-transit", "road-transport", "railway-transport", "rail-transit", "water-transport",
    }
)  # fmt: skip
MANY = 100  # 第24条第2款: over a hundred employed


@dataclass(frozen=True)
class Record:
    """What is known of a firm. `people` counts those in post by role, `certified` those who hold a paper."""

    status: str
    industry: str
    employees: int | None
    filled: frozenset[str]
    licences: int
    people: dict[str, int]
    certified: dict[str, int]


@dataclass(frozen=True)
class Want:
    """One gap: what is missing, why, and where it is filled: card, licences, people, office."""

    text: str
    basis: str
    where: str


CARD = (
    ("address", "详细地址", "检查、救援要找得到"),
    ("point", "经纬度", "上图、就近调度要用坐标"),
    ("employees", "从业人数", "决定安全管理人员怎样配备（安全生产法第24条）"),
    ("size", "企业规模", "分级监管按规模"),
    ("legal_representative", "法定代表人", "与营业执照核对、送达文书"),
    ("safety_manager", "安全负责人", "日常联系和整改通知送达"),
    ("phone", "联系电话", "预警和通知送达"),
)


def wants(record: Record) -> list[Want]:
    """The gaps, those of the firm's card first; a closed firm has none."""
    if not any(owes(record.status, duty) for duty in Duty):
        return []
    found = [Want(f"缺{label}", why, "card") for key, label, why in CARD if key not in record.filled]
    if "code" not in record.filled:
        found.append(Want("缺统一社会信用代码", "请联系监管部门补录", "office"))
    if owes(record.status, Duty.LICENCES) and not record.licences:
        found.append(Want("没有登记证照", "安全生产许可等证照登记后才能提醒到期", "licences"))
    if owes(record.status, Duty.PEOPLE):
        found += _people(record)
    return found


def _people(record: Record) -> Iterator[Want]:
    bound = record.industry in SPECIALLY_BOUND
    managers = ("safety-manager", "safety-director")
    principals = record.people.get("principal", 0)
    safety = sum(record.people.get(role, 0) for role in managers)
    if not principals:
        yield Want("没有登记主要负责人", "主要负责人对本单位安全生产全面负责（安全生产法第5条）", "people")
    elif bound and not record.certified.get("principal", 0):
        yield Want("主要负责人没有登记考核合格证", "本行业主要负责人须考核合格（安全生产法第27条）", "people")
    if not safety:
        yield Want("没有登记安全管理人员", _managers_basis(record, bound), "people")
    elif bound and sum(record.certified.get(role, 0) for role in managers) < safety:
        yield Want(
            "安全管理人员没有全部登记考核合格证", "本行业安全管理人员须考核合格（安全生产法第27条）", "people"
        )
    operators = record.people.get("special-operator", 0)
    lacking = operators - record.certified.get("special-operator", 0)
    if lacking > 0:
        yield Want(
            f"特种作业人员 {lacking} 人没有有效证书", "特种作业须持证上岗（安全生产法第30条）", "people"
        )


def _managers_basis(record: Record, bound: bool) -> str:
    if bound:
        return "本行业须设安全管理机构或配专职安全管理人员（安全生产法第24条）"
    if record.employees is not None and record.employees > MANY:
        return f"从业人员超过 {MANY} 人，须配专职安全管理人员（安全生产法第24条）"
    return "须配专职或兼职安全管理人员（安全生产法第24条）"
