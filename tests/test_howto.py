"""The how-to for a new ledger is followed word for word, and what it promises is checked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "howto" / "add-a-ledger.md"


def test_adding_a_ledger_takes_the_four_steps_of_the_guide(tmp_path: Path) -> None:
    guide = GUIDE.read_text()
    assert len(re.findall(r"^## \d", guide, re.MULTILINE)) <= 4
    sources = dict(
        zip(
            re.findall(r"`(lanterns/\w+\.py)`", guide),
            re.findall(r"```python\n(.*?)```", guide, re.S),
            strict=True,
        )
    )
    for name, source in sources.items():
        where = tmp_path / name
        where.parent.mkdir(exist_ok=True)
        where.write_text(source)
    (tmp_path / "lanterns" / "__init__.py").touch()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
        "ANLAN_APPS": "lanterns",
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run(["manage.py", "makemigrations", "lanterns"], environment)
    assert (tmp_path / "lanterns" / "migrations" / "0001_initial.py").exists()
    environment.pop("DATABASE_URL", None)
    told = run(
        ["-m", "pytest", "tests/conformance", "-k", "lanterns", "-q", "-p", "no:cacheprovider"], environment
    )
    passed = re.search(r"(\d+) passed", told)
    assert passed and int(passed[1]) >= 6, told


def run(arguments: list[str], environment: dict[str, str]) -> str:
    """Run python with these arguments in the project; what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
