"""Pages of the review."""

from django.http import Http404


def act(request, pk=0, act=""):
    raise Http404


def doubt(request, pk=0, act=""):
    raise Http404
