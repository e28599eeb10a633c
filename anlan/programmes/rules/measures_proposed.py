"""Which measure could judge an obligation: proposals from its words, for a person to confirm.

A measure is proposed when the words that its label stands for are in the sentence. `VOCABULARY` says in
which words documents speak of what the ledgers count; labels that it does not know are compared by pairs
of neighbouring characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 3
_ENOUGH = 0.6
_COUNTERS = re.compile(r"(次数|数量|起数|人数|个数|家数|总数|数|率|比例|占比|情况)$")
# What a label speaks of (left) is what documents write (right).
VOCABULARY: tuple[tuple[str, str], ...] = (
    (r"学习", r"学习|研讨|宣讲"),
    (r"培训", r"培训|轮训|教育"),
    (r"警示日", r"警示日|警示教育"),
    (r"演练", r"演练"),
    (r"会议", r"会议|常务会|常委会|研究部署|专题研究"),
    (r"宣传", r"宣传|安全生产月|“五进”|进企业"),
    (r"双报告", r"双报告|职代会|职工(代表)?大会"),
    (r"挂牌|摘牌", r"隐患.{0,40}挂牌|挂牌督办.{0,10}隐患"),
    (r"隐患.*自查|自查.*隐患", r"自查|企业.{0,16}隐患.{0,4}排查"),
    (r"隐患.*覆盖", r"全覆盖.{0,12}隐患|隐患.{0,16}(全覆盖|大排查)|(全面|全方位|拉网式).{0,8}排查"),
    (r"隐患.*天数", r"隐患.{0,12}(及时整改|整改时限|限期)"),
    (r"隐患.*资金", r"隐患.{0,12}(资金|经费)"),
    (r"隐患.*(逾期|按期)", r"隐患.{0,8}(逾期|超期|限期|按期)"),
    (r"未销号", r"存量.{0,6}隐患|隐患.{0,12}(清零|存量)"),
    (r"重大.*隐患.*(整改|销号)", r"重大.{0,6}隐患.{0,30}(整改|销号|治理|攻坚|整治)|整改重大.{0,6}隐患"),
    (r"隐患.*(整改|销号|闭环)", r"隐患.{0,12}(整改|销号|闭环|清零)"),
    (r"重大.*隐患", r"重大.{0,6}隐患"),
    (r"隐患", r"隐患.{0,10}(排查|治理|整治)|(排查|整治|治理).{0,50}隐患"),
    (r"执法.*(案例)", r"典型.{0,4}(执法)?案例"),
    (r"(检查|执法|督查|暗访)", r"执法检查|明查暗访|明察暗访|四不两直|督导检查|监督检查"),
    (r"事故", r"事故.{0,6}(起数|死亡|查处|调查|挂牌)|(控制|遏制|根绝|减少).{0,8}事故"),
    (r"举报", r"举报"),
    (r"风险.*(辨识|评估|管控)", r"风险.{0,8}(辨识|评估|管控|分级)"),
    (r"(重大危险源)", r"重大危险源"),
    (r"尾矿库", r"尾矿库"),
    (r"非煤矿山", r"非煤矿山"),
    (r"(联网|在线|监测)", r"联网|在线监测|监测预警|物联网"),
    (r"(责任险|安责险)", r"安责险|责任保险"),
    (r"标准化", r"标准化"),
    (r"预案", r"预案"),
)


def propose(sentence: str, measures: Iterable[tuple[str, str]]) -> list[str]:
    """At most three measure keys for a sentence, the likeliest first; `measures` are (key, label)."""
    found = []
    for key, label in measures:
        score = _score(sentence, label)
        if score >= _ENOUGH:
            found.append((-score, key))
    return [key for _, key in sorted(found)[:MOST]]


def fits(kind: str, unit: str, measure_unit: str) -> bool:
    """Whether a figure in this unit can judge an obligation of this kind: percent by percent, pieces by the
    same pieces; how often something is done by anything that counts times."""
    if kind == "coverage" or unit in ("%", "％"):
        return measure_unit == "%"
    if kind == "cadence":
        return measure_unit not in ("%", "元") and unit in ("", "次", measure_unit)
    return not unit or unit == measure_unit


def for_goal(indicator: str, drop: bool, unit: str, measures: Iterable[tuple[str, str, str]]) -> list[str]:
    """Measure keys whose name is that of a goal's indicator, the likeliest first; (key, label, unit).

    A drop is measured by what is counted, never by a percentage; everything else in the goal's own unit.
    """
    core = re.sub(r"(降幅|下降率?|减少率)", "", indicator)
    fitting = [
        (key, label)
        for key, label, counted in measures
        if (counted != "%" if drop else not unit or unit == counted)
    ]
    named = [(-_shared(core, label), key) for key, label in fitting if _same(core, label)]
    return [key for _, key in sorted(named)[:MOST]]


def _same(indicator: str, label: str) -> bool:
    """Whether one name holds the other, without what only says how it is counted."""
    one, other = (_COUNTERS.sub("", re.sub(r"[（(].*?[)）]", "", text)) for text in (indicator, label))
    return len(one) > 1 and len(other) > 1 and (one in other or other in one)


def _score(sentence: str, label: str) -> float:
    for subject, words in VOCABULARY:
        if re.search(subject, label):
            hit = re.search(words, sentence)
            return 0.6 + 0.4 * _shared(sentence, label) if hit else 0.0
    return _shared(sentence, label)


def _shared(sentence: str, label: str) -> float:
    """The share of the label's pairs of characters that the sentence holds."""
    core = _COUNTERS.sub("", re.sub(r"[（(].*?[)）]", "", label))
    pairs = {core[i : i + 2] for i in range(len(core) - 1)}
    return sum(pair in sentence for pair in pairs) / len(pairs) if pairs else 0.0
