"""What a generic group of a document (“12+3”政府, 各有关部门) stands for on a day.

Pure: the org chart, the issuer and the day come in, a `Resolution` comes out. It lists units with the
reason for each, what the committee office has to decide, and what does not fit. Nothing is guessed in
silence: a number that the region table does not bear out is a problem, a department that only common
practice suggests is a suggestion. The rules follow `data/groups.csv`, one function a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache

from anlan.org.rules.chart import Office as Office
from anlan.org.rules.chart import Place as Place
from anlan.org.rules.dates import valid_on
from anlan.org.rules.names import normal

NUMBERS = re.compile(r"(\d+)\s*\+\s*(\d+)")
CITY_NUMBER = re.compile(r"(\d+)个设区市")


class Standing(StrEnum):
    """How sure it is that a unit belongs to the group."""

    RULED = "ruled"  # by rule or by the office's list
    NAMED = "named"  # the document names it beside the group
    PRESUMED = "presumed"  # taken in, with a mark
    SUGGESTED = "suggested"  # only after the office's tick


@dataclass(frozen=True, slots=True)
class Topic:
    """An industry with the families that lead and assist."""

    slug: str
    name: str
    lead: str
    assist: tuple[str, ...] = ()
    special_committee: str = ""


@dataclass(frozen=True)
class OrgChart:
    """All that resolving needs. `family_names` gives a family's usual name, for messages.

    `day` is the one day of which this is the chart, None for all days.
    """

    places: tuple[Place, ...]
    offices: tuple[Office, ...]
    topics: Mapping[str, Topic] = field(default_factory=dict)
    family_names: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None

    @cached_property
    def by_code(self) -> dict[str, Place]:
        """{code: place}."""
        return {place.code: place for place in self.places}

    @cached_property
    def by_family(self) -> dict[tuple[str, str], list[Office]]:
        """{(code of the place, family): offices}."""
        found: dict[tuple[str, str], list[Office]] = {}
        for office in self.offices:
            found.setdefault((office.place, office.family), []).append(office)
        return found

    def on(self, day: date) -> OrgChart:
        """The chart of one day; of that day already, it is the same one with all it has looked up."""
        if day == self.day:
            return self
        return OrgChart(
            tuple(one for one in self.places if valid_on(one.valid_from, one.valid_to, day)),
            tuple(one for one in self.offices if valid_on(one.valid_from, one.valid_to, day)),
            self.topics,
            self.family_names,
            day,
        )


@dataclass(frozen=True)
class Question:
    """Which group, in whose document, on which day.

    `phrase` is the group as written (its numbers count); `industries` are the topics of the item,
    `named` the offices that the same bracket names, `listed` those on the office's list for the group.
    """

    key: str
    phrase: str
    issuer: str
    day: date
    industries: tuple[str, ...] = ()
    named: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """One unit of the answer, and why it is there."""

    office: Office
    standing: Standing
    reason: str


@dataclass(frozen=True)
class Resolution:
    """The answer. Duties may be sent out when `ready`."""

    question: Question
    picks: tuple[Pick, ...] = ()
    decisions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    open_list: bool = False
    dispatches: bool = True

    @property
    def ready(self) -> bool:
        """Whether nothing contradicts and nobody has to tick first."""
        return (
            self.dispatches
            and bool(self.picks)
            and not self.problems
            and all(pick.standing is not Standing.SUGGESTED for pick in self.picks)
        )


class Answer:
    """A resolution being put together."""

    def __init__(self, chart: OrgChart, question: Question) -> None:
        self.question = question
        self.chart = chart.on(question.day)
        self.picks: dict[int, Pick] = {}
        self.decisions: list[str] = []
        self.problems: list[str] = []
        self.open_list = False
        self.dispatches = True
        self._places = self.chart.by_code
        self._by_family = self.chart.by_family
        self.issuer = self._places.get(question.issuer)
        if self.issuer is None:
            self.problems.append(
                f"{question.day} 没有代码为 {question.issuer} 的区划，请核对发文单位和文件日期。"
            )

    def done(self) -> Resolution:
        """The answer as a value."""
        return Resolution(
            self.question,
            tuple(self.picks.values()),
            tuple(dict.fromkeys(self.decisions)),
            tuple(dict.fromkeys(self.problems)),
            self.open_list,
            self.dispatches,
        )

    def add(self, office: Office, standing: Standing, reason: str) -> None:
        """Take an office in; the first reason stays, a surer standing replaces a suggestion."""
        old = self.picks.get(office.id)
        if old is None or (old.standing is Standing.SUGGESTED and standing is not Standing.SUGGESTED):
            self.picks[office.id] = Pick(office, standing, reason)

    def below(self, level: str, code: str | None = None) -> list[Place]:
        """Places of a level anywhere below `code` (the issuer), by code."""
        root = code or self.question.issuer
        found = [
            place for place in self.chart.places if place.level == level and root in self._ancestors(place)
        ]
        return sorted(found, key=lambda place: place.code)

    def _ancestors(self, place: Place) -> list[str]:
        chain: list[str] = []
        parent = place.parent
        while parent and parent not in chain:
            chain.append(parent)
            parent = self._places[parent].parent if parent in self._places else ""
        return chain

    def zones(self) -> list[Place]:
        """Zones directly under the issuer."""
        return [place for place in self.below("zone") if place.parent == self.question.issuer]

    def family(self, place: str, key: str) -> list[Office]:
        """Offices of a family in one place."""
        return self._by_family.get((place, key), [])

    def take_family(
        self, place: Place, key: str, standing: Standing, reason: str, required: bool = True
    ) -> bool:
        """Add a place's office of a family; a missing one is a problem where it is required."""
        found = self.family(place.code, key)
        for office in found:
            self.add(office, standing, reason)
        if not found and required:
            label = self.chart.family_names.get(key, key)
            self.problems.append(
                f"{place.name}在 {self.question.day} 没有登记“{label}”，请先在单位台账中补上。"
            )
        return bool(found)

    def take_governments(
        self, places: Iterable[Place], reason: str, standing: Standing = Standing.RULED
    ) -> None:
        """Add the people's government of each place, and of a zone its management committee."""
        for place in places:
            if place.level != "zone":
                self.take_family(place, "people-government", standing, reason)
                continue
            found = [one for one in self.chart.offices if one.place == place.code and one.kind == "zone"]
            for office in found:
                self.add(office, standing, reason)
            if not found:
                self.problems.append(f"{place.name}没有登记管委会，请先在单位台账中补上。")


