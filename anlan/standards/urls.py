"""Addresses of the pages of standards; they stand before the ledgers' own."""

from django.urls import path

from anlan.standards.pages import checklist, local, packs, search

urlpatterns = [
    path("law/", search.find, name="law-find"),
    path("criteria/search/", search.criteria_search, name="criteria-search"),
    path("checklists/sheet/", checklist.sheet, name="checklist-sheet"),
    path("packs/new/", packs.bring, name="pack-bring"),
    path("packs/<int:pk>/", packs.show, name="pack-row"),
    path("packs/<int:pk>/withdraw/", packs.withdraw, name="pack-withdraw"),
    *(
        path(f"{key}/<int:pk>/{step}", view, {"key": key}, name=f"{key}-{name}")
        for key in local.LEDGERS
        for name, step, view in (
            ("row", "", local.show), ("renew", "renew/", local.renew), ("end", "end/", local.end),
        )
    ),
]  # fmt: skip
