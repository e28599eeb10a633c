"""From folders of YAML to packs, with every fault of every file and line.

A pack is a folder with `pack.yaml` (what it is) and any number of further files, each holding one or more
of the sections standards, kinds, licences, checklist, criteria, sensors. References to standards, kinds and
criteria are checked over all packs together, since one law serves many industries.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from anlan.standards.rules.pack import (
    CONFIDENCES,
    SECTIONS,
    TYPES,
    Attribute,
    CheckEntry,
    CriterionEntry,
    Entry,
    KindEntry,
    Pack,
    Threshold,
)
from anlan.standards.rules.yaml_reading import (
    KEY,
    NAME,
    WRONG,
    Fault,
    Part,
    Shape,
    Sink,
    day,
    flag,
    many,
    number,
    one_of,
    parse,
    record,
    text,
    whole,
    words_by,
)

STANDARD_KINDS = {
    "law": "法律",
    "regulation": "行政法规",
    "rule": "规章",
    "local": "地方性法规",
    "standard": "标准",
    "document": "规范性文件",
}
HEAD = record(
    "行业包",
    {
        "key": Part(KEY, True),
        "label": Part(text(30), True),
        "version": Part(whole(1, 9999), True),
        "industries": Part(many(KEY)),
        "general": Part(flag),
        "region": Part(text(20, r"[0-9]{6}[0-9Z]*", "应为区划代码，如 361100")),
        "note": Part(text(400)),
        "sources": Part(words_by(text(20), text(200))),
    },
)
CODE = text(40, r"[A-Za-z][A-Za-z0-9-]*", "应为英文字母、数字和连字符，如 HC01")
OPS = (">=", "<=", ">", "<")


def basis(node: yaml.Node, sink: Sink) -> Any:
    """`work-safety-law 第41条`: the key of a standard, a blank, the article in words (may be missing)."""
    said = text(160)(node, sink)
    if said is WRONG:
        return WRONG
    key, _, article = said.partition(" ")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", key):
        sink.fault(node, f"依据“{said}”应先写标准的键，空一格再写条款，如 work-safety-law 第41条。")
        return WRONG
    return key, article.strip()


def condition(node: yaml.Node, sink: Sink) -> Any:
    """`>= 1.5`: how a reading is compared, and with what."""
    found = re.fullmatch(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)", str(getattr(node, "value", "")))
    if found is None:
        sink.fault(node, "界限应写成“>= 1.5”的样子。")
        return WRONG
    return found[1], Decimal(found[2])


STATED = {"basis": Part(basis), "confidence": Part(one_of(CONFIDENCES)), "source": Part(text(200))}
KINDS = {"kinds": Part(many(KEY))}
NOTE = {"note": Part(text(400))}
ATTRIBUTE = record(
    "属性",
    {
        "key": Part(NAME, True),
        "label": Part(text(30), True),
        "type": Part(one_of(TYPES), True),
        "unit": Part(text(20)),
        "choices": Part(words_by(text(40), text(40))),
        "required": Part(flag),
        "filter": Part(flag),
        "list": Part(flag),
        "due": Part(flag),
        "also": Part(many(text(30))),
        "said": Part(words_by(text(40), many(text(30)))),
        "least": Part(number),
        "most": Part(number),
        "decimals": Part(whole(0, 6)),
        "note": Part(text(200)),
        "confidence": Part(one_of(CONFIDENCES)),
    },
)
THRESHOLD = record(
    "界限", {"name": Part(text(20), True), "when": Part(condition, True), "note": Part(text(100))}
)
SHAPES: Mapping[str, Shape] = {
    "standards": record(
        "法规标准",
        {
            "key": Part(KEY, True),
            "title": Part(text(160), True),
            "number": Part(text(60)),
            "issuer": Part(text(60)),
            "kind": Part(one_of(STANDARD_KINDS)),
            "from": Part(day),
            "to": Part(day),
            "replaced_by": Part(KEY),
            "confidence": Part(one_of(CONFIDENCES)),
            "source": Part(text(200)),
            **NOTE,
        },
    ),
    "kinds": record(
        "设施类别",
        {
            "key": Part(KEY, True),
            "label": Part(text(30), True),
            "industry": Part(KEY, True),
            "unit": Part(text(4)),
            "attributes": Part(many(ATTRIBUTE)),
            **NOTE,
        },
    ),
    "licences": record(
        "证照",
        {
            "key": Part(KEY, True),
            "label": Part(text(40), True),
            "issuer": Part(text(60)),
            "months": Part(whole(1, 600)),
            "renew_days": Part(whole(1, 400)),
            **KINDS,
            **STATED,
            **NOTE,
        },
    ),
    "checklist": record(
        "检查项",
        {
            "key": Part(CODE, True),
            "group": Part(text(30), True),
            "industry": Part(KEY),
            "item": Part(text(120), True),
            "wrong": Part(text(160), True),
            "criterion": Part(CODE),
            "from": Part(day),
            "to": Part(day),
            **KINDS,
            **STATED,
        },
    ),
    "criteria": record(
        "判定标准",
        {
            "code": Part(CODE, True),
            "text": Part(text(160), True),
            "industry": Part(KEY),
            "group": Part(text(30)),
            "from": Part(day),
            "to": Part(day),
            "words": Part(many(text(20))),
            **KINDS,
            **STATED,
            **NOTE,
        },
    ),
    "sensors": record(
        "传感器种类",
        {
            "key": Part(KEY, True),
            "label": Part(text(40), True),
            "unit": Part(text(20)),
            "thresholds": Part(many(THRESHOLD)),
            **KINDS,
            **STATED,
            **NOTE,
        },
    ),
}
# What every facility has anyway: an attribute of the same name would be two columns with one heading.
RESERVED = frozenset(
    {
        *("设施类别", "设施名称", "编号", "企业", "权属人", "厂区场所", "行业领域", "状态"),
        *("区划", "地址", "经度", "纬度", "投用日期", "关闭日期"),
    }
)
HEAD_FILE = "pack.yaml"
TOLD = ("label", "version", "industries", "general", "region", "note")
RENAMED = {"from": "start", "to": "end", "code": "key"}


@dataclass
class Reading:
    """What was read: the packs that could be, and everything that is wrong."""

    packs: list[Pack] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def only(self, name: str) -> Reading:
        """What concerns one folder alone."""
        here = f"{name}/"
        return Reading(
            [one for one in self.packs if one.file.startswith(here)],
            [one for one in self.faults if one.file.startswith(here)],
        )


Files = Mapping[str, bytes]


def files_below(root: Path) -> dict[str, Files]:
    """{folder: {file: content}} of every pack below `root`."""
    homes = sorted(one for one in root.iterdir() if (one / HEAD_FILE).is_file())
    return {home.name: {one.name: one.read_bytes() for one in sorted(home.glob("*.yaml"))} for home in homes}


def read_packs(root: Path, industries: Collection[str] | None = None) -> Reading:
    """Every pack below `root` (or the one at `root`, its neighbours for reference only).

    `industries` are the slugs that exist; None leaves them unchecked.
    """
    single = (root / HEAD_FILE).is_file()
    found = read_files(files_below(root.parent if single else root), industries)
    if not found.packs and not found.faults:
        found.faults.append(Fault(str(root), 1, "这里没有行业包（每个包是一个含 pack.yaml 的目录）。"))
    return found.only(root.name) if single else found


def read_files(
    folders: Mapping[str, Files],
    industries: Collection[str] | None = None,
    regions: Collection[str] | None = None,
) -> Reading:
    """The packs of these folders, wherever their files come from; `regions` are the codes that exist."""
    found = Reading()
    for name, files in folders.items():
        _read_folder(name, files, found)
    found.faults += _references(found.packs, industries)
    for pack in found.packs:
        if regions is not None and pack.region and pack.region not in regions:
            found.faults.append(Fault(pack.file, 1, f"没有代码为“{pack.region}”的区划。"))
    found.faults.sort()
    return found


def _read_folder(name: str, files: Files, found: Reading) -> None:
    sink = Sink(f"{name}/{HEAD_FILE}")
    root = parse(files[HEAD_FILE], sink) if HEAD_FILE in files else None
    head = WRONG if root is None else HEAD(_without(root, SECTIONS), sink)
    if root is None and not sink.faults:
        sink.fault(1, "文件是空的。" if HEAD_FILE in files else "缺少这个文件：它写明包的标识、名称和版本。")
    sections: dict[str, list[Entry]] = {section: [] for section in SECTIONS}
    sources = head.get("sources", {}) if isinstance(head, dict) else {}
    for file in sorted({HEAD_FILE, *files}):
        inside = sink if file == HEAD_FILE else Sink(f"{name}/{file}")
        tree = root if file == HEAD_FILE else parse(files[file], inside)
        if isinstance(tree, yaml.MappingNode):
            _read_sections(tree, inside, sections, sources, only=file != HEAD_FILE)
        elif tree is not None:
            inside.fault(tree, "文件应由“standards:”“kinds:”这样的部分组成。")
        found.faults += inside.faults
    if not isinstance(head, dict):
        return
    if head["key"] != name:
        found.faults.append(
            Fault(sink.file, head["line"], f"key 应与目录名“{name}”相同，现为“{head['key']}”。")
        )
    told = {one: head[one] for one in TOLD if one in head}
    home_of = {"industry": next(iter(head.get("industries", ())), ""), "general": head.get("general", False)}
    parts: dict[str, Any] = {
        section: tuple(_at_home(one, home_of) for one in entries) for section, entries in sections.items()
    }
    found.packs.append(Pack(head["key"], file=sink.file, **told, **parts))


def _at_home(entry: Entry, home_of: Mapping[str, Any]) -> Entry:
    """Criteria and checks belong to the first industry of their pack unless they name another."""
    if not isinstance(entry, CriterionEntry | CheckEntry):
        return entry
    industry = entry.industry or home_of["industry"]
    return replace(entry, industry=industry, general=home_of["general"])


def _without(root: yaml.Node, names: Collection[str]) -> yaml.Node:
    """The head alone: a pack may keep its sections in pack.yaml as well."""
    if not isinstance(root, yaml.MappingNode):
        return root
    kept = [(key, value) for key, value in root.value if key.value not in names]
    return yaml.MappingNode(root.tag, kept, root.start_mark, root.end_mark)


def _read_sections(
    tree: yaml.MappingNode,
    sink: Sink,
    sections: dict[str, list[Entry]],
    sources: Mapping[str, str],
    only: bool,
) -> None:
    for name_node, value_node in tree.value:
        name = str(name_node.value)
        if name not in SECTIONS:
            if only:
                sink.fault(name_node, f"没有“{name}”这一部分。可写：{'、'.join(SECTIONS)}。")
            continue
        found = many(SHAPES[name])(value_node, sink)
        if found is not WRONG:
            sections[name] += [_entry(name, raw, sink, sources) for raw in found]


def _entry(section: str, raw: dict[str, Any], sink: Sink, sources: Mapping[str, str]) -> Entry:
    """The dataclass of one raw entry, after the checks that it can answer alone."""
    values = {RENAMED.get(name, name): value for name, value in raw.items()}
    values["file"] = sink.file
    if "basis" in values:
        values["standard"], values["article"] = values.pop("basis")
    _stated(values, sink, sources)
    start, end = values.get("start"), values.get("end")
    if start and end and end <= start:
        sink.fault(values["line"], "to 应晚于 from（to 当日起失效）。")
    if section == "kinds":
        values["attributes"] = tuple(
            Attribute(**one) for one in values.get("attributes", ()) if _attribute_fits(one, sink)
        )
    if section == "sensors":
        values["thresholds"] = tuple(
            Threshold(one["name"], one["when"][0], one["when"][1], one.get("note", ""))
            for one in values.get("thresholds", ())
        )
    made: Entry = SECTIONS[section](**values)
    return made


def _stated(values: dict[str, Any], sink: Sink, sources: Mapping[str, str]) -> None:
    """Whoever claims to be sure says on what ground; short names of sources are written out."""
    source = values.get("source", "")
    if values.get("confidence") in {"V", "P"} and not source:
        sink.fault(values["line"], "confidence 为 V 或 P 时须写 source（出处）；不确定请写 M。")
    if re.fullmatch(r"[A-Z]\d+[a-z]?", source):
        if source in sources:
            values["source"] = sources[source]
        else:
            sink.fault(values["line"], f"出处“{source}”没有写在本包的 sources 里。")


def _attribute_fits(one: dict[str, Any], sink: Sink) -> bool:
    line, kind = one["line"], one["type"]
    sound = True
    if (kind == "choice") != bool(one.get("choices")):
        sink.fault(line, "type 为 choice 时须写 choices，其他类型不写。")
        sound = False
    if kind not in {"integer", "number"} and ("least" in one or "most" in one):
        sink.fault(line, "least、most 只用于 integer 和 number。")
        sound = False
    if one.get("due") and kind != "date":
        sink.fault(line, "due 只用于 date。")
        sound = False
    if unknown := [key for key in one.get("said", {}) if key not in one.get("choices", {})]:
        sink.fault(line, f"said 里的“{unknown[0]}”不是 choices 里的选项。")
        sound = False
    if one["label"] in RESERVED:
        sink.fault(line, f"“{one['label']}”是各类设施都有的栏，请换一个名称。")
        sound = False
    if "least" in one and "most" in one and one["most"] < one["least"]:
        sink.fault(line, "most 小于 least。")
        sound = False
    return sound


# Between the packs ---------------------------------------------------------------------------------
def _references(packs: Iterable[Pack], industries: Collection[str] | None) -> list[Fault]:
    """Keys that come twice, and names that nothing bears."""
    packs = list(packs)
    faults: list[Fault] = []
    known = {name: _once(packs, name, faults) for name in SECTIONS}
    for pack in packs:
        for slug in pack.industries:
            if industries is not None and slug not in industries:
                faults.append(Fault(pack.file, 1, f"没有“{slug}”这个行业。"))
        for entry in pack.entries():
            faults += [Fault(entry.file, entry.line, said) for said in _dangling(entry, known, industries)]
    return faults


def _once(packs: Iterable[Pack], section: str, faults: list[Fault]) -> set[str]:
    """The keys of a section over all packs; a criterion or check may come again with later dates."""
    seen: dict[Any, Entry] = {}
    for pack in packs:
        for entry in getattr(pack, section):
            dated = isinstance(entry, CriterionEntry | CheckEntry)
            key = (entry.key, entry.start) if dated else entry.key
            other = seen.setdefault(key, entry)
            if other is not entry:
                faults.append(
                    Fault(entry.file, entry.line, f"“{entry.key}”已在 {other.file} 第 {other.line} 行用过。")
                )
    return {entry.key for entry in seen.values()}


def _dangling(entry: Entry, known: Mapping[str, set[str]], industries: Collection[str] | None) -> list[str]:
    """What this entry points to that is not there."""
    found = []
    for name, section in (("standard", "standards"), ("replaced_by", "standards"), ("criterion", "criteria")):
        key = getattr(entry, name, "")
        if key and key not in known[section]:
            found.append(f"没有键为“{key}”的{'判定标准' if section == 'criteria' else '法规标准'}。")
    for key in getattr(entry, "kinds", ()):
        if key not in known["kinds"]:
            found.append(f"没有键为“{key}”的设施类别。")
    industry = getattr(entry, "industry", "")
    if industries is not None and industry and industry not in industries:
        found.append(f"没有“{industry}”这个行业。")
    if isinstance(entry, KindEntry):
        keys = [one.key for one in entry.attributes]
        found += [f"属性“{key}”写了两次。" for key in dict.fromkeys(keys) if keys.count(key) > 1]
        labels = [one.label for one in entry.attributes]
        found += [f"属性名称“{name}”用了两次。" for name in dict.fromkeys(labels) if labels.count(name) > 1]
    return found


__all__ = ["HEAD_FILE", "STANDARD_KINDS", "Files", "Reading", "files_below", "read_files", "read_packs"]
