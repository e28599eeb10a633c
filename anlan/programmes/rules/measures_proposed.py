"""Which measure could judge an obligation: proposals from its words, for a person to confirm.

A measure is proposed when the words that its label stands for are in the sentence. `VOCABULARY` says in
which words documents speak of what the ledgers count; labels that it does not know are compared by pairs
of neighbouring characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 3
TIMES = frozenset({"次", "场", "期", "班"})
# Kinds that may ask for no number; the measure then tells and does not judge.
NUMBERLESS = frozenset({"standing", "campaign", "regulation", "build"})
_ENOUGH = 0.6
_COUNTERS = re.compile(r"(次数|数量|起数|人数|个数|家数|总数|数|率|比例|占比|情况)$")
# What a label speaks of (left) is what documents write (right).
VOCABULARY: tuple[tuple[str, str], ...] = (
    (r"学习", r"学习|研讨|宣讲"),
    (r"培训", r"培训|轮训"),
    (r"警示日", r"警示日|警示教育(?!片)"),
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
    (r"重大.*隐患", r"(?<!举报)重大(安全|问题|事故)?隐患"),
    (r"隐患", r"隐患.{0,10}(排查|治理|整治)|(排查|整治|治理).{0,50}隐患"),
    (r"执法.*(案例)", r"典型.{0,4}(执法)?案例"),
    (r"(检查|执法|督查|暗访)", r"执法检查|明查暗访|明察暗访|四不两直|督导检查|监督检查"),
    (r"事故", r"事故.{0,6}(起数|死亡|查处|调查|挂牌)|(控制|遏制|根绝|减少).{0,8}事故"),
    (r"举报", r"举报"),
    (r"尾矿库.*包保", r"尾矿库.{0,10}包保"),
    (r"包保", r"重大危险源.{0,10}包保|(?<!尾矿库安全)包保责任"),
    (r"带班", r"(矿长|领导).{0,4}带班"),
    (r"作业确认", r"安全作业确认|岗位风险告知"),
    (r"四色|^(重大|较大|一般|低)风险点", r"四色|红橙黄蓝"),
    (r"未复核风险点", r"风险.{0,10}(复核|动态评估)"),
    (r"风险点|风险分级|风险.*(辨识|评估|管控)", r"风险.{0,8}(辨识|评估|分级)|双重预防"),
    (r"重大危险源.*(接入|监测)", r"重大危险源.{0,16}(联网|在线|监测|监控|接入)"),
    (r"重大危险源.*备案", r"重大危险源.{0,12}备案"),
    (r"级重大危险源", r"[一二三四]级重大危险源"),
    (r"重大危险源", r"重大危险源"),
    (r"头顶库", r"头顶库"),
    (r"电子封条", r"电子封条"),
    (r"尾矿库.*销号", r"尾矿库.{0,16}(减少|闭库|销号|关闭)"),
    (r"尾矿库", r"尾矿库.{0,6}(总数|底数|数量)"),
    (r"关闭非煤矿山", r"非煤矿山.{0,12}(关闭|退出)|关闭.{0,16}非煤矿山"),
    (r"假证", r"假证|假冒.{0,12}证书"),
    (r"(核验|人员)证书|证书过期", r"(特种作业|从业人员|上岗).{0,6}证.{0,8}(核查|核验|查验|过期)"),
    (r"证照过期", r"(证照|许可证).{0,10}(过期|到期)|无证"),
    (r"吊销", r"(吊销|注销).{0,8}(证|照)"),
    (r"关闭退出企业", r"(关闭|淘汰|退出).{0,8}企业|企业.{0,10}(关闭|退出)|落后产能"),
    (r"(在产|在册)企业", r"(在产|在册).{0,4}企业|企业(总数|底数|家底|名录)"),
    (r"安全管理人员配备", r"安全(生产)?管理(人员|机构)|安全总监"),
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
    same pieces; how often something is done by anything that counts times. What asks for no number is not
    judged: any figure may stand beside it."""
    if kind in NUMBERLESS:
        return True
    if kind == "coverage" or unit in ("%", "％"):
        return measure_unit == "%"
    if kind == "cadence":
        return measure_unit in TIMES if unit in ("", "次") else unit == measure_unit
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