def resolve(chart: OrgChart, question: Question) -> Resolution:
    """Resolve `question` on its day. An unknown key is a problem, never an exception."""
    answer = Answer(chart, question)
    rule = RULES.get(question.key)
    if rule is None:
        answer.problems.append(f"没有“{question.phrase}”的解析规则，请由安委办指定单位。")
    elif answer.issuer is not None:
        rule(answer)
    named = {office.id: office for office in answer.chart.offices}
    for one in question.named:
        if one in named:
            answer.add(named[one], Standing.NAMED, "同一括号内点名")
    return answer.done()


@dataclass(frozen=True)
class Group:
    """A known group with its spellings."""

    key: str
    pattern: str
    aliases: tuple[str, ...] = ()


def match(phrase: str, groups: Iterable[Group]) -> Group | None:
    """The group that `phrase` spells. “13+2”政府 is the group of “12+3” with other numbers."""
    wanted = _shape(phrase)
    for group in groups:
        if wanted in {_shape(spelling) for spelling in (group.pattern, *group.aliases)}:
            return group
    return None


@lru_cache(maxsize=4096)
def _shape(phrase: str) -> str:
    text = normal(phrase).replace("“", "").replace("”", "")
    return CITY_NUMBER.sub("#个设区市", NUMBERS.sub("#+#", text))


# One rule a group -----------------------------------------------------------------------------------


def _cities_and_counties(answer: Answer) -> None:
    answer.take_governments(answer.below("city"), "有效设区市")
    answer.take_governments(answer.below("county"), "有效县（市、区）")
    _presume_zones(answer)


def _presume_zones(answer: Answer) -> None:
    zones = answer.zones()
    answer.take_governments(zones, "按主送栏推定", Standing.PRESUMED)
    answer.decisions.extend(f"{zone.name}是否一并落实（默认加入，按主送栏推定）" for zone in zones)


def _counties(answer: Answer) -> None:
    answer.take_governments(answer.below("county"), "有效县（市、区）")


def _counties_and_zones(answer: Answer) -> None:
    counties, zones = answer.below("county"), answer.zones()
    answer.take_governments(counties, "有效县（市、区）")
    answer.take_governments(zones, "功能区管委会")
    numbers = NUMBERS.search(normal(answer.question.phrase))
    if numbers and (int(numbers[1]), int(numbers[2])) != (len(counties), len(zones)):
        answer.problems.append(
            f"文件写“{numbers[1]}+{numbers[2]}”，区划表在 {answer.question.day} 是"
            f"“{len(counties)}+{len(zones)}”。请先核对区划表，再解析。"
        )


