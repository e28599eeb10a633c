"""What the map shows, layer by layer: which ledger, where its rows lie, and how they are marked.

A mark is a filter of the ledger (`query`): what it counts is exactly what the ledger lists under it. The
first mark that fits a row is the one it is drawn with, so the serious ones come first; the last one takes
the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.enterprises.located import FIRM_PLACE, OWN_PLACE, THING_PLACE, Located
from anlan.hazards.models.dangers import OPEN_STATES

OPEN = ",".join(OPEN_STATES)


@dataclass(frozen=True)
class Mark:
    """How some rows are drawn: shape and colour (`tone`), at most one letter in it, words for the legend.

    tones: r crossed square, y triangle, g circle, o hollow circle; red orange yellow blue: squares of a
    level with its letter. `column` puts its count into the table beside the map.
    """

    key: str
    label: str
    tone: str
    letter: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    column: bool = False


@dataclass(frozen=True)
class Layer:
    """One kind of rows on the map. `start` is the filter line with which the layer is first opened."""

    key: str
    ledger: str
    label: str
    unit: str
    place: Located
    marks: tuple[Mark, ...]
    start: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


LAYERS: tuple[Layer, ...] = (
    Layer(
        "enterprises",
        "enterprises",
        "企业",
        "家",
        OWN_PLACE,
        (
            Mark("expired", "证照过期", "r", query={"papers": "expired"}, column=True),
            Mark("soon", "证照将到期", "y", query={"papers": "soon"}),
            Mark("working", "在产、在建", "g", query={"status": "operating,trial,building"}),
            Mark("others", "停产、关闭", "o"),
        ),
    ),
    Layer(
        "facilities",
        "facilities",
        "设施",
        "处",
        THING_PLACE,
        (
            Mark("building", "在建", "y", query={"state": "building"}, column=True),
            Mark("in-use", "在用", "g", query={"state": "in-use"}),
            Mark("others", "停用、关闭", "o"),
        ),
        note="没有自己的坐标的，落在厂区或企业的坐标上。",
    ),
    Layer(
        "installations",
        "installations",
        "重大危险源",
        "处",
        FIRM_PLACE,
        (
            Mark("first", "一级", "red", "1", {"level": "1"}, column=True),
            Mark("second", "二级", "orange", "2", {"level": "2"}, column=True),
            Mark("third", "三级", "yellow", "3", {"level": "3"}),
            Mark("fourth", "四级", "blue", "4", {"level": "4"}),
            Mark("others", "未定级、不构成", "o"),
        ),
        note="落在厂区或企业的坐标上。",
    ),
    Layer(
        "dangers",
        "dangers",
        "隐患",
        "条",
        THING_PLACE,
        (
            Mark("major", "重大，未销号", "red", "重", {"level": "major", "state": OPEN}, column=True),
            Mark("late", "逾期", "r", query={"late": "1"}, column=True),
            Mark("open", "未逾期", "g", query={"state": OPEN}),
            Mark("others", "已销号、作废", "o"),
        ),
        start={"state": OPEN},
        note="没有自己的坐标的，落在厂区或企业的坐标上。",
    ),
)
