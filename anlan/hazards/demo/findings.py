"""Invented hidden dangers with the habits of people: late, returned, silent, closed in minutes.

Pure: the same rows for the same seed. Each danger is led from its finding to where it stands today.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate

from anlan.hazards.demo.firms import Firm
from anlan.hazards.demo.trades import MONTHS, WEEKDAYS

SOURCES = {"self": 0.60, "inspection": 0.30, "visit": 0.045, "tipoff": 0.03, "monitoring": 0.025}
ONLINE = frozenset({"hazchem", "coal-mine", "noncoal-mine", "fireworks", "urban-gas"})
MAJOR = 0.013
SIZES = {"large": 4.0, "medium": 2.2, "small": 1.0, "micro": 0.4}
TERMS = (1, 3, 7, 7, 15, 15, 30)
WORDS = {
    "gas": "燃气 液化气 调压 气瓶 醇基", "fire": "消防 疏散 灭火 喷水 应急照明 出口 排烟 防火",
    "electricity": "电 接地 线路 漏保", "special-equipment": "电梯 锅炉 压力 起重 游乐 叉车 索道",
    "building": "脚手架 基坑 边坡 坝 墙 屋 模板 栈道", "operation": "作业 违章 持证 动火 有限空间 高处",
    "management": "台账 制度 培训 预案 记录 责任 档案 负责人",
    "process": "储罐 管道 联锁 报警 除尘 窑 反应 装置 工艺 通风 瓦斯",
}  # fmt: skip
CATEGORIES = {key: tuple(words.split()) for key, words in WORDS.items()}
ABOUT_PEOPLE = ("人员", "负责人", "持证", "许可", "企业", "单位")
ACTS = (
    "立即整改",
    "更换部件并测试",
    "停用并挂牌警示",
    "补充资料并组织培训",
    "请有资质的单位检修",
    "清理并明确责任人",
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What may be found: the words, and the criterion that it meets (its id) or None."""

    text: str
    criterion: int | None = None


@dataclass(slots=True)
class Danger:
    """The columns of one danger; those of `HiddenDanger` that are not here keep their default."""

    enterprise_id: int
    place: str
    region_path: str
    industry: str
    regulator_id: int | None
    source: str
    category: str
    description: str
    found_on: date
    finder: str
    longitude: float | None
    latitude: float | None
    level: str
    basis: str
    criterion_id: int | None
    needs_stop: bool
    state: str = "found"
    repeated: bool = False
    graded_by: str = ""
    graded_on: date | None = None
    responsible: str = ""
    measures: str = ""
    funds: Decimal | None = None
    due_on: date | None = None
    contingency: str = ""
    ordered_by: str = ""
    ordered_at: datetime | None = None
    rectification: str = ""
    self_check: str = ""
    rectifier: str = ""
    rectified_on: date | None = None
    verification: str = ""
    verifier: str = ""
    verified_on: date | None = None
    closed_by: str = ""
    closed_on: date | None = None
    regulator_told_on: date | None = None
    regulator_told_how: str = ""
    congress_told_on: date | None = None
    congress_told_how: str = ""
    reported_at: datetime | None = None
    closed_at: datetime | None = None
    attention_on: date | None = None
    late_from: date | None = None
    days_open: int | None = None


# Not yet reported as put right.
UNDONE = ("found", "graded", "ordered", "rectifying")


@dataclass
class World:
    """What the findings are made of: {industry: phrases}, ordinary and major; {(industry, path): office}."""

    phrases: Mapping[str, Sequence[Phrase]]
    majors: Mapping[str, Sequence[Phrase]]
    regulators: Mapping[tuple[str, str], int | None]
    names: Mapping[str, str]
    today: date
    since: date
    seen: set[tuple[int, str]] = field(default_factory=set)


