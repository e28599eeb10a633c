"""Addresses of the pages of this part."""

from django.urls import URLPattern, path

from anlan.programmes.pages import run_boards, run_forms, run_item, run_lists, run_progress, run_receipt

urlpatterns: list[URLPattern] = [
    path("programmes/matrix/", run_boards.matrix, name="matrix"),
    path("programmes/<int:pk>/matrix/", run_boards.matrix, name="programme-matrix"),
    path("programmes/<int:pk>/matrix/export/", run_boards.export, name="matrix-export"),
    path("programmes/cell/<int:item>/<int:unit>/", run_boards.cell, name="matrix-cell"),
    path("programmes/item/<int:pk>/", run_item.item, name="programme-item"),
    path("programmes/progress/", run_progress.progress, name="progress"),
    path("programmes/<int:pk>/progress/", run_progress.progress, name="programme-progress"),
    path("programmes/calendar/", run_progress.calendar, name="due-calendar"),
    path("programmes/warning-days/", run_progress.warning_days, name="warning-days"),
    path("programmes/lists/", run_lists.lists, name="duty-lists-of-posts"),
    path("programmes/lists/<int:programme>/<int:post>/", run_lists.make, name="duty-list-make"),
    path("programmes/lists/sign/<int:pk>/", run_lists.sign, name="duty-list-sign"),
    path("programmes/receipt/", run_receipt.receipt, name="duty-receipt"),
    path("programmes/receipt/sign/", run_receipt.sign_all, name="duty-sign-all"),
    path("programmes/evidence/new/", run_forms.evidence_new, name="evidence-new"),
    path("programmes/occurrences/<int:pk>/progress/", run_forms.progress, name="occurrence-progress"),
    path("programmes/occurrences/<int:pk>/reschedule/", run_forms.reschedule, name="occurrence-reschedule"),
]
