"""Which sentence of the upper document is taken up by which of the lower one. Pure.

How two clauses are compared:
1. both are normalised: punctuation, numbers of acts, the names of the two levels (省、市、我省 …) go;
2. they become sets of neighbouring characters (pairs and triples), each weighed by how rare it is in both
   documents together (inverse document frequency, squared): 专项整治 says little, 下店上宅 says all;
3. likeness = shared weight / geometric mean of both weights (Ochiai's coefficient, 1957), lifted by how
   much of the shorter clause lies in the longer one, because one level often splits or joins sentences;
4. their items are compared the same way, by title and by all that stands in them: two sentences on cases
   are more likely one matter when their neighbours speak of the same; kind and quantity by agreement.

Who belongs together: every clause names its best counterpart on the other side; a pair stands when either
names the other and the score is high enough, or when both do, with a lower one. One-to-one matching was
tried and dropped: a sentence of the province is often split over two of the city, and one of the city often
serves two of the province.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

# What the parts of the score weigh; together 1. Words decide; the item keeps like phrases of other trades
# apart (安全教育培训 of fireworks and of mines); kind and quantity only break ties.
WORDS: Final = 0.64
ITEM: Final = 0.26
KIND: Final = 0.04
QUANTITY: Final = 0.06
# Of the likeness of words: the coefficient, and how much of the shorter clause lies in the longer.
BOTH: Final = 0.6
# A clause of a few common words lies in many others. What it holds is measured as if it weighed at least
# this share of a usual clause, so that 落实主体责任 does not lie “wholly” in every sentence that has it.
LIGHTEST: Final = 0.5
# Below this a pair is not proposed. Set by eye on the province's document of 2022 and the city's of 2023:
# four of five proposals are right (tests/data/alignment-checked.csv), just below it fewer than half are.
PARTLY_FROM: Final = 0.25
# One sentence is often split over several; but where its own counterpart is more than twice as like, a
# further one only shares stock words (建强应急抢险救援力量 is not 提高抢险救援水平).
SPLIT: Final = 0.47
# Where each is the other's best, less is enough: 尾矿库闭库销号 in other words than the province's. Below
# this share of the upper clause found again, even such a pair is chance.
MUTUAL_FROM: Final = 0.15
MUTUAL_HELD: Final = 0.15
# From here on, with most of the upper clause found again, the upper clause counts as covered.
COVERED_FROM: Final = 0.42
MOST_OF_IT: Final = 0.5
# A clause whose words hardly meet is no counterpart, however alike the items are.
LEAST_WORDS: Final = 0.08
# Grams shared by more clauses than this say nothing of a pair, and cost the most to compare.
TOO_COMMON: Final = 0.25

_SIGNS: Final = re.compile(r"[\s\W_]+")
# Verbs and adverbs of every document: two sentences that share only these share nothing.
_EMPTY: Final = re.compile(
    r"健全完善|建立健全|进一步|加强|强化|持续|深入|扎实|全面|大力|切实|严格|推进|推动|开展|组织|落实|执行|健全|完善"
    r"|加快|积极|着力|做好|不断|突出|重点|加大|深化|有效|提升|提高|督促|指导|实施|坚决|有序|及时|力度|工作"
    r"|严厉打击|严厉查处|违法违规行为|违法行为|安全生产|安全|各地区|各部门|有关部门|各地|行业领域|领域|行业"
)
# Names of a level and phrases of every document; they differ, or agree, without meaning anything.
_LEVEL: Final = re.compile(
    r"江西省|上饶市|全省|全市|全县|我省|我市|我县|各设区市|省级|市级|县级|省安委会?办?公?室?|市安委会?办?公?室?"
    r"|安委会|安委办|党的二十大|习近平总书记"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One obligation of a document, as the comparison needs it. `key` and `item` are the caller's own."""

    key: int
    quote: str
    item: str = ""
    title: str = ""
    kind: str = ""
    value: Decimal | float | None = None
    unit: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed row: covered, partly, missing or new; score in [0, 1], 0 where one side is absent."""

    upper: int | None
    lower: int | None
    relation: str
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A counterpart with its score in [0, 1]; `held` is how much of the upper clause is found in it."""

    upper: int
    lower: int
    score: float
    held: float


Weights = Mapping[str, float]
Grams = frozenset[str]


def align(upper: Sequence[Clause], lower: Sequence[Clause]) -> list[Pair]:
    """Every clause of both documents in at least one row: uppers in order, then the lower one's own."""
    found = compare(upper, lower)
    chosen = _named(found)
    pairs: list[Pair] = []
    by_upper: dict[int, list[Candidate]] = defaultdict(list)
    for one in chosen:
        by_upper[one.upper].append(one)
    for clause in upper:
        mine = sorted(by_upper[clause.key], key=lambda one: (-one.score, one.lower))
        pairs += [Pair(one.upper, one.lower, relation(one), round(one.score, 4)) for one in mine]
        if not mine:
            pairs.append(Pair(clause.key, None, "missing", 0.0))
    taken = {one.lower for one in chosen}
    pairs += [Pair(None, one.key, "new", 0.0) for one in lower if one.key not in taken]
    return pairs


def relation(one: Candidate) -> str:
    """covered or partly."""
    return "covered" if one.score >= COVERED_FROM and one.held >= MOST_OF_IT else "partly"


