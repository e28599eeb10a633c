"""Addresses of the pages of risk points, plans, confirmations, installations and guarantors."""

from django.urls import URLPattern, path

from anlan.hazards.pages import installation, risk, risk_cards, risk_plans, risk_rows, work

urlpatterns: list[URLPattern] = [
    path("risks/new/", risk.new_point, name="risk-new"),
    path("risks/grade/", risk.grade, name="risk-grade"),
    path("risks/<int:pk>/", risk_rows.show_point, name="risk"),
    path("risks/<int:pk>/edit/", risk.edit_point, name="risk-edit"),
    path("risks/<int:pk>/move/propose/", risk.propose, name="risk-propose"),
    path("risks/<int:pk>/notice/", risk_cards.notice, name="risk-notice"),
    path("risk-jobs/", risk_cards.jobs, name="risk-jobs"),
    path("risk-jobs/<int:firm>/", risk_cards.job_card, name="risk-job-card"),
    path("risk-jobs/<int:firm>/confirm/", work.begin, name="work-begin"),
    path("work-confirmations/new/", work.choose, name="work-new"),
    path("work-confirmations/<int:pk>/", work.show, name="work"),
    path("work-confirmations/<int:pk>/tick/", work.tick, name="work-tick"),
    path("work-confirmations/<int:pk>/sign/<int:n>/", work.sign, name="work-sign"),
    path("work-confirmations/<int:pk>/signature/<int:n>/", work.signature, name="work-signature"),
    path("work-confirmations/<int:pk>/print/", work.print_sheet, name="work-print"),
    path("site-plans/new/", risk_plans.new_plan, name="site-plan-new"),
    path("site-plans/<int:pk>/", risk_plans.show_plan, name="site-plan"),
    path("site-plans/<int:pk>/print/", risk_plans.print_plan, name="site-plan-print"),
    path("site-plans/<int:pk>/place/", risk_plans.place_point, name="site-plan-place"),
    path("site-plans/<int:pk>/picture/", risk_plans.change_picture, name="site-plan-picture"),
    path("installations/<int:pk>/", risk_rows.show_installation, name="installation"),
    path("installations/<int:pk>/reckon/", installation.reckon, name="installation-reckon"),
    path("installations/<int:pk>/board/", installation.board, name="installation-board"),
    path("guarantor-grid/", installation.guarantor_grid, name="guarantor-grid"),
    path("gb18218/", installation.tables, name="gb18218"),
]
