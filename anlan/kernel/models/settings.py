"""What administrators may set: parameters, dictionaries, holidays."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from anlan.kernel.scope import Scope, ScopedModel


class ParameterValue(ScopedModel):
    """A set value of a declared parameter; parameters without a row have their declared default."""

    scope = Scope(view="parameters.view", open_to_staff=True, public=Q())

    key = models.CharField("参数", max_length=80, unique=True)
    value = models.JSONField("值")

    class Meta:
        verbose_name = "参数"
        verbose_name_plural = "参数"

    def __str__(self) -> str:
        return self.key


class DictEntry(ScopedModel):
    """One choice of a dictionary: what a list offers, in which order, and whether it still does."""

    scope = Scope(view="dictionaries.view", open_to_staff=True)

    dictionary = models.CharField("字典", max_length=60)
    key = models.CharField("键", max_length=60)
    label = models.CharField("名称", max_length=60)
    position = models.PositiveIntegerField("次序", default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "字典项"
        verbose_name_plural = "字典"
        constraints = [
            models.UniqueConstraint(
                fields=["dictionary", "key"],
                name="dict_entry_once",
                violation_error_message="这个字典里已有同样的键。请换一个键，或改原来那一项。",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Holiday(ScopedModel):
    """A day that differs from its weekday: off on a working day, or working on a weekend.

    The announced calendar comes from a library; rows here add to it and overrule it.
    """

    class Kind(models.TextChoices):
        """What the day is."""

        OFF = "off", "放假"
        WORK = "work", "上班"

    scope = Scope(view="holidays.view", open_to_staff=True)

    day = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=4, choices=Kind)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "节假日"
        verbose_name_plural = "节假日"

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
