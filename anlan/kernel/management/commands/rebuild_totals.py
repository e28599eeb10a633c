"""Counts the kept totals anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from anlan.kernel import registry, totals


class Command(BaseCommand):
    """For one ledger or all that keep totals."""

    help = "重算台账计数。写入期间会短暂等待。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Keys of ledgers; none means all."""
        parser.add_argument("ledger", nargs="*", help="台账键，不写为全部")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say so."""
        kept = {one.key: one for one in registry.ledgers() if one.totals}
        for key in options["ledger"] or kept:
            if key not in kept:
                raise CommandError(f"没有名为 {key} 且保存计数的台账。可选：{'、'.join(kept) or '无'}。")
            totals.rebuild(kept[key])
            self.stdout.write(f"已重算：{kept[key].label}")
