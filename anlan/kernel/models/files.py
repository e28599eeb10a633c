"""Files by their digest, and the rows they are attached to."""

from __future__ import annotations

from django.db import models

from anlan.kernel.models.placed import HangingScope, Placed


class StoredFile(models.Model):
    """One content, kept once. `kind` is what the content is (jpg, pdf, docx …), whatever it was called."""

    digest = models.CharField(max_length=64, unique=True, db_collation="C")
    size = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = "文件"

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"

    @property
    def place(self) -> str:
        """Where it lies under the folder of files."""
        return f"{self.digest[:2]}/{self.digest[2:4]}/{self.digest}"


class Attachment(Placed):
    """A file attached to a row, with the day it speaks of and where and when it was taken."""

    scope = HangingScope(view="attachments.view")

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    name = models.CharField("名称", max_length=150)
    kind = models.CharField("用途", max_length=40, default="", blank=True)
    effective_on = models.DateField("证明日期", null=True, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.CharField("上传人", max_length=120)
    uploader_id = models.BigIntegerField("上传人编号", null=True, blank=True)

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        constraints = [
            models.UniqueConstraint(fields=["ledger", "subject_id", "file", "kind"], name="attachment_once")
        ]
        indexes = [models.Index(fields=["ledger", "subject_id"], name="attachment_subject")]

    def __str__(self) -> str:
        return self.name
