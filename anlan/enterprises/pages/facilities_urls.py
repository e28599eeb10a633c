"""Addresses of facilities' own pages; they stand before the ledgers' own."""

from django.urls import path

from anlan.enterprises.pages import facilities

urlpatterns = [
    path("facilities/kinds/", facilities.overview, name="facility-overview"),
    path("facilities/new/", facilities.new, name="facility-new"),
    path("facilities/<int:pk>/", facilities.show, name="facility"),
    path("facilities/<int:pk>/print/", facilities.print_facility, name="facility-print"),
    path("facilities/<int:pk>/edit/", facilities.edit, name="facility-edit"),
]
