"""Django's sessions in the database, read by one fixed statement."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from anlan.kernel import lookup


class SessionStore(DatabaseStore):
    """As Django's, except how it is read."""

    def load(self) -> dict[str, Any]:
        """What is kept for this browser; nothing where the key is unknown or has expired."""
        data = lookup.value(
            "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
            self.session_key,
            timezone.now(),
        )
        if data is None:
            self._session_key = None
            return {}
        return self.decode(data)
