"""Fifth stage: the duties of an item, one a clause."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.clauses import DATED, Group, SentenceRange, mask, sentences
from anlan.programmes.compiler.dates import dates, year_end
from anlan.programmes.compiler.document import Obligation
from anlan.programmes.compiler.items import ItemDraft
from anlan.programmes.compiler.kinds import ClauseText, Kind, is_campaign, kind_of
from anlan.programmes.compiler.mapped import Mapped, Quoter
from anlan.programmes.compiler.series import completed, split_also, split_figures

_ADVERBS = f"(?:{vocabulary.one_of('clauses.adverbs')}|、)*"
_COMPLETES = re.compile(rf"^{_ADVERBS}完成(?!率|度)")
_OPENS = re.compile(rf"^{_ADVERBS}(?:组织)?开展(?P<activity>.+)$")
_BARE_YEAR = re.compile(
    r"^(?:其中，?)?(?:到|在|力争)?(?P<year>20\d\d)年度?(?:底|内|底前|末)?(?:计划|前|，|[\u4e00-\u9fff])"
)
_YEAR_OF = re.compile(r"(?P<year>20\d\d)年度(?=[“\u4e00-\u9fff])")
_NOT_A_TERM = re.compile(r"^20\d\d年(?:以来|以后|起|[冬世奥亚])")
_SCOPE = re.compile(r"对(?P<scope>[^，。]{2,60}?)(?:全部|全面)?(?:开展|进行|实施|组织|实行|依法)")
_WORK = re.compile(r"《([^《》]{2,80})》|“([^“”]{2,40})”")
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of an item's body, where it stands in the source, and the duties in it."""

    sentence: SentenceRange
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class ItemReader:
    """Reads the bodies of the items of one document."""

    quoter: Quoter
    year: int | None

    def read(self, item: ItemDraft) -> tuple[ReadSentence, ...]:
        """The sentences of an item with their duties, in order."""
        parsed = item.parsed
        return self.read_text(item.pieces, parsed.due if parsed else None)

    def read_text(self, body: Mapped, due: str | None) -> tuple[ReadSentence, ...]:
        """The sentences of a text; `due` is the date that holds where a clause states none."""
        masked = mask(body.text)
        out: list[ReadSentence] = []
        for sentence in sentences(body.text, masked):
            carried: str | None = None
            found: list[Obligation] = []
            for whole in sentence.groups:
                if not whole.binds or whole.end - whole.start < _SHORTEST:
                    continue
                for group in split_also(masked, whole, self._kind_at(body, masked)):
                    stated = self._stated(masked, group, due)
                    if stated and whole is sentence.groups[0] and _BARE_YEAR.match(masked[group.start :]):
                        carried = stated
                    before = found[-1] if found else None
                    found += self._obligations(body, masked, group, (stated or carried, due), before)
            out.append(ReadSentence(sentence, tuple(found)))
        return tuple(out)

    def title_obligation(self, item: ItemDraft) -> Obligation | None:
        """A title that opens a campaign (开展…) which the body does not name again is a duty itself."""
        title = item.title.text
        opens = _OPENS.match(title)
        if not item.own_title or not opens or opens["activity"] in item.pieces.text:
            return None
        masked = mask(title)
        if not is_campaign(ClauseText(title, masked, masked)):
            return None
        span = item.title.span(0, len(title))
        return Obligation("campaign", (), self.quoter.quote(span), span, named=_names(title))

    @staticmethod
    def _kind_at(body: Mapped, masked: str) -> Callable[[int, int], Kind]:
        def kind_at(start: int, end: int) -> Kind:
            main = masked[start:end]
            return kind_of(ClauseText(body.text[start:end], main, main))

        return kind_at

    def _obligations(
        self,
        body: Mapped,
        masked: str,
        group: Group,
        days: tuple[str | None, str | None],
        before: Obligation | None,
    ) -> list[Obligation]:
        """The duties of a group: one, or one a figure. `days`: the date stated, the date due."""
        dated = DATED.match(masked, group.main_start, group.main_end)
        begin = dated.end() if dated else group.main_start
        main = masked[begin : group.main_end]
        kind = kind_of(ClauseText(body.text[begin : group.main_end], main, masked[group.start : group.end]))
        kind = completed(kind, main, before)
        by = self._by(kind, main, *days)
        parts = split_figures(kind, main)
        if not parts:
            return [self._obligation(body, masked, (group.start, group.end), begin, kind, by)]
        bounds = [group.start, *(begin + part.start for part in parts[1:])]
        ends = [*(begin + part.end for part in parts[:-1]), group.end]
        return [
            self._obligation(body, masked, (start, end), max(start, begin), part.kind, by)
            for start, end, part in zip(bounds, ends, parts, strict=True)
        ]

    def _obligation(
        self, body: Mapped, masked: str, at: tuple[int, int], begin: int, kind: Kind, by: str | None
    ) -> Obligation:
        main = body.text[begin : at[1]]
        span = body.span(*at)
        scope = _SCOPE.search(masked, *at)
        return Obligation(
            kind=kind.kind,
            also=(*kind.also, *(("deadline",) if by else ())),
            quote=self.quoter.quote(span),
            span=span,
            value=kind.value,
            unit=kind.unit,
            comparator=kind.comparator,
            period=kind.period,
            by=by,
            scope=body.text[scope.start("scope") : scope.end("scope")] if scope else None,
            named=_names(main) if kind.kind in ("regulation", "build", "campaign") else _titles(main),
        )

    def _by(self, kind: Kind, masked: str, stated: str | None, due: str | None) -> str | None:
        if kind.kind == "cadence":
            return None
        if stated:
            return stated
        if due:
            return due
        return year_end(self.year) if self.year and _COMPLETES.match(masked) else None

    def _stated(self, masked: str, group: Group, due: str | None) -> str | None:
        """The date a duty states itself: 6月底前; 2022年计划… and 2023年度 where no clause gives a day."""
        text = masked[group.start : group.end]
        found = [d for d in dates(text, self.year) if not text.startswith("以来", d.end)]
        if found:
            return found[0].day
        if due:
            return None
        bare = _BARE_YEAR.match(text) or _YEAR_OF.search(text)
        if bare and not _NOT_A_TERM.match(text) and int(bare["year"]) == self.year:
            return year_end(self.year)
        return None


def _names(text: str) -> tuple[str, ...]:
    return tuple(a or b for a, b in _WORK.findall(text))


def _titles(text: str) -> tuple[str, ...]:
    return tuple(a for a, _ in _WORK.findall(text) if a)
