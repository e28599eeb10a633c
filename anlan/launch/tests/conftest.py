from collections.abc import Iterator

import pytest

from anlan.launch.tests.installation import Installation, throwaway_installation


@pytest.fixture
def installation() -> Iterator[Installation]:
    with throwaway_installation() as made:
        yield made
