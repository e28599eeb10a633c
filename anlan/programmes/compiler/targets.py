"""Goals of the whole document, from its general requirements: accidents, deaths, rates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anlan.programmes.compiler.clauses import mask
from anlan.programmes.compiler.document import Target
from anlan.programmes.compiler.mapped import Mapped, Quoter
from anlan.programmes.compiler.quantities import Quantity, quantities

_SENTENCE = re.compile(r"[^。；！：\n]+")
_AIM = re.compile(
    r"(?:根绝|杜绝|遏制|防范|控制|减少|压减|下降|降幅|双下降|不发生|零发生|“零”|严控|防止|避免|压降|降低|扼制)[^，]{0,30}(?:事故|死亡|亡人|伤亡)"
    r"|(?:事故|死亡|亡人|伤亡)[^，]{0,40}(?:下降|降幅|减少|双下降|为零|零发生|零增长|零死亡|控制在|降低|持平|不超过)"
    r"|零(?:死亡|亡人|事故|伤亡)|不发生[^，]{0,30}(?:事故|事件)|三个不发生|四个不发生"
    r"|(?:率|起数|人数|总量|次数|覆盖面|达标|应用|系统)[^，]{0,24}\d+(?:\.\d+)?(?:%|个百分点|以内|以下|以上)|率[^，]{0,16}\d"
    r"|控制在[^，]{0,8}\d"
    r"|完成[^，]{0,40}(?:各项任务|目标任务|工作任务|控制指标|考核指标|工作目标)"
    r"|(?:死亡率|受伤率|整改率|合格率|覆盖率|达标率|万车死亡|亿元)[^，]{0,30}(?:\d|零|下降|以内|以下|以上)"
)
_ZERO = re.compile(r"根绝|杜绝|(?<!个)不发生|零发生|“零”|零死亡|零事故|零亡人|零伤亡|零增长")
_SEVERITY = re.compile(r"特别重大|重特大|较大及以上|较大以上|重大|较大|一般|(?<!死)亡人|生产安全")
_SUBJECT = re.compile(
    r"^(?:其中|力争|确保|实现|努力|切实|坚决|有效|同时|，)*(?P<subject>[^，]{2,60}?)(?:等)?(?:的)?(?:生产安全)?(?:事故|死亡)"
)
_MEASURED = re.compile(r"双下降|双降|持平|零增长|下降\d")
_VERBS = re.compile(r"^(?:其中|力争|确保|实现|努力|切实|坚决|有效|同时|全年|全[省市县区州旗]|的)+")
_PLACE = re.compile(r"地区|[\u4e00-\u9fff]{2}、[\u4e00-\u9fff]{2}、|领域|行业|业、|[省市县区]$")
_LETTER = {0: "全省", 1: "全市", 2: "全县"}


def read_targets(texts: Iterable[Mapped], quoter: Quoter, home: int | None) -> tuple[Target, ...]:
    """The goals that the texts state, in order; an aim without a figure has value None."""
    out: list[Target] = []
    for text in texts:
        masked = mask(text.text)
        for sentence in _SENTENCE.finditer(masked):
            out += _sentence(text, masked, sentence.start(), sentence.end(), quoter, home)
    return tuple(out)


def _sentence(
    text: Mapped, masked: str, start: int, end: int, quoter: Quoter, home: int | None
) -> list[Target]:
    runs: list[tuple[int, int]] = []
    at = start
    for stop in [*(m.start() for m in re.finditer("，", masked[start:end])), end - start]:
        left, right = at, start + stop
        at = right + 1
        clause = text.text[left:right]
        if not _AIM.search(clause):
            continue
        if runs and _continues(text.text[runs[-1][0] : runs[-1][1]], clause) and runs[-1][1] == left - 1:
            runs[-1] = (runs[-1][0], right)
        else:
            runs.append((left, right))
    return [_target(text, a, b, quoter, home) for a, b in runs]


def _continues(before: str, clause: str) -> bool:
    """`有效控制较大事故，事故起数降幅达到两位数以上`: the figure belongs to the aim before it."""
    if quantities(mask(before)):
        return False
    if _ZERO.search(before) and quantities(mask(clause)):
        return False
    if _MEASURED.search(before) or _own_subject(clause):
        return False
    same_zero = bool(_ZERO.search(before) and _ZERO.search(clause))
    own = _SEVERITY.search(clause)
    return same_zero or (
        bool(quantities(mask(clause))) and (own is None or own.group() in before) and not _subject(clause)
    )


def _own_subject(clause: str) -> bool:
    """Does a figure name what it counts (火灾死亡人数, 万车死亡率), and not only 事故起数 or 死亡人数?"""
    plain = _VERBS.sub("", clause)
    counted = re.search(r"(?:生产安全)?(?:事故|死亡)", plain)
    return "率" in plain or bool(counted and counted.start() > 1 and not _SEVERITY.match(plain))


def _target(text: Mapped, start: int, end: int, quoter: Quoter, home: int | None) -> Target:
    clause = text.text[start:end]
    figure = next(iter(quantities(mask(clause))), None)
    zero = figure is None and _ZERO.search(clause)
    span = text.span(start, end)
    return Target(
        quote=quoter.quote(span),
        span=span,
        indicator=_indicator(clause),
        scope=_subject(clause) or _LETTER.get(home if home is not None else -1),
        comparator="=" if zero else _comparator(figure, clause),
        value=0 if zero else (figure.value if figure else None),
        unit="起" if zero else (figure.unit if figure else None),
    )


def _comparator(figure: Quantity | None, clause: str) -> str | None:
    if figure is None:
        return None
    return ">=" if re.search("至少", clause) and figure.comparator == "=" else figure.comparator


def _indicator(clause: str) -> str:
    """What is counted: 重特大事故起数, 死亡人数降幅…"""
    severity = _SEVERITY.search(clause)
    grade = (severity.group() if severity else "") + "事故"
    falls = "降幅" if re.search("下降|降幅|降低|减少", clause) and re.search(r"\d|两位数", clause) else ""
    if re.search("任务|指标|目标", clause) and "事故" not in clause:
        return "任务完成情况"
    if "死亡" in clause:
        return ("" if grade == "事故" else grade) + "死亡人数" + falls
    return grade + "起数" + falls


def _subject(clause: str) -> str | None:
    """The regions or industries that a goal names."""
    found = _SUBJECT.match(clause)
    subject = found["subject"].removesuffix("的") if found else ""
    return (
        subject
        if _PLACE.search(subject) and not re.search("根绝|杜绝|遏制|防范|控制|减少", subject)
        else None
    )
