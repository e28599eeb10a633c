"""What kind of obligation a clause is. The kind follows the marks as written, not what is probably meant.

Each test answers for one kind; `kind_of` asks them in the order in which a clause with several marks is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.clauses import VERBAL
from anlan.programmes.compiler.document import Number
from anlan.programmes.compiler.numerals import number
from anlan.programmes.compiler.quantities import Cadence, cadence, delay, quantities

_one = vocabulary.one_of
_ADVERBS = f"(?:{_one('clauses.adverbs')}|、)*"
_CAUSE = f"(?:{_one('clauses.causatives')}[^，]{{0,60}}?)?"

_REGULAR = re.compile(rf"^[^，]{{0,40}}?(?:通过|要|应)?{_ADVERBS}?(?<!不)定期(?=[\u4e00-\u9fff“])")
_RECURRING_TERM = re.compile(
    r"^每(?:个?(?:半年|两个?月|季度?|月|周|年)|[日天])[^，]{0,14}?(?:前|内|底|末|日|初)?(?=，)"
)
"""A term in front of the act: 每月26日前，…"""
_SHARE = re.compile(r"^的[^，]{1,30}?(?:完成|达到|实现|建立|参加|安装|配备|投保|接入|开展|纳入|通过)")
"""A share of a whole that does something: 90%以上的企业完成创建."""
_CAUSED = re.compile(rf"^(?:{_one('clauses.adverbs')})*(?:推动|督促|支持|引导|指导|推进|帮助|组织)$")
_DOES = re.compile(r"[^，、]{2,24}?(?:开展|完成|实施|建成|实现|接入|安装|通过|参加|达到|创建)")
"""推动200个小区开展改造."""
_REGULATION_NOUN = _one("kinds.regulation_nouns")
_MAKES = re.compile(rf"(?:{_one('kinds.regulation_verbs')})(?P<object>.+)$")
_MAKING = re.compile(
    rf"{_REGULATION_NOUN}的?(?:制定修订|制修订|制定|修订|编制|起草|出台)(?:工作|进程|步伐)?$"
)
_IMPROVES = re.compile(
    rf"^[^，]{{0,20}}?{_ADVERBS}(?:{_one('kinds.improving_verbs')})(?:落实|和落实)?(?P<object>.+)$"
)
_NOUN_INSIDE = re.compile(rf"{_REGULATION_NOUN}(?:”|》|）|等|、|和|及|并|，|$)")
_NOUN_LAST = re.compile(rf"{_REGULATION_NOUN}”?等?$")
_NO_REGULATION = re.compile(rf"{_one('kinds.no_regulation')}等?$")
_ENCOURAGED = re.compile(r"^(?:鼓励|支持|引导)")

_BUILD_NOUN = _one("kinds.build_nouns")
_BUILDS = re.compile(
    rf"^(?:[^，]{{0,30}}?(?:要|应))?{_ADVERBS}(?:{_one('kinds.build_verbs')})(?P<object>.+)$"
)
_BUILT = re.compile(
    rf"{_BUILD_NOUN}”?(?:等)?(?:项目)?(?:建设)?(?:任务|和联网|联网|并投入使用|投入使用|项目|工作)?$"
)
_BUILDING = re.compile(
    rf"(?:{_BUILD_NOUN}|”)(?:项目)?建设(?:落地|工作|任务|进度|试点|试点工作|综合试点|项目)?$|{_BUILD_NOUN}能力建设工程$"
)
_STAGE = re.compile(
    rf"^{_CAUSE}(?:[^，]{{0,30}}?(?:要|应))?(?:{_one('clauses.adverbs')}|{_one('kinds.build_stages')}|和)*{_one('kinds.build_stages')}(?P<object>.+)$"
)
_PILOT = re.compile(r"试点(?:工作|任务)?$")
_PROJECT = re.compile(rf"^{_ADVERBS}实施.*(?:项目|(?<!提升)(?<!素质)工程)$")
_SYSTEM = re.compile(rf"^{_ADVERBS}(?:完善|健全完善|升级改造).*(?:系统|平台|数据库)$")
_NOT_BUILT = re.compile(r"(?:力度|覆盖面|体系|机制|制度|队伍|能力|标准|水平|全覆盖|功能|台账|清单)建?设?$")

_TAIL = rf"”?(?:等)?(?:{_one('kinds.campaign_tails')}){{0,3}}$"
_WORKS = _one("kinds.campaign_works")
_SPECIAL = re.compile(
    rf"(?:专项|集中|百日|拉网式)[\u4e00-\u9fff三年]{{0,8}}?{_WORKS}(?:”|{_WORKS})*(?:“{{0,1}}[^“”]{{0,8}}”)?{_TAIL}"
)
_NAMED_WORK = re.compile(rf"{_one('kinds.campaign_names')}(?:（[^（）]*）)?{_TAIL}")
_QUOTED_WORK = re.compile(rf"”(?:等)?(?:\d*个?)?{_one('kinds.campaign_after_name')}{_TAIL}")
_TITLED_WORK = re.compile(r"行动》(?:各项任务)?$")
_DRIVE = re.compile(
    r"大(?:讨论|实践|排查|检查|整治|培训|宣传|练兵|比武|走访|起底|体检|宣讲)(?:大[\u4e00-\u9fff]{2})?(?:活动|行动|工作)?$"
)
_CAMPAIGN_HEAD = re.compile(
    rf"^{_CAUSE}(?:[^，]{{0,60}}?(?:要|应|对[^，]{{1,40}}?|在[^，]{{1,20}}?))?(?:{_one('clauses.adverbs')}|{_one('clauses.causatives')}|、)*(?:{_one('kinds.campaign_verbs')})(?:好)?(?P<object>.+)$"
)
_CONCENTRATED = re.compile(rf"^{_ADVERBS}(?:集中整治|集中开展|专项整治)")
_NO_CAMPAIGN = re.compile(_one("kinds.no_campaign"))
_LISTED = re.compile(r"、|以及|和|及")

_QUOTA_VERB = re.compile(rf"(?:{_one('kinds.quota_verbs')})(?:各类|安全生产|重点)?$")
_MADE = re.compile("(?:打造|建设|建成|新建|创建|改造|整治|开通)$")
_CHANGE = re.compile(_one("kinds.change_verbs"))
_NO_QUOTA = re.compile(rf"^(?:{_one('kinds.no_quota_units')})")
_COVERAGE = re.compile(
    rf"{_one('kinds.coverage_marks', 'kinds.all_marks')}"
    r"(?!的[^，]{0,20}(?:体系|机制|制度|网络)|、|[^，]{0,8}的防范|者|权|制)"
)
_CLOSED_SET = re.compile(
    r"对(?:全[省市县区州旗镇乡]|辖区内?|现有的?|境内)?\d+[个家名座处所口户][^，]{2,24}?(?:开展|进行|实施|实行|组织|逐一|予以)"
)
_ZERO = re.compile(f"{_one('kinds.zero_words')}(?!容忍)")
_DIGITS = r"(?<![第\d])(?P<number>[一二两三四五六七八九十\d]{1,3})"
_LISTS = re.compile(_DIGITS + r"(?P<unit>个)(?P<noun>清单)")
_COUNTED = re.compile(_DIGITS + r"(?P<unit>个|项)(?P<noun>方面|重点事项|事项|制度|办法|标准|方案|预案)")
_SIZE = re.compile(r"[\u4e00-\u9fff（）]{0,8}?(?:企业|单位|场所|建筑|煤矿|矿山|车辆|船舶)(?!$)")
"""A bound in front of a thing says how large the thing is: 10人以上粉尘涉爆企业接入…"""
_ACCIDENT = re.compile(r"事故(?!隐患)|死亡|亡人|起数|伤亡")


@dataclass(frozen=True, slots=True)
class Kind:
    """The reading of a clause: kind, secondary kinds, and the figures that belong to the kind."""

    kind: str
    also: tuple[str, ...] = ()
    value: Number | None = None
    unit: str | None = None
    comparator: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A main clause as written and masked, and the masked text of the whole duty around it."""

    text: str
    masked: str
    whole: str


