"""Addresses of units' reports, of collecting them, and of the office's own report."""

from django.urls import URLPattern, path

from anlan.programmes.pages import report, report_figures, report_office

urlpatterns: list[URLPattern] = [
    path("report-rounds/", report_office.home, name="report-home"),
    path("report-rounds/open/", report_office.open_round, name="report-open"),
    path("reports/<int:pk>/", report.show, name="report"),
    path("reports/<int:pk>/print/", report.print_report, name="report-print"),
    path("reports/<int:pk>/files/", report.attach, name="report-attach"),
    path("reports/<int:pk>/except/", report_office.grant, name="report-except"),
    path("reports/<int:pk>/entries/<int:entry>/", report.save_entry, name="report-entry"),
    path("reports/<int:pk>/entries/<int:entry>/check/", report_figures.check_figure, name="report-check"),
    path("report-rounds/<int:pk>/", report_office.show_round, name="report-round"),
    path("report-rounds/<int:pk>/print/", report_office.print_round, name="report-round-print"),
    path("report-rounds/<int:pk>/decide/", report_office.decide, name="report-decide"),
    path("report-rounds/<int:pk>/remind/", report_office.remind, name="report-remind"),
    path("report-rounds/<int:pk>/draft/", report_office.draft, name="report-draft"),
    path("papers/<int:pk>/recheck/", report_office.recheck, name="report-recheck"),
    path("papers/<int:pk>/recheck/erratum/", report_office.erratum, name="report-erratum"),
]
