"""`anlan pack check [PATH]`: the packs are read and everything that is wrong is told with file and line.

Needs neither the database nor Django. Exit codes: 0 all is well; 1 something is wrong; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import anlan
from anlan.standards.rules.pack import SECTIONS, Pack
from anlan.standards.rules.pack_reading import read_packs

HERE = Path(anlan.__file__).resolve().parent
PACKS = HERE.parent / "packs"
TITLES = {
    "standards": "法规标准",
    "kinds": "设施类别",
    "licences": "证照",
    "checklist": "检查项",
    "criteria": "判定标准",
    "sensors": "传感器",
}


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="anlan pack", description="行业包")
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)
    check = commands.add_parser("check", help="核对行业包，指出每处错误的文件和行号")
    check.add_argument("path", type=Path, nargs="?", default=PACKS, metavar="目录",
                       help="行业包所在目录，或其中一个包的目录；默认为随附的 packs")  # fmt: skip
    path: Path = parser.parse_args(argv).path
    if not path.is_dir():
        print(f"没有“{path}”这个目录。")
        return 1
    found = read_packs(path.resolve(), known_industries())
    if found.faults:
        print("\n".join(map(str, found.faults)))
        print(f"共 {len(found.faults)} 处有误。")
        return 1
    print("\n".join(map(summary, found.packs)))
    print(f"{len(found.packs)} 个行业包，没有错误。")
    return 0


def known_industries() -> set[str]:
    """The slugs that the organisation ships."""
    with (HERE / "org" / "data" / "industries.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {line["slug"] for line in csv.DictReader(stream)}


def summary(pack: Pack) -> str:
    """One line: what the pack brings."""
    counts = [f"{TITLES[name]} {len(getattr(pack, name))}" for name in SECTIONS if getattr(pack, name)]
    return f"{pack.key}（{pack.label}，第 {pack.version} 版）：{'，'.join(counts) or '空'}"
