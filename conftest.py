"""What every test stands on: the environment of a test run and a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("ANLAN_TESTING", "1")
os.environ.setdefault("ANLAN_EXAMPLE", "1")
os.environ.setdefault("ANLAN_HOME", tempfile.mkdtemp(prefix="anlan-test-"))
# Playwright keeps an event loop in the main thread; Django's guard against it is meant for async views.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from anlan.launch.testing import ensure_test_database

os.environ["DATABASE_URL"] = ensure_test_database()
