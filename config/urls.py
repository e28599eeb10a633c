"""Every address of the house. Ledgers bring their own pages by declaration; what follows is the rest."""

from django.urls import include, path

urlpatterns = [
    path("", include("anlan.org.urls")),
    path("", include("anlan.standards.urls")),
    path("", include("anlan.papers.urls")),
    path("", include("anlan.programmes.urls")),
    path("", include("anlan.enterprises.urls")),
    path("", include("anlan.enterprises.pages.facilities_urls")),
    path("", include("anlan.hazards.urls")),
    path("", include("anlan.kernel.urls")),
]

handler403 = "anlan.kernel.pages.errors.forbidden"
handler404 = "anlan.kernel.pages.errors.not_found"
handler500 = "anlan.kernel.pages.errors.server_error"