def kind_of(clause: ClauseText) -> Kind:
    """The kind of a duty: the first test that holds, the rest as secondary kinds."""
    tests: tuple[Callable[[ClauseText], Kind | None], ...] = (_cadence, _delay, _limit, _target, _quota)
    for test in tests:
        found = test(clause)
        if found is not None:
            return found
    covers = _covers(clause)
    named = _named(clause)
    if named and named[0] == "build" and clause.masked.lstrip().find("完成") >= 0 and covers:
        return Kind("build", ("coverage",), unit="全部", comparator="=")
    if covers:
        return Kind("coverage", tuple(k for k in named if k == "campaign"), unit="全部", comparator="=")
    if named:
        value, unit = _counted(clause)
        return Kind(named[0], tuple(named[1:]), value=value, unit=unit)
    value, unit = _counted(clause)
    return Kind("standing", value=value, unit=unit)


def _named(clause: ClauseText) -> list[str]:
    """Which of regulation, campaign, build a clause is; a clause may be campaign and build."""
    if is_regulation(clause):
        return ["regulation"]
    return [kind for kind, test in (("campaign", is_campaign), ("build", is_build)) if test(clause)]


def _cadence(clause: ClauseText) -> Kind | None:
    found = cadence(clause.masked) or _cadence_before(clause)
    term = _RECURRING_TERM.match(clause.whole) if found is None else None
    if term:
        found = cadence(term.group())
    if found is None and _REGULAR.match(clause.whole) and not clause.whole.startswith("集中"):
        found = Cadence(None, None, None, None)
    if found is None:
        return None
    return Kind(
        "cadence", value=found.value, unit=found.unit, comparator=found.comparator, period=found.period
    )


