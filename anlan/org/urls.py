"""Addresses of the organisation: pickers, sign-in, and pages that are no ledger's."""

from django.urls import URLPattern, URLResolver

from anlan.org import pages, pickers, signin_urls, slips
from anlan.org.admin_pages import urls as admin_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *pickers.urlpatterns,
    *pages.urlpatterns,
    *slips.urlpatterns,
    *signin_urls.urlpatterns,
    *admin_urls.urlpatterns,
]
