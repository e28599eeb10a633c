"""Addresses of intake, review and publication."""

from django.urls import URLPattern, path

from anlan.programmes.pages import (
    review,
    review_acts,
    review_doubts,
    review_intake,
    review_publish,
    review_units,
    review_whole,
)

urlpatterns: list[URLPattern] = [
    path("intake/", review_intake.upload, name="review-intake"),
    path("programmes/review/<int:pk>/", review.screen, name="review"),
    path("programmes/review/<int:pk>/diff/", review_publish.diff, name="review-diff"),
    path("programmes/review/<int:pk>/publish/", review_publish.publish_page, name="review-publish"),
    path("programmes/review/<int:pk>/withdraw/", review_publish.withdraw_page, name="review-withdraw"),
    path("programmes/review/<int:pk>/doubts/", review_doubts.doubts, name="review-doubts"),
    path("programmes/review/<int:pk>/whole/", review_whole.whole, name="review-whole"),
    path(
        "programmes/review/item/<int:pk>/<int:place>/register/", review_units.register, name="review-register"
    ),
    path("programmes/review/item/<int:pk>/<int:place>/alias/", review_units.alias, name="review-alias"),
    path("programmes/review/item/<int:pk>/<slug:act>/", review_acts.act, name="review-act"),
    path("programmes/review/doubt/<int:pk>/", review_acts.doubt, name="review-doubt"),
]
