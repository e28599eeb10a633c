"""Addresses of chasing, of the sheets, and of the cascade."""

from django.urls import URLPattern, path

from anlan.programmes.pages import chase_cascade, chase_desk

urlpatterns: list[URLPattern] = [
    path("programmes/chase/", chase_desk.desk, name="chase"),
    path("programmes/chase/draft/", chase_desk.draft, name="chase-draft"),
    path("programmes/cascade/", chase_cascade.home, name="cascade-home"),
    path("programmes/<int:pk>/cascade/", chase_cascade.cascade, name="cascade"),
    path("programmes/<int:pk>/cascade/propose/", chase_cascade.propose, name="cascade-propose"),
    path("programmes/<int:pk>/cascade/confirm/", chase_cascade.confirm, name="cascade-confirm"),
    path("programmes/<int:pk>/cascade/proofs/", chase_cascade.proofs, name="cascade-proofs"),
    path("programmes/<int:pk>/cascade/of/<int:upper>/", chase_cascade.decide, name="cascade-decide"),
    path("programmes/<int:pk>/cascade/find/<int:lower>/", chase_cascade.find, name="cascade-find"),
]
