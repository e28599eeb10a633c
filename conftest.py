"""What every test stands on. The environment and the database come from `anlan.launch.pytest_environment`."""

from __future__ import annotations

import os

# Playwright keeps an event loop in the main thread; Django's guard against it is meant for async views.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
