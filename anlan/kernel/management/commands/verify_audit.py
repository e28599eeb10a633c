"""Proves that the record of acts is as it was sealed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from anlan.kernel.sealing import Problem, Verdict, verify


class Command(BaseCommand):
    """Exit code 0 when the chain holds, 1 when it does not."""

    help = "验证操作日志：逐批重算封印，证明没有删改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--head DIGEST`."""
        parser.add_argument("--head", default="", help="以前记下的封印（64 位），用来发现末尾被截断")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the outcome in words."""
        shown = self._progress if self.stdout.isatty() else None
        verdict = verify(options["head"].strip().lower(), shown)
        self.stdout.write(f"已验证 {verdict.seals:,} 批封印、{verdict.entries:,} 条操作日志。")
        if verdict.unsealed:
            self.stdout.write(f"尚未封印 {verdict.unsealed:,} 条。")
        if verdict.late:
            self.stdout.write(f"其中 {verdict.late:,} 条超过一小时仍未封印：请检查定时任务是否在运行。")
        if verdict.holds:
            self.stdout.write(f"没有发现删改。最新封印：{verdict.head or '（还没有）'}")
            return
        self._report(verdict)
        sys.exit(1)

    def _progress(self, entries: int) -> None:
        self.stdout.write(f"\r已验证 {entries:,} 条", ending="")
        self.stdout.flush()

    def _report(self, verdict: Verdict) -> None:
        self.stdout.write(f"发现删改。最先出错之处：{named(verdict.problems[0])}。")
        for problem in verdict.problems[1:]:
            self.stdout.write(f"  另有：{named(problem)}。")
        self.stdout.write("请保护好现场（停止写入、备份数据库），并报告安全管理员和审计管理员。")


def named(problem: Problem) -> str:
    """第 3 批封印，第 1024 条操作日志被改动."""
    where = f"第 {problem.seal} 批封印，" if problem.seal else ""
    entry = f"第 {problem.entry} 条操作日志" if problem.entry else ""
    return f"{where}{entry}{problem.message}"
