"""Fills an installation with the invented province, for trying out and for measuring."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anlan.enterprises.models import Enterprise
from anlan.hazards.demo import DAY, HOME
from anlan.hazards.demo.loading import SCALES, Scale, load


class Command(BaseCommand):
    """`anlan manage synthesise --scale province`."""

    help = "生成演示用的企业、设施和隐患（全部虚构）。已有企业时不生成。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The scale by name, or numbers of one's own."""
        parser.add_argument("--scale", choices=sorted(SCALES), default="demo")
        parser.add_argument("--firms", type=int, default=0)
        parser.add_argument("--facilities", type=int, default=0)
        parser.add_argument("--dangers", type=int, default=0)
        parser.add_argument("--day", type=date.fromisoformat, default=DAY)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing where firms stand already: invented ones must not mix with real ones."""
        if Enterprise.objects.unscoped("whether there are firms").exists():
            raise CommandError("企业名录里已有企业，不再生成演示数据，以免与真实数据混在一起。")
        given = SCALES[options["scale"]]
        scale = Scale(
            options["firms"] or given.firms,
            options["facilities"] or given.facilities,
            options["dangers"] or given.dangers,
        )
        home = HOME if options["scale"] == "demo" else ""
        load(scale, options["day"], self.stdout.write, seed=options["seed"], home=home)
