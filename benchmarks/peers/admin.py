"""The admin page: the options that its documentation recommends for large tables are set."""

from __future__ import annotations

from django.contrib import admin

from benchmarks.peers.models import Fault


@admin.register(Fault)
class FaultAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """50 rows a page, newest first, the enterprise joined."""

    list_display = (
        "number", "description", "site", "region_path", "industry", "level", "state",
        "found_on", "due_on", "closed_on",
    )  # fmt: skip
    list_select_related = ("site",)
    list_filter = ("level", "state")
    search_fields = ("description",)
    ordering = ("-found_on", "-id")
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: object = None) -> bool:
        """Filters of the address bar without a drawn filter."""
        return True