def compare(
    upper: Sequence[Clause], lower: Sequence[Clause], at_least: float = MUTUAL_FROM
) -> list[Candidate]:
    """All pairs whose score reaches `at_least`, unordered."""
    words = [grams(one.quote) for one in (*upper, *lower)]
    above, below = words[: len(upper)], words[len(upper) :]
    rare = weights(words)
    heavy = [_sum(one, rare) for one in words]
    least = LIGHTEST * (median(heavy) if heavy else 0.0)
    context = _Items(upper, lower, above, below)
    posted: dict[str, list[int]] = defaultdict(list)
    for place, mine in enumerate(below):
        for gram in mine & rare.keys():
            posted[gram].append(place)
    found: list[Candidate] = []
    for at, clause in enumerate(upper):
        shared: dict[int, float] = defaultdict(float)
        for gram in sorted(above[at] & rare.keys()):
            for place in posted[gram]:
                shared[place] += rare[gram]
        for place, common in shared.items():
            other = lower[place]
            alike = likeness(common, heavy[at], heavy[len(upper) + place], least)
            if alike < LEAST_WORDS:
                continue
            score = (
                WORDS * alike
                + ITEM * context.alike(clause.item, other.item)
                + KIND * (clause.kind == other.kind)
                + QUANTITY * _same_quantity(clause, other)
            )
            if score >= at_least:
                found.append(Candidate(clause.key, other.key, score, common / max(heavy[at], least)))
    return found


def likeness(shared: float, one: float, other: float, least: float = 0.0) -> float:
    """From the shared weight and both weights: 0 nothing in common, 1 the same words."""
    if not one or not other:
        return 0.0
    held = shared / max(min(one, other), least)
    return BOTH * shared / math.sqrt(one * other) + (1 - BOTH) * held


class _Items:
    """How alike the items of two clauses are: the mean of their titles' likeness and that of their whole."""

    def __init__(
        self, upper: Sequence[Clause], lower: Sequence[Clause], above: Sequence[Grams], below: Sequence[Grams]
    ) -> None:
        self.titles: dict[tuple[bool, str], Grams] = {}
        self.whole: dict[tuple[bool, str], Grams] = {}
        for side, clauses, words in ((True, upper, above), (False, lower, below)):
            for clause, mine in zip(clauses, words, strict=True):
                key = (side, clause.item)
                self.titles[key] = grams(clause.title)
                self.whole[key] = self.whole.get(key, frozenset()) | mine
        self.rare_titles = weights(list(self.titles.values()))
        self.rare = weights(list(self.whole.values()))
        self.known: dict[tuple[str, str], float] = {}

    def alike(self, upper: str, lower: str) -> float:
        """In [0, 1]."""
        if (upper, lower) not in self.known:
            one, other = (True, upper), (False, lower)
            titles = _ochiai(self.titles[one], self.titles[other], self.rare_titles)
            whole = _ochiai(self.whole[one], self.whole[other], self.rare)
            # Whole items never meet as closely as single sentences do: a third is already much.
            self.known[upper, lower] = (titles + min(1.0, 3 * whole)) / 2
        return self.known[upper, lower]


def grams(text: str, sizes: tuple[int, ...] = (2, 3)) -> Grams:
    """The neighbouring characters of a normalised text."""
    return frozenset(
        part[at : at + size] for part in parts(text) for size in sizes for at in range(len(part) - size + 1)
    )


def parts(text: str) -> list[str]:
    """What a text says: without the names of levels, spaces and signs, parted where an empty word stood."""
    plain = _SIGNS.sub("", _LEVEL.sub("", text)).lower()
    return [part for part in _EMPTY.sub(" ", plain).split() if len(part) > 1]


def weights(sets: Sequence[Grams]) -> dict[str, float]:
    """{gram: weight} by how few of the clauses have it; those of too many are left out."""
    count = Counter(gram for one in sets for gram in one)
    total = max(len(sets), 1)
    return {
        gram: math.log(1 + total / times) ** 2
        for gram, times in count.items()
        if times <= max(TOO_COMMON * total, 2)
    }


def _named(found: Iterable[Candidate]) -> list[Candidate]:
    """The pairs in which one clause is the other's best, well enough."""
    best: dict[tuple[str, int], Candidate] = {}
    for one in found:
        for side in (("upper", one.upper), ("lower", one.lower)):
            held = best.get(side)
            if held is None or (one.score, -one.upper, -one.lower) > (held.score, -held.upper, -held.lower):
                best[side] = one
    kept = []
    for one in dict.fromkeys(best.values()):
        mine, theirs = best["upper", one.upper], best["lower", one.lower]
        if mine is one and theirs is one:
            enough = one.score >= PARTLY_FROM or one.held >= MUTUAL_HELD
        else:
            enough = one.score >= max(PARTLY_FROM, SPLIT * max(mine.score, theirs.score))
        if enough:
            kept.append(one)
    return kept


def _same_quantity(one: Clause, other: Clause) -> float:
    """1 where both write the same number or cadence, half where only one writes any, 0 where they differ."""
    if (one.value, one.period) == (other.value, other.period):
        return 1.0 if one.value is not None or one.period else 0.5
    if (one.value is None and not one.period) or (other.value is None and not other.period):
        return 0.25
    return 0.0


def _ochiai(one: Grams, other: Grams, rare: Weights) -> float:
    both = _sum(one, rare) * _sum(other, rare)
    return _sum(one & other, rare) / math.sqrt(both) if both else 0.0


def _sum(mine: Iterable[str], rare: Weights) -> float:
    # In a fixed order: the last digits of a sum depend on it, and a proposal must not.
    return sum(rare.get(gram, 0.0) for gram in sorted(mine))
