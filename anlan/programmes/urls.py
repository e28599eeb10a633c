"""Addresses of the programme's own pages, part by part."""

from django.urls import URLPattern, URLResolver

from anlan.programmes.pages import chase_urls, report_urls, review_urls, run_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *review_urls.urlpatterns,
    *run_urls.urlpatterns,
    *report_urls.urlpatterns,
    *chase_urls.urlpatterns,
]
