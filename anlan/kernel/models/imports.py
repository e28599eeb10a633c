"""A sheet on its way in: what was read, what was written, what an undo needs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from anlan.kernel.scope import Scope, ScopedModel


class ImportBatch(ScopedModel):
    """One uploaded file for one ledger, from the trial reading to the undo.

    `mapping` is {column: field} where the person has chosen; `corrections` {field: {text: right text}};
    `counts` and `notes` tell the last reading; `created` are ranges [first, last] of row ids.
    """

    class State(models.TextChoices):
        """Nothing is in the ledger before COMMITTED, nor after UNDONE."""

        DRAFT = "draft", "试读"
        COMMITTED = "committed", "已写入"
        UNDONE = "undone", "已撤销"

    scope = Scope(view="imports.view", person="person_id")

    ledger = models.CharField("台账", max_length=60)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="导入人", null=True, related_name="+"
    )
    seat_id = models.BigIntegerField("岗位", null=True)
    unit_id = models.BigIntegerField("单位", null=True)
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    size = models.BigIntegerField("字节")
    sheet = models.CharField("工作表", max_length=100, default="")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    mapping = models.JSONField("列的对应", default=dict)
    corrections = models.JSONField("更正", default=dict)
    counts = models.JSONField("行数", default=dict)
    notes = models.JSONField("读表说明", default=list)
    created = models.JSONField("新增的行", default=list)
    job_id = models.BigIntegerField("作业", null=True)
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())
    committed_at = models.DateTimeField("写入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["person", "ledger", "-id"], name="import_person")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def key(self) -> str:
        """Under which the record keeps the acts of this batch."""
        return f"import-{self.pk}"


class ImportedUpdate(models.Model):
    """What a row held before a batch changed it, and the version that the batch left."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="updates")
    subject_id = models.BigIntegerField()
    left_version = models.PositiveIntegerField()
    previous = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "subject_id"], name="imported_update_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.subject_id}"
