"""`anlan compile` as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from anlan.programmes.compiler.command import main
from anlan.programmes.compiler.tasks import COLUMNS
from anlan.programmes.compiler.tests.samples import DOCUMENTS

SHANGRAO = str(DOCUMENTS / "shangrao-2023.txt")


def test_json_goes_to_standard_output() -> None:
    command = [sys.executable, "-m", "anlan.programmes.compiler.command", SHANGRAO]
    done = subprocess.run(command, capture_output=True, check=True)
    compiled = json.loads(done.stdout)
    assert compiled["schema"] == "anlan.compiled/1"
    parts = "schema source document targets sections items sentences findings"
    assert list(compiled) == parts.split()
    assert compiled["source"]["name"] == "shangrao-2023.txt"
    assert compiled["sentences"][0]["class"] == "imprint"


def test_the_command_does_not_load_django() -> None:
    code = "import sys; import anlan.programmes.compiler.command; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_table_names_units_and_figures(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([SHANGRAO, "--format", "table"]) == 0
    shown = capfdbinary.readouterr().out.decode()
    assert "标题：上饶市安委会关于印发《上饶市2023年安全生产工作要点》的通知" in shown
    assert "每季度≥3个" in shown and "每两个月≥1个" in shown and "定期（待裁定）" in shown


def test_the_task_sheet_has_the_columns_of_the_clerks(tmp_path: Path) -> None:
    out = tmp_path / "任务.xlsx"
    assert main([SHANGRAO, "--format", "xlsx", "-o", str(out)]) == 0
    rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert tuple(rows[1]) == COLUMNS
    row = next(row for row in rows if row[2] == "每季度至少公布3个案例")
    assert str(row[1]).startswith("25.") and row[3] == "市安委办" and row[6] == "每季度≥3个"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 4, "空文件"),
        (b"plain English text, no Chinese at all\n" * 20, 6, "汉字"),
        (b"PK\x03\x04", 3, "损坏"),
        ("安全".encode() * 1_100_000, 7, "上限"),
    ],
)
def test_errors_say_what_to_do_and_have_their_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int, words: str
) -> None:
    path = tmp_path / "文件.txt"
    path.write_bytes(content)
    assert main([str(path)]) == code
    assert words in capsys.readouterr().err


def test_a_missing_file_and_a_missing_gazetteer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "没有.txt")]) == 3
    assert main([SHANGRAO, "--gazetteer", str(tmp_path)]) == 3
    assert "units.csv" in capsys.readouterr().err


def test_wrong_arguments_end_with_two() -> None:
    with pytest.raises(SystemExit) as stop:
        main([SHANGRAO, "--format", "pdf"])
    assert stop.value.code == 2
