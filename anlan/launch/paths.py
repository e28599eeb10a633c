"""Where things lie: the project and its home of changing data."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

# Where manage.py lies: the checkout, unless told otherwise.
PROJECT = Path(os.environ.get("ANLAN_PROJECT") or Path(__file__).resolve().parents[2])


@dataclass(frozen=True)
class Home:
    """The folder of everything that changes: secrets, database, uploaded files, run state."""

    root: Path

    @property
    def run(self) -> Path:
        """Lock, state of the running parts."""
        return self.root / "run"

    @property
    def files(self) -> Path:
        """Uploaded files."""
        return Path(os.environ.get("ANLAN_FILES") or self.root / "files")

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.env"

    @property
    def postgres(self) -> Path:
        """What was chosen for the embedded PostgreSQL: data folder and port."""
        return self.root / "postgres.json"


def current_home() -> Home:
    """`ANLAN_HOME`, or `var` under the project."""
    return Home(Path(os.environ.get("ANLAN_HOME") or PROJECT / "var").resolve())


def private_name(folder: Path) -> str:
    """A name for `folder` elsewhere: readable, and different for two folders of the same name."""
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:10]
    return f"{folder.resolve().parent.name}-{digest}"
