"""`anlan compile FILE`: a document as JSON, as a table, or as the task sheet.

Exit codes: 0 compiled; 2 wrong arguments; 3 unreadable; 4 empty; 5 encrypted; 6 not Chinese; 7 too large;
8 an optional part is missing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anlan.programmes.compiler.document import CompiledDocument
from anlan.programmes.compiler.errors import CompileError, UnreadableFile
from anlan.programmes.compiler.gazetteer import load_gazetteer
from anlan.programmes.compiler.pipeline import compile
from anlan.programmes.compiler.reading import read
from anlan.programmes.compiler.sheet import to_xlsx
from anlan.programmes.compiler.terminal import to_table


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(argv)
    if options.format == "xlsx" and options.output is None and sys.stdout.isatty():
        print("xlsx 不能写到终端，请用 -o 指定文件，例如 -o 任务分解表.xlsx", file=sys.stderr)
        return 2
    try:
        read_document = read(options.file)
        gazetteer = load_gazetteer(options.gazetteer)
        compiled = compile(
            read_document.text, gazetteer, name=read_document.name, media_type=read_document.media_type
        )
        _write(_rendered(compiled, options.format), options.output)
    except CompileError as error:
        print(f"{options.file}：{error}", file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anlan compile", description="把安全生产工作要点编译成数据。")
    parser.add_argument("file", type=Path, help="要编译的文件：.txt .md .docx .pdf .doc .wps 或图片")
    parser.add_argument(
        "--format", choices=("json", "table", "xlsx"), default="json", help="输出格式，默认 json"
    )
    parser.add_argument(
        "--gazetteer", type=Path, metavar="DIR", help="单位名录所在目录（units.csv、groups.csv）"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="写到文件，默认写到标准输出")
    return parser


def _rendered(compiled: CompiledDocument, format_: str) -> bytes:
    if format_ == "xlsx":
        return to_xlsx(compiled)
    text = to_table(compiled) if format_ == "table" else compiled.to_json(indent=2) + "\n"
    return text.encode("utf-8", "replace")


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UnreadableFile(f"无法写入 {output}：{error.strerror or error}。") from error


if __name__ == "__main__":
    sys.exit(main())
