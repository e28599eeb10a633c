"""Addresses of the pages of hazards, part by part."""

from django.urls import URLPattern, URLResolver

from anlan.hazards.pages import danger_urls, map_urls, risk_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *danger_urls.urlpatterns,
    *risk_urls.urlpatterns,
    *map_urls.urlpatterns,
]
