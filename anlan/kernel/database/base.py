"""The database wrapper that `config.env` names as the engine."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but a silent connection counts as good: no question to the server before every page."""

    def is_usable(self) -> bool:
        """A server that closes a connection sends the end of it; only then is it asked."""
        known = self.connection.pgconn if self.connection is not None else None
        if known is not None and known.status == ConnStatus.OK and not self.errors_occurred:
            waiting = select.poll()
            waiting.register(known.socket, select.POLLIN)
            if not waiting.poll(0):
                return True
        return bool(super().is_usable())
