"""Loads the regions of a province from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from anlan.kernel import audit
from anlan.kernel.scope import system_actor
from anlan.org import loading


class Command(BaseCommand):
    """Any province in the format of `anlan/org/data/README.md`."""

    help = "从 CSV 载入一个省的行政区划：新的增加，已有的（代码和生效日期相同）更新，文件没写的不动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, help="CSV 文件（UTF-8）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing."""
        path: Path = options["file"]
        try:
            with transaction.atomic():
                done = loading.load_regions(path)
                audit.record(
                    system_actor("载入区划"),
                    "load",
                    None,
                    note=f"{path.name}：{done}"[:500],
                    ledger="regions",
                    subject=path.name,
                )
        except loading.LoadFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"行政区划：{done}")
