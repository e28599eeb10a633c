"""Duty clauses: who leads, who works with whom, who presses on, who carries out.

    clause    = part (（，|；）part)*                       省安委会办公室组织，各有关部门分工负责
    part      = label ： list | list [会同 list] predicate   牵头单位：市应急局 | 甲、乙会同各有关部门分工负责
    predicate = 牵头… | …分工负责 | 配合… | 督促… | …落实

The words of each predicate and label are data (`vocabulary.toml`), the names come from the gazetteer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.dates import dates
from anlan.programmes.compiler.document import Role
from anlan.programmes.compiler.gazetteer import Gazetteer
from anlan.programmes.compiler.names import Name, Names, read_names

_LABELS: dict[str, str] = vocabulary.table("labels")
LABEL = re.compile(
    "(?P<label>"
    + vocabulary.one_of("labels")
    + r")(?:（[^（）]{1,12}）)?(?:[：:]|(?<=单位|部门)为(?=[\u4e00-\u9fff]))"
)
_ROLES = ("lead", "joint", "supporting", "overseeing", "implementing")
_PREDICATES = sorted(
    ((word, role) for role in _ROLES for word in vocabulary.words(f"duty.{role}")),
    key=lambda pair: -len(pair[0]),
)
_PREDICATE = re.compile(
    r"(?:(?:按照?|依照?|依据|根据)(?:各自|本)?的?(?:职能职责|职责分工|职责|职能|分工|任务分工))?"
    "(?P<word>" + vocabulary.either(word for word, _ in _PREDICATES) + r")(?:工作|任务|等工作|有关工作)?$"
)
_ROLE_OF = dict(reversed(_PREDICATES))
_AFTER_PREDICATE = re.compile(
    "(?<="
    + ")、|(?<=".join(re.escape(word) for word, _ in _PREDICATES if word not in ("组织", "监督"))
    + ")、"
)
_WITH = re.compile(vocabulary.one_of("duty.with_units") + r"|同(?=各|有关|相关|其他)")
_IS_LABEL = re.compile(
    r"(?:为|作为|是)?(?P<label>" + vocabulary.either(label for label in _LABELS if len(label) > 2) + ")$"
)
_BLANKET = re.compile(
    r"^(?:以下|下列|以上|上述)[^，。；、（）]{0,12}?(?:均|都)?(?:需要|需|须|应|要|由|请|涉及|包括|含)+"
)
_BLANKET_TAIL = re.compile(r"不再(?:一一|逐一|逐条)?(?:列出|列明|重复|注明|标注)|下同")
_IDLE = re.compile(vocabulary.one_of("duty.idle_terms"))
_BARE_MONTH = re.compile(r"^(?:20\d\d年)?\d{1,2}月份?$")
_LETTER = re.compile(r"^[省市县区旗州]")
_PARTY_DEPARTMENT = re.compile(r"^(?:组织部|宣传部|统战部|政法委|网信办|编办|党校|办公室)$")
_NEVER_PREFIXED = ("国家", "中国", "中央", "国网", "驻", "团", "共青团", "民航", "国务院")


_OPEN_ROLES = ("joint", "responsible", "listed", "first")
FIRST_LEADS = re.compile(
    r"(?:排|列|居|在)[^，。；]{0,6}(?:第一位|首位|第一)[^，。；]{0,8}(?:为|是|负责)牵头|首位[^，。；]{0,6}(?:为|是)牵头"
)
"""The sentence with which a document makes the unit named first the lead."""


@dataclass(frozen=True, slots=True)
class ParsedDuty:
    """The reading of one duty clause. `blanket` holds for every item that follows; `due` is YYYY-MM-DD."""

    roles: tuple[Role, ...] = ()
    open_list: bool = False
    due: str | None = None
    blanket: tuple[Role, ...] = ()
    explicit: bool = False
    rest: tuple[str, ...] = ()
    typos: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read so far: parties by role, in order."""

    parties: list[tuple[str, Name]] = field(default_factory=list)
    blanket: list[tuple[str, Name]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    typos: list[str] = field(default_factory=list)
    open_list: bool = False
    due: str | None = None
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class DutyReader:
    """Reads duty clauses of a document: `year` dates them, `home` is the issuer's level (0 省 1 市 2 县)."""

    gazetteer: Gazetteer
    year: int | None = None
    home: int | None = None
    first_leads: bool = False
    """The document says that the unit named first is the lead."""

    def read(self, clause: str) -> ParsedDuty:
        """The parties of a clause, without its outer brackets."""
        reading = _Reading()
        clause = re.sub(r"\s", "", clause)
        labels = list(LABEL.finditer(clause))
        if labels:
            self._labelled(clause, labels, reading)
        else:
            self._predicated(clause, reading)
        return self._finish(reading)

    def read_cells(self, cells: list[tuple[str, str]]) -> ParsedDuty:
        """The parties of a table's row: (role of the column, text of the cell); a cell may hold a clause."""
        reading = _Reading(explicit=True)
        for role, text in cells:
            if role == "due":
                reading.due = reading.due or self._due(text)
            elif role != "person":
                self._list_or_clause(re.sub(r"\s+", "、", text.strip()), role, reading)
        return self._finish(reading)

    def _labelled(self, clause: str, labels: list[re.Match[str]], reading: _Reading) -> None:
        before = clause[: labels[0].start()].strip("，；。、 ")
        if before:
            self._predicated(before, reading)
        for label, after in zip(labels, [*labels[1:], None], strict=True):
            text = clause[label.end() : after.start() if after else len(clause)].strip("，；。、 ")
            role = _LABELS[label["label"]]
            if role == "due":
                reading.due = reading.due or self._due(text)
            elif role != "person":
                self._list_or_clause(text, role, reading)
            reading.explicit = True

    def _list_or_clause(self, text: str, role: str, reading: _Reading) -> None:
        """The words behind a label: mostly a list, sometimes `甲牵头，乙、丙配合`."""
        if any(_PREDICATE.search(part) for part in _parts(text)):
            self._predicated(text, reading, otherwise=role)
            return
        self._add(read_names(text, self.gazetteer), role, reading)

    def _predicated(self, clause: str, reading: _Reading, otherwise: str | None = None) -> None:
        held = ""
        for part in _parts(clause):
            text = part.strip(" 、。")
            if not text or _BLANKET_TAIL.search(text) or _IDLE.fullmatch(text):
                continue
            blanket = _BLANKET.match(text)
            if blanket:
                text = text[blanket.end() :]
            found, role = _predicate(text)
            if found is None and blanket:
                self._add(read_names(text, self.gazetteer), "implementing", reading, True)
                reading.explicit = True
            elif found is None:
                term = bool(_BARE_MONTH.match(text) or dates(text, self.year or 2000))
                if term and len(text) < 25 and not read_names(text, self.gazetteer).names:
                    reading.due = reading.due or self._due(text)
                else:
                    held = f"{held}、{text}" if held else text
            if found is None:
                continue
            subject = text[:found]
            reading.explicit = True
            self._subject(f"{held}、{subject}" if held else subject, role, reading, bool(blanket))
            held = ""
        if held:
            self._add(read_names(held, self.gazetteer), otherwise or "listed", reading)

    def _subject(self, subject: str, role: str, reading: _Reading, blanket: bool) -> None:
        alone = re.match(vocabulary.one_of("duty.with_units"), subject)
        if alone:
            self._add(read_names(subject[alone.end() :], self.gazetteer), "supporting", reading, blanket)
            return
        cut = _with(subject, self.gazetteer)
        if cut is None:
            self._add(read_names(subject, self.gazetteer), role, reading, blanket)
            return
        left, right = subject[: cut[0]], subject[cut[1] :]
        if left.endswith("、"):
            reading.typos.append(left[-6:] + subject[cut[0] : cut[1]])
        if subject[cut[0] : cut[1]] == "同":
            reading.typos.append(left[-3:] + subject[cut[0] : cut[1] + 3])
        self._add(
            read_names(left, self.gazetteer), "first" if role in ("joint", "lead") else role, reading, blanket
        )
        self._add(read_names(right, self.gazetteer), "supporting", reading, blanket)

    @staticmethod
    def _add(names: Names, role: str, reading: _Reading, blanket: bool = False) -> None:
        target = reading.blanket if blanket else reading.parties
        target += [(role, name) for name in names.names]
        reading.rest += names.rest
        reading.open_list = reading.open_list or names.open_list

    def _due(self, text: str) -> str | None:
        found = dates(f"{text}底" if _BARE_MONTH.match(text) else text, self.year)
        return found[-1].day if found else None

    def _finish(self, reading: _Reading) -> ParsedDuty:
        letter = next(
            (n.text[0] for _, n in reading.parties if n.kind == "unit" and self._stated(n.text)), None
        )
        party = next((n.text[:2] for _, n in reading.parties if re.match(r"[省市县区旗州]委", n.text)), None)
        roles = self._roles(reading.parties, letter, party)
        return ParsedDuty(
            roles=settle(roles, self.first_leads),
            open_list=reading.open_list,
            due=reading.due,
            blanket=self._roles(reading.blanket, letter, party),
            explicit=reading.explicit,
            rest=tuple(reading.rest),
            typos=tuple(reading.typos),
        )

    def _roles(
        self, parties: list[tuple[str, Name]], letter: str | None, party: str | None
    ) -> tuple[Role, ...]:
        out: list[Role] = []
        for role, name in parties:
            if name.kind == "group":
                out.append(Role(role, name.text, "group", self.gazetteer.group(name.text)))
                continue
            text = self._restored(name.text, letter, party)
            match = self.gazetteer.unit(text, self.home)
            out.append(Role(role, text, "unit", match.canonical if match else None))
        return tuple(out)

    def _stated(self, name: str) -> bool:
        """Does the name begin with its level (市公安局), not with a word that only looks so (市场监管局)?"""
        return bool(_LETTER.match(name)) and not self.gazetteer.bare(name)

    def _restored(self, name: str, letter: str | None, party: str | None) -> str:
        """The name with the 省/市 that the list gives only once."""
        if letter is None or name.startswith(_NEVER_PREFIXED):
            return name
        if party and _PARTY_DEPARTMENT.match(name):
            return party + name
        return letter + name if self.gazetteer.bare(name) else name


def settle(roles: tuple[Role, ...], first_leads: bool = False) -> tuple[Role, ...]:
    """Decide the roles that depend on the others, and drop repetitions.

    Where the document says so, the unit named first leads. Where somebody leads, a unit that is only named as
    responsible works with the lead. Where nobody does, the
    named units answer jointly; units beside 配合单位 lead.
    """
    unit_roles = {r.role for r in roles if r.kind == "unit"}
    if first_leads and not any(r.role == "lead" for r in roles):
        at = next((i for i, r in enumerate(roles) if r.kind == "unit" and r.role in _OPEN_ROLES), None)
        if at is not None:
            roles = (*roles[:at], replace(roles[at], role="lead"), *roles[at + 1 :])
    leads = any(r.role == "lead" for r in roles)
    helped = bool(unit_roles & {"supporting"}) and not leads
    alone = not any(r.role in ("lead", "first", "joint", "responsible", "listed") for r in roles)
    out: list[Role] = []
    named: set[str] = set()
    for r in roles:
        role = r.role
        if role in ("responsible", "listed"):
            role = (
                "implementing"
                if r.kind == "group" and leads
                else "supporting"
                if leads
                else "lead"
                if helped
                else "joint"
            )
        elif role == "first":
            role = "supporting" if leads else "lead"
        elif role == "joint" and leads and r.kind == "unit":
            role = "supporting"
        elif role == "implementing" and alone and r.kind == "unit":
            role = "joint"
        if r.name not in named:
            named.add(r.name)
            out.append(replace(r, role=role))
    return tuple(out)


def _parts(clause: str) -> list[str]:
    """Cut a clause at ，；。 and behind a predicate followed by 、, outside brackets and quotation marks."""
    cuts: list[int] = []
    depth = 0
    after = {m.start() for m in _AFTER_PREDICATE.finditer(clause)}
    for at, mark in enumerate(clause):
        if mark in "（“《":
            depth += 1
        elif mark in "）”》":
            depth = max(0, depth - 1)
        elif depth == 0 and (mark in "，；。,;" or at in after):
            cuts.append(at)
    bounds = [-1, *cuts, len(clause)]
    return [clause[a + 1 : b] for a, b in pairwise(bounds)]


def _predicate(text: str) -> tuple[int | None, str]:
    """Where the predicate at the end of a part begins, and its role."""
    label = _IS_LABEL.search(text)
    if label and label.start() > 1:
        role = _LABELS[label["label"]]
        return (
            (label.start(), "lead" if role == "responsible" else role)
            if role not in ("due", "person")
            else (None, "")
        )
    found = _PREDICATE.search(text)
    if not found or found.start() == 0:
        return None, ""
    return found.start(), _ROLE_OF[found["word"]]


def _with(subject: str, gazetteer: Gazetteer) -> tuple[int, int] | None:
    """Where 会同 stands in a subject, or None."""
    found = next((m for m in _WITH.finditer(subject) if m.start() > 1), None)
    if found is None:
        return None
    if found.group() == "商" and not gazetteer.unit(subject[: found.start()].rpartition("、")[2]):
        return None
    return found.span()
