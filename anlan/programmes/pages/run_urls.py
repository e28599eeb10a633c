"""Addresses of the pages of this part."""

from django.urls import URLPattern, path

from anlan.programmes.pages import run_forms, run_receipt

urlpatterns: list[URLPattern] = [
    path("programmes/receipt/", run_receipt.receipt, name="duty-receipt"),
    path("programmes/receipt/sign/", run_receipt.sign_all, name="duty-sign-all"),
    path("programmes/evidence/new/", run_forms.evidence_new, name="evidence-new"),
    path("programmes/occurrences/<int:pk>/progress/", run_forms.progress, name="occurrence-progress"),
    path("programmes/occurrences/<int:pk>/reschedule/", run_forms.reschedule, name="occurrence-reschedule"),
]
