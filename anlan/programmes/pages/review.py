"""Pages of the review."""

from django.http import Http404


def screen(request, pk=0, act=""):
    raise Http404