def _cadence_before(clause: ClauseText) -> Cadence | None:
    """A rhythm that stands in the clause before the act: 负责人每月研究部署，带队检查不少于1次."""
    counted = any(q.unit in ("次", "轮", "场") for q in quantities(clause.masked))
    return cadence(clause.whole) if counted and clause.whole != clause.masked else None


def _delay(clause: ClauseText) -> Kind | None:
    found = delay(clause.whole)
    if found is None:
        return None
    return Kind("delay", value=found.value, unit=found.unit, comparator=found.comparator)


def _limit(clause: ClauseText) -> Kind | None:
    for q in quantities(clause.masked):
        rest = clause.masked[q.end :]
        rate = "率" in clause.masked[: q.start]
        if q.comparator == "<=" and (q.unit or rate) and not _qualifies(rest):
            also = ("coverage",) if _covers(clause) else ()
            return Kind("limit", also, q.value, q.unit or None, q.comparator)
    return None


def _qualifies(rest: str) -> bool:
    """Does the figure only say which things are meant (停用超过3年的尾矿库)?"""
    if _SIZE.match(rest):
        return True
    return bool(re.match(r"[的和及、或/（]|[^，]{1,20}?的(?!目标)", rest)) and not rest.startswith("的目标")


def _target(clause: ClauseText) -> Kind | None:
    if _ZERO.search(clause.text) and not re.search(r"“零”?容忍|零容忍|零距离", clause.text):
        return Kind("target", value=0, unit="起", comparator="=")
    return None


