"""Addresses of the map."""

from django.urls import URLPattern, path

from anlan.hazards.pages import map as pages

urlpatterns: list[URLPattern] = [
    path("hazard-map/", pages.show_map, name="hazard-map"),
    path("hazard-map/points/", pages.points, name="hazard-map-points"),
    path("hazard-map/place/", pages.place, name="hazard-map-place"),
    path("hazard-map/shapes/<slug:code>/", pages.shapes, name="hazard-map-shapes"),
    path("hazard-map/card/<slug:layer>/<int:pk>/", pages.card, name="hazard-map-card"),
]
