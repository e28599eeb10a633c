"""Pages of the review."""

from django.http import Http404


def upload(request, pk=0, act=""):
    raise Http404
