"""Pages of the review."""

from django.http import Http404


def diff(request, pk=0, act=""):
    raise Http404


def publish_page(request, pk=0, act=""):
    raise Http404


def withdraw_page(request, pk=0, act=""):
    raise Http404