def dangers(number: int, firms: Sequence[Firm], world: World, seed: int = 1) -> Iterator[Danger]:
    """`number` dangers in the order in which they were found."""
    chance = random.Random(seed * 7919 + 1)
    days = [world.since + timedelta(days=n) for n in range((world.today - world.since).days + 1)]
    growth = [0.8 + 0.4 * n / len(days) for n in range(len(days))]
    day_weights = list(
        accumulate(
            MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * more
            for day, more in zip(days, growth, strict=True)
        )
    )
    firm_weights = list(
        accumulate(firm.trade.risk * SIZES[firm.size] * chance.lognormvariate(0, 0.7) for firm in firms)
    )
    found = sorted(
        min(bisect(day_weights, chance.random() * day_weights[-1]), len(days) - 1) for _ in range(number)
    )
    for n in found:
        firm = firms[min(bisect(firm_weights, chance.random() * firm_weights[-1]), len(firms) - 1)]
        day = days[n]
        if firm.opened_on > day or (firm.closed_on and firm.closed_on < day):
            day = min(max(day, firm.opened_on), firm.closed_on or world.today)
        yield _danger(chance, firm, day, world)


def _danger(chance: random.Random, firm: Firm, day: date, world: World) -> Danger:
    industry = firm.trade.industry
    source = _source(chance, firm)
    major = chance.random() < MAJOR * (0.4 if source == "self" else 1.8) * min(firm.trade.risk, 2.5)
    among = world.majors.get(industry) if major else world.phrases.get(industry)
    phrase = chance.choice(among or world.phrases[""])
    spot = chance.choice(firm.trade.spots)
    text = f"{spot}{phrase.text}" if _stands_somewhere(phrase.text) else phrase.text
    county = world.names.get(firm.path, "")
    finder = {
        "self": f"{firm.manager}（企业安全员）", "inspection": f"{county}检查组", "visit": "市安委办暗访组",
        "tipoff": "群众举报", "monitoring": "监测平台",
    }[source]  # fmt: skip
    one = Danger(
        firm.id, spot, firm.path, industry, world.regulators.get((industry, firm.path)), source,
        _category(text), text[:500], day, finder, firm.longitude, firm.latitude,
        "major" if major else "ordinary",
        ("criterion" if phrase.criterion else "definition") if major else "ordinary",
        phrase.criterion if major else None, major and not phrase.criterion,
    )  # fmt: skip
    key = (firm.id, text)
    one.repeated = key in world.seen
    world.seen.add(key)
    one.reported_at = _at(chance, day, 8, 18)
    _Course(chance, one, firm, county, world.today).run()
    one.attention_on = None if one.state == "closed" else one.due_on or one.found_on
    one.late_from = one.due_on + timedelta(1) if one.due_on and one.state in UNDONE else None
    one.days_open = (one.closed_on - one.found_on).days if one.closed_on else None
    return one


