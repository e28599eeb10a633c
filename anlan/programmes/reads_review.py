"""What the review asks: which units a role stands for, what is still open, who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Q

from anlan.kernel import registry
from anlan.kernel.scope import under
from anlan.org import reads as org_reads
from anlan.org.models import Industry, Region, Unit, UnitGroup
from anlan.org.models.dated import on_day
from anlan.org.rules.groups import Group, OrgChart, Resolution, Standing
from anlan.programmes.compiler.gazetteer import Gazetteer, load_gazetteer
from anlan.programmes.models import DraftItem, Edition, Finding, Obligation, Programme, Sentence
from anlan.programmes.rules.editions_diff import Change, compare, pieces
from anlan.programmes.rules.publishing import plain, reasons
from anlan.programmes.rules.roles import fresh_role

LEVELS = {"province": 0, "city": 1, "county": 2, "zone": 2, "town": 2}
_REASON = "the offices that a document names are looked up in the whole chart"


class Office(NamedTuple):
    """Of a unit what looking it up needs: instances of all offices of a province would take half a second."""

    pk: int
    name: str
    region_path: str
    family: str | None


@dataclass
class Resolver:
    """Finds the units behind the roles of one document of `region` on `day`. One chart for all groups."""

    region: Region
    day: date
    gazetteer: Gazetteer = field(default_factory=load_gazetteer)

    @cached_property
    def chart(self) -> OrgChart:
        """The org chart of the day, at and below the region."""
        return org_reads.org_chart(self.region).on(self.day)

    @cached_property
    def groups(self) -> dict[str, str]:
        """{pattern: key} of the known groups."""
        rows = UnitGroup.objects.unscoped("reading a document's groups")
        return {one.pattern: one.key for one in rows}

    @cached_property
    def _known(self) -> list[Group]:
        """The known groups with their spellings."""
        return org_reads.known_groups()

    @cached_property
    def _units(self) -> dict[str, list[Office]]:
        """Offices of the day by each of their names: of the region, above it and below it."""
        above = [part for path in self.region.all_paths for part in _above(path)]
        place = under("region_path", self.region.all_paths) | Q(region_path__in=above)
        found: dict[str, list[Office]] = {}
        rows = Unit.objects.unscoped(_REASON).filter(place, on_day(self.day)).order_by("region_path", "id")
        columns = ("pk", "name", "region_path", "family__key", "short_name", "aliases")
        for pk, name, path, family, short, aliases in rows.values_list(*columns):
            unit = Office(pk, name, path, family)
            for spelled in {name, short, *aliases} - {""}:
                found.setdefault(spelled, []).append(unit)
        return found

    @cached_property
    def _by_family(self) -> dict[tuple[str, str], Office]:
        return {
            (unit.family, unit.region_path): unit
            for units in self._units.values()
            for unit in units
            if unit.family is not None
        }

    @cached_property
    def _topics(self) -> list[tuple[str, str]]:
        rows = Industry.objects.unscoped("topics of an item")
        return [(slug, name) for slug, name in rows.values_list("slug", "name")]

    def roles(self, compiled: Sequence[Mapping[str, Any]], words: str) -> list[dict[str, Any]]:
        """The compiled roles of one item with their units; `words` is the item's text, for its topics."""
        found = [self._unit_role(one) if one["kind"] == "unit" else None for one in compiled]
        named = [unit for one in found if one for unit in one["units"]]
        return [
            ready if ready is not None else self._group_role(one, words, named)
            for one, ready in zip(compiled, found, strict=True)
        ]

    def _unit_role(self, one: Mapping[str, Any]) -> dict[str, Any]:
        unit = self.unit(one["name"], one["resolved"])
        if unit is None:
            return fresh_role(
                one, problems=[f"单位台账里没有“{one['name']}”。请选一个单位，或写明不派的理由。"]
            )
        return fresh_role(one, units=[unit.pk], state="resolved", who="按单位台账")

    def unit(self, name: str, resolved: str | None) -> Office | None:
        """The office of that name: in the region itself, else above, else the only one below."""
        for spelled in dict.fromkeys((name, resolved or "")):
            found = self._units.get(spelled, [])
            own = [unit for unit in found if unit.region_path == self.region.path]
            if own or len(found) == 1:
                return (own or found)[0]
        match = self.gazetteer.unit(resolved or name, LEVELS.get(self.region.level))
        if match is None:
            return None
        level = next((n for letter, n in (("省", 0), ("市", 1)) if name.startswith(letter)), None)
        home = LEVELS.get(self.region.level, 1)
        if level is not None and level > home:
            return None
        for path in _above(self.region.path):
            if level is None or len(path.rstrip("/").split("/")) == level + 1:
                unit = self._by_family.get((match.row.unit_id, path))
                if unit is not None:
                    return unit
        return None

    def _group_role(self, one: Mapping[str, Any], words: str, named: Sequence[int]) -> dict[str, Any]:
        topics = [slug for slug, name in self._topics if len(name) > 1 and name in words]
        answer = org_reads.resolve_group(
            one["name"],
            self.region,
            self.day,
            industries=topics,
            named=named,
            chart=self.chart,
            known=self._known,
        )
        if answer is None and one["resolved"]:
            answer = org_reads.resolve_group(
                one["resolved"],
                self.region,
                self.day,
                industries=topics,
                named=named,
                chart=self.chart,
                known=self._known,
            )
        if answer is None:
            return fresh_role(one, problems=[f"不知道“{one['name']}”指哪些单位。请逐个选定。"])
        return self._answered(one, answer, named)

    def _answered(self, one: Mapping[str, Any], answer: Resolution, named: Sequence[int]) -> dict[str, Any]:
        # Units named beside a group answer under their own role already.
        picks = [pick for pick in answer.picks if pick.office.id not in named]
        candidates = [
            {
                "unit": pick.office.id,
                "name": pick.office.name,
                "standing": pick.standing.value,
                "reason": pick.reason,
            }
            for pick in picks
        ]
        sure = [pick.office.id for pick in picks if pick.standing is not Standing.SUGGESTED]
        settled = {
            "group": answer.question.key,
            "candidates": candidates,
            "units": sorted(sure),
            "decisions": [
                *answer.decisions,
                *(["原文以“等”结尾，是否还有别的单位"] if answer.open_list else []),
            ],
            "problems": list(answer.problems),
        }
        if answer.ready and sure and not answer.open_list and not _to_tick(answer):
            return fresh_role(one, **settled, state="resolved", who="按规则")
        return fresh_role(one, **settled)


