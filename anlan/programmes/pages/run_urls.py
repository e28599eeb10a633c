"""Addresses of the pages of this part."""

from django.urls import URLPattern, path

from anlan.programmes.pages import (
    run_boards,
    run_events,
    run_forms,
    run_goals,
    run_item,
    run_letters,
    run_lists,
    run_measure,
    run_progress,
    run_receipt,
    run_shares,
)

urlpatterns: list[URLPattern] = [
    path("running/matrix/", run_boards.matrix, name="matrix"),
    path("running/<int:pk>/matrix/", run_boards.matrix, name="programme-matrix"),
    path("running/<int:pk>/matrix/export/", run_boards.export, name="matrix-export"),
    path("running/<int:pk>/letters/", run_letters.letters, name="matrix-letters"),
    path("running/cell/<int:item>/<int:unit>/", run_boards.cell, name="matrix-cell"),
    path("running/item/<int:pk>/", run_item.item, name="programme-item"),
    path("running/obligation/<int:pk>/shares/", run_shares.shares, name="obligation-shares"),
    path("running/obligation/<int:pk>/events/", run_events.events, name="obligation-events"),
    path("running/goals/", run_goals.goals, name="goals"),
    path("running/<int:pk>/goals/", run_goals.goals, name="programme-goals"),
    path("running/goals/<int:pk>/bind/", run_goals.bind, name="goal-bind"),
    path("running/progress/", run_progress.progress, name="progress"),
    path("running/<int:pk>/progress/", run_progress.progress, name="programme-progress"),
    path("measures/", run_measure.measures, name="measures"),
    path("measures/<slug:key>/", run_measure.measure, name="measure"),
    path("measures/<slug:key>/value/", run_measure.value, name="measure-value"),
    path("running/calendar/", run_progress.calendar, name="due-calendar"),
    path("running/warning-days/", run_progress.warning_days, name="warning-days"),
    path("running/lists/", run_lists.lists, name="duty-lists-of-posts"),
    path("running/lists/<int:programme>/<int:post>/", run_lists.make, name="duty-list-make"),
    path("running/lists/sign/<int:pk>/", run_lists.sign, name="duty-list-sign"),
    path("running/receipt/", run_receipt.receipt, name="duty-receipt"),
    path("running/receipt/sign/", run_receipt.sign_all, name="duty-sign-all"),
    path("running/evidence/new/", run_forms.evidence_new, name="evidence-new"),
    path("running/occurrences/<int:pk>/progress/", run_forms.progress, name="occurrence-progress"),
    path("running/occurrences/<int:pk>/reschedule/", run_forms.reschedule, name="occurrence-reschedule"),
]
