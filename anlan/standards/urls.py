"""Addresses of the pages of standards; they stand before the ledgers' own."""

from django.urls import path

from anlan.standards.pages import checklist, search

urlpatterns = [
    path("criteria/search/", search.criteria_search, name="criteria-search"),
    path("checklists/sheet/", checklist.sheet, name="checklist-sheet"),
]
