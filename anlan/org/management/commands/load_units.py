"""Makes the offices of a province from the families of units."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from anlan.kernel import audit
from anlan.kernel.scope import system_actor
from anlan.org import loading, staffing
from anlan.org.models import Region
from anlan.org.opening import HOME


class Command(BaseCommand):
    """Families first, then one office for each place that has the body."""

    help = "按机构名单（units.csv）为一个省的省、市、县生成单位；已有的单位不改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which province, and a list of its own."""
        parser.add_argument("province", nargs="?", default=HOME, help="省级区划代码，默认 360000")
        parser.add_argument("--families", type=Path, help="另一份机构名单 CSV；不写则用自带的")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing."""
        code, own = options["province"], options["families"]
        try:
            with transaction.atomic():
                families = loading.load_families(own or loading.DATA / "units.csv", update=own is not None)
                done = staffing.staff_province(code, home=own is not None or code == HOME)
                note = f"单位类型 {families}；单位 {done}"
                audit.record(system_actor("生成单位"), "load", None, note=note, ledger="units", subject=code)
        except loading.LoadFault as fault:
            raise CommandError(str(fault)) from fault
        except Region.DoesNotExist as error:
            raise CommandError(f"没有代码为 {code} 的省级区划，请先运行 load_regions。") from error
        self.stdout.write(f"单位类型：{families}\n单位：{done}")
