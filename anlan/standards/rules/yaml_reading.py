"""YAML read with the line of everything, and shapes that say what may stand there.

A shape is a function from a node to a value; what does not fit becomes a `Fault` with file and line, and
reading goes on, so that one run tells everything that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

Node = yaml.Node
# The reader in C where the package was built with it: the marks are the same, the time a tenth.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in one line, and what should stand there."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.message}"


@dataclass
class Sink:
    """Where the shapes put what is wrong in one file."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: Node | int, message: str) -> None:
        """Note a fault at a node or in a line."""
        self.faults.append(Fault(self.file, where if isinstance(where, int) else line_of(where), message))


Shape = Callable[[Node, Sink], Any]
WRONG = object()


@dataclass(frozen=True)
class Part:
    """One key of a mapping: its shape, and what holds where it is missing."""

    shape: Shape
    required: bool = False


def line_of(node: Node) -> int:
    """The line of a node, counted from 1."""
    return int(node.start_mark.line) + 1


def parse(content: bytes, sink: Sink) -> Node | None:
    """The root of a file; None for an empty or unreadable one (the fault is noted)."""
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=LOADER)
    except UnicodeDecodeError:
        sink.fault(1, "不是 UTF-8 编码。请另存为 UTF-8。")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        sink.fault(line, f"YAML 写法有误（{_told(error.problem or '')}）。请检查缩进、冒号和引号。")
    except yaml.YAMLError as error:
        sink.fault(1, f"YAML 读不出（{error}）。")
    else:
        return root
    return None


def _told(problem: str) -> str:
    """The reader's complaint in Chinese where it is a usual one."""
    usual = {
        "mapping values are not allowed": "这里不能再有冒号",
        "could not find expected ':'": "缺少冒号",
        "found character '\\t'": "缩进用了制表符",
        "expected <block end>": "缩进与上文对不齐",
        "found unexpected end of stream": "引号没有收尾",
        "found undefined alias": "引用的锚点没有定义",
        "did not find expected": "这里的写法不完整",
    }
    return next((words for start, words in usual.items() if start in problem), problem)


def text(most: int = 200, pattern: str = "", hint: str = "") -> Shape:
    """A line of text, as it is written."""

    def read(node: Node, sink: Sink) -> Any:
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
            sink.fault(node, "这里应写一行文字。")
            return WRONG
        value = str(node.value).strip()
        if len(value) > most:
            sink.fault(node, f"最多 {most} 个字，现有 {len(value)} 个。")
            return WRONG
        if pattern and not re.fullmatch(pattern, value):
            sink.fault(node, f"“{value}”不合写法：{hint}。")
            return WRONG
        return value

    return read


KEY = text(60, r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", "应为小写英文字母、数字和连字符，以字母开头")
NAME = text(40, r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", "应为小写英文字母、数字和下划线，以字母开头")


def whole(least: int = 0, most: int = 10**9) -> Shape:
    """An integer in `[least, most]`."""

    def read(node: Node, sink: Sink) -> Any:
        value = getattr(node, "value", "")
        if not isinstance(value, str) or not re.fullmatch(r"-?\d+", value):
            sink.fault(node, "应是整数。")
            return WRONG
        if not least <= int(value) <= most:
            sink.fault(node, f"{value} 超出范围，应在 {least} 到 {most} 之间。")
            return WRONG
        return int(value)

    return read


def number(node: Node, sink: Sink) -> Any:
    """A decimal number."""
    try:
        value = Decimal(node.value if isinstance(node, yaml.ScalarNode) else "")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        sink.fault(node, "应是数，如 1.5。")
        return WRONG
    return value


def flag(node: Node, sink: Sink) -> Any:
    """true or false."""
    value = str(getattr(node, "value", "")).lower()
    if value not in {"true", "false"}:
        sink.fault(node, "应写 true 或 false。")
        return WRONG
    return value == "true"


def day(node: Node, sink: Sink) -> Any:
    """A date such as 2023-05-15."""
    try:
        return date.fromisoformat(str(getattr(node, "value", "")))
    except ValueError:
        sink.fault(node, "应是日期，如 2023-05-15。")
        return WRONG


def one_of(options: Mapping[str, str]) -> Shape:
    """One of the given words; the mapping says what each means."""

    def read(node: Node, sink: Sink) -> Any:
        value = getattr(node, "value", "")
        if not isinstance(value, str) or value not in options:
            told = "、".join(f"{key}（{label}）" for key, label in options.items())
            sink.fault(node, f"没有“{value if isinstance(value, str) else ''}”这一种。可写：{told}。")
            return WRONG
        return value

    return read


def many(shape: Shape) -> Shape:
    """A list of things of one shape, as a tuple; wrong ones are left out."""

    def read(node: Node, sink: Sink) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            sink.fault(node, "这里应是列表（每项以“- ”开头，或写在方括号里）。")
            return WRONG
        found = [shape(one, sink) for one in node.value]
        return tuple(one for one in found if one is not WRONG)

    return read


def words_by(key: Shape, value: Shape) -> Shape:
    """A mapping of keys to values, e.g. choices."""

    def read(node: Node, sink: Sink) -> Any:
        if not isinstance(node, yaml.MappingNode):
            sink.fault(node, "这里应逐行写“键: 值”。")
            return WRONG
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name, told = key(name_node, sink), value(value_node, sink)
            if name in found:
                sink.fault(name_node, f"“{name}”写了两次。")
            elif name is not WRONG and told is not WRONG:
                found[name] = told
        return found

    return read


def record(what: str, parts: Mapping[str, Part]) -> Shape:
    """A mapping with the given parts, as a dict with `line`; WRONG where a required part is missing."""

    def read(node: Node, sink: Sink) -> Any:
        if not isinstance(node, yaml.MappingNode):
            sink.fault(node, f"{what}应逐行写“键: 值”。")
            return WRONG
        found: dict[str, Any] = {"line": line_of(node)}
        seen: set[str] = set()
        sound = True
        for name_node, value_node in node.value:
            name = str(name_node.value)
            part = parts.get(name)
            if part is None:
                sink.fault(name_node, f"{what}没有“{name}”这一项。可写：{'、'.join(parts)}。")
            elif name in seen:
                sink.fault(name_node, f"“{name}”写了两次。")
            else:
                value = part.shape(value_node, sink)
                if value is not WRONG:
                    found[name] = value
                elif part.required:
                    sound = False
            seen.add(name)
        missing = [name for name, part in parts.items() if part.required and name not in seen]
        if missing:
            sink.fault(node, f"{what}缺少{'、'.join(missing)}。")
        return found if sound and not missing else WRONG

    return read
