"""Admin, the REST page, and counts by state."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.urls import path
from rest_framework import filters, generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.peers.models import Fault


class FaultSerializer(serializers.ModelSerializer[Fault]):
    """All columns and the enterprise's name."""

    site_name = serializers.CharField(source="site.name")

    class Meta:
        model = Fault
        fields = (
            "id", "number", "description", "site_name", "region_path", "industry", "level", "state",
            "found_on", "due_on", "closed_on",
        )  # fmt: skip


class FaultList(generics.ListAPIView[Fault]):
    """Pages of 50 with a count; filters by equality, search by ILIKE."""

    serializer_class = FaultSerializer
    filter_backends = (filters.SearchFilter,)
    search_fields = ("description",)

    def get_queryset(self) -> QuerySet[Fault]:
        """Newest first."""
        rows = Fault.objects.select_related("site").order_by("-found_on", "-id")
        wanted = {"region_path", "state", "industry", "level"}
        given = {name: value for name, value in self.request.GET.items() if name in wanted}
        return rows.filter(**given)


class ByState(APIView):
    """Counts by state."""

    def get(self, request: Request) -> Response:
        """One GROUP BY."""
        counted: Any = Fault.objects.order_by().values_list("state").annotate(n=Count("pk"))
        return Response(dict(counted))


urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/login/", admin.site.login),
    path("faults/", FaultList.as_view()),
    path("by-state/", ByState.as_view()),
]
