"""What makes a double click one act."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class OnceKey(models.Model):
    """The key a form was handed out with, and where its first sending led."""

    key = models.CharField(max_length=64, primary_key=True)
    person_id = models.BigIntegerField(null=True)
    outcome = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.key
