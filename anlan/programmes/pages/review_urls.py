"""Addresses of intake, review and publication."""

from django.urls import URLPattern, path

from anlan.programmes.pages import review, review_acts, review_intake, review_publish

urlpatterns: list[URLPattern] = [
    path("intake/", review_intake.upload, name="review-intake"),
    path("programmes/review/<int:pk>/", review.screen, name="review"),
    path("programmes/review/<int:pk>/diff/", review_publish.diff, name="review-diff"),
    path("programmes/review/<int:pk>/publish/", review_publish.publish_page, name="review-publish"),
    path("programmes/review/<int:pk>/withdraw/", review_publish.withdraw_page, name="review-withdraw"),
    path("programmes/review/item/<int:pk>/<slug:act>/", review_acts.act, name="review-act"),
    path("programmes/review/doubt/<int:pk>/", review_acts.doubt, name="review-doubt"),
]
