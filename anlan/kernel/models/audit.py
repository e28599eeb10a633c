"""The record of every act: append-only, sealed in batches into a chain of SM3 digests."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anlan.kernel.scope import Scope, ScopedModel


class AuditEntry(ScopedModel):
    """One act on one subject: who, as which post, what changed.

    `differences` is {field: [old, new]} in plain JSON values; `batch` names the import or job that a
    row came with. `transaction` is PostgreSQL's own number: entries that share it were one act. A
    trigger refuses every change and removal.
    """

    scope = Scope(view="audit.view", region="region_path")
    version = None  # type: ignore[assignment]

    at = models.DateTimeField("时间", db_default=Now())
    person_id = models.BigIntegerField("人员", null=True)
    actor = models.CharField("经办", max_length=120)
    seat_id = models.BigIntegerField("岗位", null=True)
    act = models.CharField("动作", max_length=60)
    ledger = models.CharField("台账", max_length=60)
    subject_id = models.BigIntegerField("对象编号", null=True)
    subject = models.CharField("对象", max_length=200)
    region_path = models.CharField("区划路径", max_length=80, db_collation="C", default="")
    differences = models.JSONField("变动", default=dict)
    note = models.CharField("说明", max_length=500, default="")
    batch = models.CharField("批次", max_length=40, default="")
    address = models.CharField("来源地址", max_length=45, default="")
    transaction = models.BigIntegerField(
        "事务号", db_default=models.Func(function="txid_current", output_field=models.BigIntegerField())
    )

    class Meta:
        verbose_name = "操作日志"
        verbose_name_plural = "操作日志"
        indexes = [
            models.Index(fields=["ledger", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["person_id", "-id"], name="audit_person"),
            models.Index(fields=["batch"], name="audit_batch", condition=~Q(batch="")),
            BrinIndex(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return self.subject or f"第 {self.pk} 条"


class AuditSeal(models.Model):
    """A batch of entries and the SM3 digest over it and the seal before it.

    The batch is everything after the seal before up to `last_id`. `leaves` has 16 bytes an entry, its
    id and the beginning of its own digest: they only help to name the entry that was touched.
    """

    first_id = models.BigIntegerField("首条", unique=True)
    last_id = models.BigIntegerField("末条", unique=True)
    entries = models.PositiveIntegerField("条数")
    previous = models.CharField("前一封印", max_length=64, default="")
    digest = models.CharField("封印", max_length=64)
    leaves = models.BinaryField("分条摘要", default=b"")
    sealed_at = models.DateTimeField("封印时间")

    class Meta:
        verbose_name = "日志封印"
        verbose_name_plural = "日志封印"

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
