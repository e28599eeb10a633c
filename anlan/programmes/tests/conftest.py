"""The small world with the fixed cast."""

from __future__ import annotations

from typing import Any

import pytest

from anlan.org.testing import World, make_world


@pytest.fixture
def world(db: Any) -> World:
    """江西 with two cities, and one person of each kind."""
    return make_world()
