"""Addresses of chasing, of the sheets, and of the cascade."""

from django.urls import URLPattern, path

from anlan.programmes.pages import chase_cascade, chase_desk, chase_sheets

urlpatterns: list[URLPattern] = [
    path("programmes/chase/", chase_desk.desk, name="chase"),
    path("programmes/chase/draft/", chase_desk.draft, name="chase-draft"),
    path("programmes/<int:pk>/sheets/", chase_sheets.sheets, name="sheets"),
    path("programmes/<int:pk>/sheets/tasks/", chase_sheets.task_sheet, name="task-sheet"),
    path("programmes/<int:pk>/sheets/fill/", chase_sheets.fill_out, name="fill-out"),
    path("programmes/<int:pk>/sheets/fill-all/", chase_sheets.fill_out_all, name="fill-out-all"),
    path("programmes/sheets/<int:batch>/", chase_sheets.fill_in, name="fill-in"),
    path("programmes/sheets/<int:batch>/wrong/", chase_sheets.wrong_rows, name="fill-in-wrong"),
    path("programmes/cascade/", chase_cascade.home, name="cascade-home"),
    path("programmes/<int:pk>/cascade/", chase_cascade.cascade, name="cascade"),
    path("programmes/<int:pk>/cascade/propose/", chase_cascade.propose, name="cascade-propose"),
    path("programmes/<int:pk>/cascade/confirm/", chase_cascade.confirm, name="cascade-confirm"),
    path("programmes/<int:pk>/cascade/proofs/", chase_cascade.proofs, name="cascade-proofs"),
    path("programmes/<int:pk>/cascade/of/<int:upper>/", chase_cascade.decide, name="cascade-decide"),
    path("programmes/<int:pk>/cascade/find/<int:lower>/", chase_cascade.find, name="cascade-find"),
]