def _quota(clause: ClauseText) -> Kind | None:
    for q in quantities(clause.masked):
        rest = clause.masked[q.end :]
        before = clause.masked[: q.start]
        made = q.unit == "条" and bool(_MADE.search(before))
        if (
            q.unit is None
            or (_NO_QUOTA.match(q.unit.removeprefix("个")) and not made)
            or _NO_QUOTA.match(rest)
        ):
            continue
        if q.comparator in ("<=",) or (q.comparator == ">" and _qualifies(rest)):
            continue
        share = q.unit == "%" and bool(_SHARE.match(rest))
        bound = (
            share
            or (q.comparator == "=" and bool((not before or _CAUSED.match(before)) and _DOES.match(rest)))
            or (q.comparator == ">=" and not _qualifies(rest))
        )
        acts = bool(_CHANGE.search(before) or VERBAL.match(before)) or (
            q.unit == "%" and before.endswith("率")
        )
        ends = _is_last(rest) and acts
        if bound or ends or _QUOTA_VERB.search(before):
            kind = "target" if q.unit == "%" and _ACCIDENT.search(clause.text) else "quota"
            also = (*(("build",) if is_build(clause) else ()), *(("coverage",) if _covers(clause) else ()))
            return Kind(kind, also, value=q.value, unit=q.unit, comparator=q.comparator)
    return None


def _is_last(rest: str) -> bool:
    """Is a figure the last word of its clause, or followed only by figures (消火栓80个、消防站12个)?"""
    rest = rest.strip("。，；等")
    return not rest or (rest[0] in "、和" and any(q.end == len(rest) for q in quantities(rest)))


def _covers(clause: ClauseText) -> bool:
    unquoted = re.sub(r"“([^“”]{0,8}全覆盖[^“”]{0,8})”", r"\1", clause.text)
    marked = clause.masked if "全覆盖" not in unquoted else clause.masked + unquoted
    return bool(_COVERAGE.search(marked) or _CLOSED_SET.search(clause.masked))


def _counted(clause: ClauseText) -> tuple[Number | None, str | None]:
    """A number the clause writes (“两个清单”, 21项, 四个方面), for kinds that need none."""
    found = _LISTS.search(clause.text) or _COUNTED.search(clause.masked)
    if not found:
        return None, None
    return number(found["number"]), "项" if found["unit"] == "项" else f"个{found['noun']}"


def is_regulation(clause: ClauseText) -> bool:
    """A document of a kind is to be made: 制定 修订 出台, or 完善 with such a document as its last word."""
    text = clause.masked
    if _ENCOURAGED.match(text):
        return False
    if _MAKING.search(text):
        return True
    makes = _MAKES.search(text)
    if makes and (
        _NOUN_INSIDE.search(makes["object"] + "，")
        or "《" in makes["object"]
        or _NOUN_LAST.search(clause.text)
    ):
        return True
    improves = _IMPROVES.match(text)
    return bool(improves and _NOUN_LAST.search(clause.text) and not _NO_REGULATION.search(text))


def is_build(clause: ClauseText) -> bool:
    """Something whose existence can be checked is to be built."""
    if _NOT_BUILT.search(clause.masked):
        return False
    builds = _BUILDS.match(clause.masked)
    if builds and any(_BUILT.search(part) for part in _parts(clause, builds.start("object"))):
        return True
    stage = _STAGE.match(clause.masked)
    if stage and any(_BUILDING.search(p) or _PILOT.search(p) for p in _parts(clause, stage.start("object"))):
        return True
    return bool(_PROJECT.match(clause.masked) or _SYSTEM.match(clause.masked))


def is_campaign(clause: ClauseText) -> bool:
    """A phased activity with a name, or with a mark of one (专项, 集中, 行动, 攻坚, 回头看…)."""
    if _NO_CAMPAIGN.search(clause.masked):
        return False
    if _CONCENTRATED.match(clause.masked):
        return True
    head = _CAMPAIGN_HEAD.match(clause.masked)
    if not head:
        return False
    marks = (_SPECIAL, _NAMED_WORK, _QUOTED_WORK, _TITLED_WORK, _DRIVE)
    return any(mark.search(part) for part in _parts(clause, head.start("object")) for mark in marks)


def _parts(clause: ClauseText, start: int) -> list[str]:
    """The members of an enumeration, as written, cut where the mark stands outside quotation marks."""
    cuts = [m.span() for m in _LISTED.finditer(clause.masked, start)]
    out: list[str] = []
    at = start
    for left, right in [*cuts, (len(clause.text), len(clause.text))]:
        out.append(clause.text[at:left].rstrip("。；， "))
        at = right
    return out