def _to_tick(answer: Resolution) -> bool:
    """Whether only the office knows who belongs to it."""
    return bool(answer.decisions) or any(pick.standing is Standing.SUGGESTED for pick in answer.picks)


def _above(path: str) -> list[str]:
    """The path and all above it, the nearest first."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)]


def region_of(programme: Programme) -> Region:
    """The region whose document it is."""
    return programme.issuer.region


def known_measures() -> list[tuple[str, str]]:
    """(key, label) of every registered measure."""
    return [(one.key, one.label) for one in registry.declared("MEASURES")]


def drafts_of(edition: Edition) -> list[DraftItem]:
    """The items of an edition in order; the caller has found the edition visible."""
    rows = DraftItem.objects.unscoped("items of an edition that the caller has found visible")
    return _of(edition, rows.filter(edition=edition).order_by("position"))


def findings_of(edition: Edition) -> list[Finding]:
    """The doubts of an edition in the order of the text; the caller has found the edition visible."""
    rows = Finding.objects.unscoped("doubts of an edition that the caller has found visible")
    return _of(edition, rows.filter(edition=edition).order_by("start", "id"))


def _of(edition: Edition, rows: Iterable[Any]) -> list[Any]:
    """The rows, each knowing the edition at hand: joined, its whole reading would come with every row."""
    found = list(rows)
    for one in found:
        one.edition = edition
    return found


def what_hinders(edition: Edition) -> list[str]:
    """Why the edition cannot be published yet, in words; empty when it can."""
    drafts = drafts_of(edition)
    unsettled = sum(1 for one in findings_of(edition) if not one.settled_by)
    return reasons([(one.no, one.body, bool(one.confirmed_by)) for one in drafts], unsettled)


def comparison(edition: Edition) -> tuple[Edition | None, list[Change], dict[int, str]]:
    """The edition to compare with, the comparison, and by old sentence what hangs on it.

    Compared is the edition in force before this one, else the one numbered before it. What hangs on a
    sentence that changed or goes: its obligations in force with the number of their duties, in words.
    """
    rows = Edition.objects.unscoped("editions of a programme that the caller has found visible")
    earlier = rows.filter(programme=edition.programme, no__lt=edition.no).exclude(text=None)
    before = earlier.exclude(published_at=None).order_by("-no").first() or earlier.order_by("-no").first()
    if before is None or before.text is None or edition.text is None:
        return None, [], {}
    old = pieces(before.text.text, _spans(before))
    new = pieces(edition.text.text, _spans(edition))
    changes = compare(old, new)
    return before, changes, _hanging(edition, changes)


def _spans(edition: Edition) -> list[tuple[int, int]]:
    rows = Sentence.objects.filter(edition=edition).order_by("start").values_list("start", "end")
    return [(start, end) for start, end in rows]


def _hanging(edition: Edition, changes: Sequence[Change]) -> dict[int, str]:
    reason = "what a new edition would end"
    rows = Obligation.objects.unscoped(reason).filter(item__programme=edition.programme, ended=None)
    found = list(rows.annotate(units=Count("duties", filter=~Q(duties__state="ended"))))
    out: dict[int, str] = {}
    for one in changes:
        if one.kind in ("unchanged", "new") or one.old is None:
            continue
        kept = plain(one.new.words) if one.new else ""
        here = [row for row in found if one.old.start <= row.start < one.old.end]
        ending = [row for row in here if plain(row.quote) not in kept]
        if ending:
            units = sum(row.units for row in ending)
            out[one.old.start] = f"任务 {'、'.join(row.ref for row in ending)}，涉及 {units} 项单位职责"
    return out