class _Course:
    """One danger on its way, day after day, until today or its end."""

    def __init__(self, chance: random.Random, one: Danger, firm: Firm, county: str, today: date) -> None:
        self.chance, self.one, self.firm, self.county, self.today = chance, one, firm, county, today

    def run(self) -> None:
        one, chance, today = self.one, self.chance, self.today
        major = one.level == "major"
        if not major and one.source == "self" and self.firm.hasty:
            return self._at_once()
        graded = one.found_on + timedelta(days=chance.choice((0, 0, 0, 1, 2)) + (1 if major else 0))
        if graded > today:
            one.level, one.basis, one.criterion_id, one.needs_stop = "ordinary", "", None, False
            return None
        one.graded_on, one.state = graded, "graded"
        one.graded_by = self.firm.principal if one.source == "self" else f"{self.county}应急局"
        if major:
            self._report(graded)
        ordered = graded + timedelta(days=chance.choice((0, 0, 1)))
        if ordered > today:
            return None
        due = self._order(ordered, major)
        done = max(due + timedelta(days=self._against_due()), ordered)
        # Somebody goes after what is long overdue.
        stuck = 0.003 if (today - due).days > 120 else 0.10 if major else 0.03
        if chance.random() < stuck or done > today:
            one.state = "rectifying" if chance.random() < 0.85 or due < today else "ordered"
            return None
        self._finish(done)
        return None

    def _against_due(self) -> int:
        """Days before (−) or after the due day."""
        draw = self.chance.random()
        if draw < 0.12:
            return int(self.chance.expovariate(1 / 7)) + 1
        return -int(self.chance.random() * 6)

    def _at_once(self) -> None:
        one = self.one
        one.graded_on = one.rectified_on = one.verified_on = one.closed_on = one.found_on
        one.graded_by = one.rectifier = self.firm.manager
        one.verifier = one.closed_by = self.firm.principal
        one.rectification, one.verification = "已当场整改。", "合格。"
        one.state = "closed"
        assert one.reported_at is not None
        one.closed_at = one.reported_at + timedelta(minutes=2 + int(self.chance.random() * 7))

    def _report(self, day: date) -> None:
        one, chance = self.one, self.chance
        if chance.random() < 0.9:
            one.regulator_told_on = day + timedelta(days=chance.choice((0, 0, 1)))
            one.regulator_told_how = "书面报告"
        if chance.random() < 0.75:
            one.congress_told_on = day + timedelta(days=chance.choice((1, 3, 7)))
            one.congress_told_how = "职工大会通报并公示"
        for name in ("regulator_told_on", "congress_told_on"):
            told = getattr(one, name)
            if told and told > self.today:
                setattr(one, name, None)
                setattr(one, name.replace("_on", "_how"), "")

    def _order(self, day: date, major: bool) -> date:
        one, chance = self.one, self.chance
        one.state = "ordered"
        one.ordered_at = max(_at(chance, day, 9, 18), one.reported_at or _at(chance, day, 9, 18))
        one.ordered_by = self.firm.principal if one.source == "self" else f"{self.county}应急局"
        due = day + timedelta(days=chance.choice((30, 45, 60, 90)) if major else chance.choice(TERMS))
        one.responsible = self.firm.principal if major else self.firm.manager
        one.measures = chance.choice(ACTS)
        one.funds = Decimal(int(chance.lognormvariate(9.5 if major else 6.2, 1.0)) // 10 * 10)
        one.contingency = "整改期间停止作业，专人值守" if major else "整改期间设置警示"
        one.due_on = due
        return due

    def _finish(self, done: date) -> None:
        """Reported as put right, looked at (returned once by one in twenty), closed."""
        one, chance = self.one, self.chance
        if chance.random() < 0.05:
            done += timedelta(days=3 + int(chance.random() * 10))
        if done > self.today:
            one.state = "rectifying"
            return
        one.rectified_on, one.state = done, "checking"
        one.rectification, one.self_check = f"已{one.measures}，现场核对完毕。", "自查合格。"
        one.rectifier = one.responsible
        verified = done + timedelta(days=min(int(chance.expovariate(1 / 3)), 9))
        if verified > self.today:
            return
        one.verified_on, one.state, one.verification = verified, "verified", "现场复查合格。"
        one.verifier = self.firm.principal if one.source == "self" else f"{self.county}检查组"
        closed = verified + timedelta(days=chance.choice((0, 0, 1, 3)))
        if closed > self.today:
            return
        one.closed_on, one.state, one.closed_by = closed, "closed", one.graded_by
        assert one.reported_at is not None
        one.closed_at = max(_at(chance, closed, 9, 18), one.reported_at + timedelta(hours=1))


def _source(chance: random.Random, firm: Firm) -> str:
    while True:
        source = chance.choices(list(SOURCES), list(SOURCES.values()))[0]
        if source == "self" and firm.silent:
            continue
        if source == "monitoring" and firm.trade.industry not in ONLINE:
            continue
        return source


def _stands_somewhere(text: str) -> bool:
    """Things stand at a spot; duties, papers and people do not."""
    return _category(text) != "management" and not any(word in text for word in ABOUT_PEOPLE)


def _category(text: str) -> str:
    return next((key for key, words in CATEGORIES.items() if any(word in text for word in words)), "other")


def _at(chance: random.Random, day: date, first: int, last: int) -> datetime:
    """A moment of that day in China (UTC+8), as the database keeps it."""
    minutes = first * 60 + int(chance.random() * (last - first) * 60)
    return datetime.combine(day, time(), UTC) + timedelta(minutes=minutes - 480)
