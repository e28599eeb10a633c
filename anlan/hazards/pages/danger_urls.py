"""Addresses of the pages of hidden dangers."""

from django.urls import URLPattern, path

from anlan.hazards.pages import (
    danger,
    danger_assign,
    danger_forms,
    danger_grade,
    danger_item,
    danger_letters,
    danger_list,
    danger_phone,
    danger_photos,
    danger_statistics,
)

urlpatterns: list[URLPattern] = [
    path("dangers/", danger_list.dangers, name="danger-list"),
    path("dangers/bulk/<slug:act>/", danger_list.bulk, name="danger-bulk"),
    path("dangers/assign/", danger_assign.assign, name="danger-assign"),
    path("dangers/assign/people/", danger_assign.people, name="danger-assign-people"),
    path("dangers/letters/", danger_letters.letters, name="danger-letters"),
    path("dangers/items/", danger_item.items, name="danger-items"),
    path("dangers/<int:pk>/take-out/", danger_letters.take_out, name="danger-take-out"),
    path("dangers/<int:pk>/item/", danger_item.choose, name="danger-item"),
    path("dangers/handed/", danger_list.handed, name="danger-handed"),
    path("dangers/handed/<int:pk>/take/", danger_list.take_over, name="danger-take-over"),
    path("dangers/statistics/", danger_statistics.statistics, name="danger-statistics"),
    path("dangers/silent/", danger_statistics.silent, name="danger-silent"),
    path("dangers/phone/", danger_phone.phone, name="danger-phone"),
    path("dangers/phone/needs/", danger_phone.needs, name="danger-phone-needs"),
    path("dangers/phone/sync/", danger_phone.sync, name="danger-phone-sync"),
    path("dangers/<int:pk>/", danger.danger, name="danger"),
    path("dangers/<int:pk>/move/grade/", danger_grade.grade, name="danger-grade"),
    path("dangers/<int:pk>/notice/", danger.notice, name="danger-notice"),
    path("dangers/<int:pk>/thumb/", danger_photos.thumb, name="danger-thumb"),
    path("dangers/<int:pk>/photo/<int:attachment>/", danger_photos.photo, name="danger-photo"),
    path("dangers/<int:pk>/photograph/", danger_forms.photograph, name="danger-photograph"),
    path("dangers/<int:pk>/report/<slug:side>/", danger_forms.report, name="danger-report"),
    path("dangers/<int:pk>/plan/", danger_forms.plan, name="danger-plan"),
    path("dangers/<int:pk>/ask/<slug:kind>/", danger_forms.ask, name="danger-ask"),
    path("dangers/<int:pk>/list-up/", danger_forms.list_up, name="danger-list-up"),
]