def _cities_and_new_area(answer: Answer) -> None:
    cities = answer.below("city")
    answer.take_governments(cities, "有效设区市")
    zones = [zone for zone in answer.zones() if zone.short_name in answer.question.phrase]
    answer.take_governments(zones, "文中点名的新区")
    number = CITY_NUMBER.search(normal(answer.question.phrase))
    if number and int(number[1]) != len(cities):
        answer.problems.append(f"文件写“{number[0]}”，区划表在 {answer.question.day} 有 {len(cities)} 个。")
    if not zones:
        answer.problems.append("文中点名的新区不在区划表里，请先补上。")


def _key_cities(answer: Answer) -> None:
    named = [place for place in answer.below("city") if place.short_name in answer.question.phrase]
    answer.take_governments(named, "文中点名", Standing.NAMED)
    answer.open_list = "等" in answer.question.phrase
    answer.decisions.append("是否还有未点名的重点地区")


def _all_places(answer: Answer) -> None:
    if answer.issuer is not None and answer.issuer.level == "province":
        _cities_and_counties(answer)
        answer.decisions.append("报送口径：只收市级汇总，还是县级也直报")
    else:
        answer.take_governments([*answer.below("county"), *answer.zones()], "有效县（市、区）和功能区")


def _issuer_and_counties(answer: Answer) -> None:
    if answer.issuer is not None:
        answer.take_governments([answer.issuer], "本级")
    answer.take_governments(answer.below("county"), "有效县（市、区）")


def _cities(answer: Answer) -> None:
    answer.take_governments(answer.below("city"), "有效设区市")


def _county_governments(answer: Answer) -> None:
    answer.take_governments(answer.below("county"), "有效县（市、区）")
    if "乡" in answer.question.phrase:
        answer.decisions.append(f"乡级是否逐个派单（共 {len(answer.below('town'))} 个乡镇街道）")


def _territory(answer: Answer) -> list[Place]:
    """The issuer's own place and all cities and counties below it."""
    own = [answer.issuer] if answer.issuer is not None else []
    return [*own, *answer.below("city"), *answer.below("county")]


def _party_and_government(answer: Answer) -> None:
    for place in _territory(answer):
        answer.take_family(place, "party-committee", Standing.RULED, "本级及下级党委")
        answer.take_family(place, "people-government", Standing.RULED, "本级及下级政府")
    answer.decisions.append("部门党组、企业党委是否纳入")


def _party_schools(answer: Answer) -> None:
    for place in _territory(answer):
        answer.take_family(place, "party-school", Standing.SUGGESTED, "本级及下级党校", required=False)
    answer.decisions.append("干部学院名单")


def _departments(answer: Answer) -> None:
    if answer.issuer is None:
        return
    for slug in answer.question.industries:
        topic = answer.chart.topics.get(slug)
        if topic is None:
            answer.problems.append(f"行业表里没有“{slug}”。")
            continue
        for key, part in ((topic.lead, "牵头"), *((one, "配合") for one in topic.assist)):
            reason = f"涉及{topic.name}（{part}）"
            if key and not answer.take_family(answer.issuer, key, Standing.SUGGESTED, reason, required=False):
                label = answer.chart.family_names.get(key, key)
                answer.decisions.append(
                    f"{topic.name}的{part}部门“{label}”在{answer.issuer.name}没有，由谁承接"
                )
    if not answer.question.industries:
        answer.decisions.append("本条没有认出行业，请直接指定部门")
    answer.decisions.append("建议的部门须逐个确认，确认前不派单")


def _safety_regulators(answer: Answer) -> None:
    leads: dict[str, list[str]] = {}
    for topic in answer.chart.topics.values():
        leads.setdefault(topic.lead, []).append(topic.name)
    for office in answer.chart.offices:
        regulates = office.industries or leads.get(office.family)
        if office.place == answer.question.issuer and office.kind in ("government", "vertical") and regulates:
            names = "、".join(leads.get(office.family, []))[:60]
            answer.add(office, Standing.SUGGESTED, f"牵头行业：{names}" if names else "有牵头行业")
    answer.decisions.append("以本地“三定”规定、权责清单或安全生产职责规定为准，首次使用时定一份名单")


