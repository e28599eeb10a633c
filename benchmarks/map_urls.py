"""The product's addresses, and a plain one: every firm as GeoJSON through the ORM."""

from __future__ import annotations

from django.http import JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_GET

from anlan.enterprises.models import Enterprise
from anlan.kernel.requests import ActorRequest


@require_GET
def plain(request: ActorRequest) -> JsonResponse:
    """Every firm that has coordinates, as objects."""
    rows = Enterprise.objects.visible_to(request.actor).filter(longitude__isnull=False)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(row.longitude), float(row.latitude)]},
            "properties": {"id": row.pk, "name": row.name, "status": row.status, "industry": row.industry},
        }
        for row in rows
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


urlpatterns = [path("plain/", plain, name="plain"), path("", include("config.urls"))]
