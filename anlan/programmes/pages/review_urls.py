"""Addresses of intake, review and publication."""

from django.urls import URLPattern, path

from anlan.programmes.pages import review, review_acts, review_intake, review_publish

urlpatterns: list[URLPattern] = [
    path("programmes/upload/", review_intake.upload, name="review-intake"),
    path("review/<int:pk>/", review.screen, name="review"),
    path("review/<int:pk>/diff/", review_publish.diff, name="review-diff"),
    path("review/<int:pk>/publish/", review_publish.publish_page, name="review-publish"),
    path("review/<int:pk>/withdraw/", review_publish.withdraw_page, name="review-withdraw"),
    path("review/item/<int:pk>/<slug:act>/", review_acts.act, name="review-act"),
    path("review/doubt/<int:pk>/", review_acts.doubt, name="review-doubt"),
]