def _special_committees(answer: Answer) -> None:
    for office in answer.chart.offices:
        if office.place == answer.question.issuer and office.kind == "special_committee":
            answer.add(office, Standing.RULED, "本级有效的专业委员会")
    answer.decisions.append("要点没有写到的专业委员会（水上、旅游等）是否存在")


def _listed(answer: Answer) -> None:
    known = {office.id: office for office in answer.chart.offices}
    for one in answer.question.listed:
        if one in known:
            answer.add(known[one], Standing.RULED, "安委办维护的名单")
    if not answer.picks:
        answer.decisions.append("名单还没有登记，请安委办在责任主体组里维护")


def _units_concerned(answer: Answer) -> None:
    _listed(answer)
    _departments(answer)
    if answer.issuer is not None:
        for key in ("trade-union", "youth-league", "women-federation"):
            answer.take_family(answer.issuer, key, Standing.SUGGESTED, "群团组织", required=False)


def _emergency_offices(answer: Answer) -> None:
    for place in answer.below("county"):
        answer.take_family(place, "emergency", Standing.RULED, "所辖县级应急管理部门")
    for zone in answer.zones():
        if not answer.take_family(zone, "emergency", Standing.RULED, "功能区应急管理机构", required=False):
            answer.take_governments([zone], "功能区没有登记应急管理机构，暂列管委会", Standing.PRESUMED)
            answer.decisions.append(f"{zone.name}由谁报")


def _committee_offices(answer: Answer) -> None:
    for place in [*answer.below("city"), *answer.below("county")]:
        answer.take_family(place, "safety-committee-office", Standing.RULED, "同级地域组的安委办")
    for zone in answer.zones():
        if answer.issuer is not None and answer.issuer.level == "city":
            answer.take_family(zone, "safety-committee-office", Standing.RULED, "抄送栏点名的功能区安委办")


def _coal_regulators(answer: Answer) -> None:
    for place in [*answer.below("city"), *answer.below("county")]:
        answer.take_family(place, "emergency", Standing.SUGGESTED, "煤矿安全监管", required=False)
        if not answer.take_family(place, "energy", Standing.SUGGESTED, "煤炭行业管理", required=False):
            answer.take_family(
                place, "dev-reform", Standing.SUGGESTED, "煤炭行业管理（能源部门未单设）", required=False
            )
    if answer.issuer is not None:
        answer.take_family(
            answer.issuer, "mine-safety-admin", Standing.SUGGESTED, "矿山安全监察机构", required=False
        )
    answer.decisions.append("煤炭行业管理部门是谁")


def _enterprises(answer: Answer) -> None:
    answer.dispatches = False
    answer.decisions.append("企业名单按企业库的标签筛选，由安委办确认；不作为责任单位派单")


def _explosives_and_military(answer: Answer) -> None:
    for slug in ("civil-explosives", "military-industry"):
        topic = answer.chart.topics.get(slug)
        if (
            topic
            and answer.issuer
            and not answer.take_family(
                answer.issuer, topic.lead, Standing.RULED, f"{topic.name}的牵头部门", required=False
            )
        ):
            label = answer.chart.family_names.get(topic.lead, topic.lead)
            answer.decisions.append(f"{topic.name}的牵头部门“{label}”在{answer.issuer.name}没有，由谁承接")
    answer.decisions.append("军工企业名单由主管部门掌握")


RULES: Mapping[str, Callable[[Answer], None]] = {
    "cities-and-counties": _cities_and_counties,
    "counties": _counties,
    "counties-and-zones": _counties_and_zones,
    "cities-and-new-area": _cities_and_new_area,
    "key-cities": _key_cities,
    "all-places": _all_places,
    "issuer-and-counties": _issuer_and_counties,
    "cities": _cities,
    "county-governments": _county_governments,
    "party-and-government": _party_and_government,
    "party-schools": _party_schools,
    "departments": _departments,
    "province-departments": _departments,
    "safety-regulators": _safety_regulators,
    "special-committees": _special_committees,
    "committee-members": _listed,
    "units-concerned": _units_concerned,
    "three-year-leads": _listed,
    "emergency-offices": _emergency_offices,
    "committee-offices": _committee_offices,
    "central-and-provincial-enterprises": _enterprises,
    "central-provincial-municipal-enterprises": _enterprises,
    "coal-regulators": _coal_regulators,
    "enterprises": _enterprises,
    "explosives-and-military": _explosives_and_military,
}
