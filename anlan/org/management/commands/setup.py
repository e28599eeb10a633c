"""Brings an installation to its first usable state; run at every start, does only what is missing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from anlan.kernel import registry
from anlan.org import loading, opening


class Command(BaseCommand):
    """Reference data, administrators, on a demonstration the cast, then what each domain needs."""

    help = "载入基础数据，建立三员账号；演示模式下另建演示账号。可重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps and say what was made."""
        try:
            for label, done in opening.prepare_data():
                if done.added or done.changed:
                    self.stdout.write(f"{label}：{done}")
            if settings.DEMO:
                self._table("演示账号", opening.enrol_cast(settings.ANLAN_DEMO_PASSWORD))
            else:
                self._table(
                    "首批管理员账号（密码只显示这一次，首次登录须改）", opening.first_administrators()
                )
            for step in (
                *registry.declared("SETUP"),
                *reversed(list(registry.declared("DEMO"))),
                *registry.declared("FINISH"),
            ):
                step(settings.DEMO, self.stdout.write)
        except loading.LoadFault as fault:
            raise CommandError(str(fault)) from fault

    def _table(self, title: str, accounts: list[opening.Account]) -> None:
        if not accounts:
            return
        self.stdout.write(title)
        for one in accounts:
            self.stdout.write(f"  {one.username:<10} {one.password:<18} {one.label}")
