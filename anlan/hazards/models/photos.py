"""Fingerprints of photographs, by content: what looks alike is found by them."""

from __future__ import annotations

from django.db import models


class PhotoPrint(models.Model):
    """The 64 bits of one stored picture, and its four parts as they are searched.

    `bits` is empty where there is nothing to compare: `why` tells whether the picture cannot be read (HEIC,
    broken) or is of one tone. It belongs to the content, like `StoredFile`: who may see that two photos are
    alike follows from the rows they hang on.
    """

    class Why(models.TextChoices):
        """Why there are no bits."""

        NONE = "", "—"
        UNREAD = "unread", "打不开"
        PLAIN = "plain", "几乎是一个颜色"

    file = models.OneToOneField(
        "kernel.StoredFile", models.CASCADE, primary_key=True, related_name="photo_print"
    )
    bits = models.BigIntegerField(null=True)
    band_1 = models.IntegerField(null=True)
    band_2 = models.IntegerField(null=True)
    band_3 = models.IntegerField(null=True)
    band_4 = models.IntegerField(null=True)
    why = models.CharField(max_length=6, choices=Why, default=Why.NONE, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "照片指纹"
        indexes = [
            models.Index(fields=[f"band_{n}"], name=f"photo_band_{n}", condition=models.Q(bits__isnull=False))
            for n in (1, 2, 3, 4)
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.bits}"


class CopiedPhoto(models.Model):
    """That a danger shows a photo which hung elsewhere before; kept so that such dangers can be listed.

    Follows from the prints and is written by `actions.danger_photos` alone; read through the danger.
    """

    danger = models.OneToOneField(
        "hazards.HiddenDanger", models.CASCADE, primary_key=True, related_name="copied"
    )
    photos = models.PositiveSmallIntegerField()
    nearest = models.PositiveSmallIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "照片疑似重复"

    def __str__(self) -> str:
        return f"{self.danger_id} {self.photos}"
