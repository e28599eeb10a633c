"""How the installation is: each part, its size, what to do where something is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan import __version__
from anlan.kernel.cells import moment
from anlan.kernel.models import AuditSeal
from anlan.kernel.pages.health import parts
from anlan.kernel.requests import ActorRequest
from anlan.org.admin_pages.access import needs

LOW_DISK = 5 * 2**30
BIGGEST = """
SELECT relname, pg_total_relation_size(oid), reltuples::bigint
  FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
 ORDER BY 2 DESC LIMIT 10
"""


# Tables that no ledger shows, ours and those of the parts that we stand on; the first beginning that fits.
PARTS = (
    ("kernel_importedupdate", "导入更新的旧值"),
    ("kernel_importmapping", "导入列对应"),
    ("kernel_total", "台账计数"),
    ("kernel_savedview", "存下的视图"),
    ("kernel_columnchoice", "自选列"),
    ("kernel_delivery", "通知的发送"),
    ("kernel_numberseries", "编号序列"),
    ("kernel_givennumber", "发出的编号"),
    ("kernel_oncekey", "防重复提交的记号"),
    ("programmes_itemrole", "条目的责任单位"),
    ("programmes_target", "总目标"),
    ("programmes_sentence", "要点的句子"),
    ("programmes_reportentry", "报告的条目"),
    ("programmes_judgement", "研判记录"),
    ("programmes_judgingrun", "研判批次"),
    ("procrastinate_events", "后台作业的经过"),
    ("procrastinate", "后台作业"),
    ("django_session", "登录会话"),
    ("axes_", "登录失败记录"),
    ("account_", "登录账号"),
    ("mfa_", "动态验证码"),
    ("socialaccount_", "统一身份绑定"),
    ("django_", "框架"),
)


@require_GET
@needs("health.view")
def health_page(request: ActorRequest) -> HttpResponse:
    """Database, jobs, disk, seals; the largest tables."""
    rows = [*_parts(), _disk(), _seals()]
    bad = sum(light == "r" for _, light, *_ in rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
        cursor.execute(BIGGEST)
        tables = [
            (_called(name), _mib(bytes_), count if count >= 0 else None)
            for name, bytes_, count in cursor.fetchall()
        ]
    facts = ["全部正常" if not bad else f"{bad} 处要处理", f"版本 {__version__}", f"数据库 {_mib(size)} MB"]
    page = {"title": "运行状况", "crumbs": [{"label": "系统管理"}], "facts": facts}
    return render(request, "org/admin/health.html", {"page": page, "rows": rows, "tables": tables})


def _called(table: str) -> str:
    """What a person calls a table: the name of its rows; a part of a divided table with its own ending."""
    known = next((word for start, word in PARTS if table.startswith(start)), "")
    if known:
        return known
    words = {one._meta.db_table: str(one._meta.verbose_name_plural) for one in apps.get_models()}
    fitting = sorted((name for name in words if table.startswith(name)), key=len)
    if not fitting:
        return f"其他（{table}）"
    rest = table.removeprefix(fitting[-1]).strip("_")
    return f"{words[fitting[-1]]}（{rest}）" if rest else words[fitting[-1]]


def _parts() -> list[tuple[str, str, str, str, str]]:
    """(part, light, word, facts, what to do)."""
    found = parts()
    database, jobs = found["database"], found.get("jobs", {"ok": False, "waiting": 0, "workers": 0})
    return [
        ("网页服务", "g", "运行", f"版本 {found['web']['version']}", ""),
        (
            "数据库",
            "g" if database["ok"] else "r",
            "运行" if database["ok"] else "没有应答",
            f"PostgreSQL {database.get('version', '')}",
            "" if database["ok"] else "请看数据库日志，或运行 anlan status。",
        ),
        (
            "后台作业",
            "g" if jobs["ok"] else "r",
            "运行" if jobs["ok"] else "没有工作进程",
            f"{jobs['workers']} 个进程，{jobs['waiting']} 个作业排队",
            "" if jobs["ok"] else "导入、导出、提醒都不会进行。请运行 anlan up，或启动 worker 服务。",
        ),
    ]


def _disk() -> tuple[str, str, str, str, str]:
    """Free space where the files lie."""
    folder = Path(settings.HOME)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    low = usage.free < LOW_DISK
    facts = f"剩 {usage.free / 2**30:.1f} GB，共 {usage.total / 2**30:.1f} GB"
    what = "剩余不到 5 GB。请清理旧备份或扩容，写满后所有办理都会停。" if low else ""
    return ("磁盘", "r" if low else "g", "不足" if low else "够用", facts, what)


def _seals() -> tuple[str, str, str, str, str]:
    """When the record was last sealed."""
    last = AuditSeal.objects.order_by("-id").first()
    if last is None:
        return ("操作日志封印", "o", "还没有", "首批记录尚未封印", "")
    facts = f"最近一次 {moment(last.sealed_at)}，封到第 {last.last_id} 条"
    return ("操作日志封印", "g", "已封", facts, "")


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f}"
