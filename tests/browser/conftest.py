"""The browser of the browser tests: Debian's Chromium, and axe-core for what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

AXE = Path(settings.ROOT) / "node_modules/axe-core/axe.min.js"
CHROMIUM = next((one for one in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(one).exists()), "")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = """rules => axe.run(document, {runOnly: rules}).then(found => found.violations.map(
  one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 120)).join(" | ")))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; without it the tests are skipped with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM or not AXE.exists():
        pytest.skip("no Chromium, or npm ci has not run")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
