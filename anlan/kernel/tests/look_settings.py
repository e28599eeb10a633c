"""Settings under which the gallery of the look is served: its addresses, no sign-in, no data base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from anlan.kernel.tests import look_gallery


def gallery() -> dict[str, Any]:
    """What `override_settings` needs."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    options = {**engine["OPTIONS"], "context_processors": ["django.template.context_processors.request"]}
    folder = str(Path(__file__).parent / "look_templates")
    return {
        "ROOT_URLCONF": look_gallery.__name__,
        "MIDDLEWARE": look_gallery.MIDDLEWARE,
        "TEMPLATES": [{**engine, "DIRS": [folder, *engine["DIRS"]], "OPTIONS": options}],
    }
