"""Duty lists by post: who has one, who signed, who must sign again after a hand-over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel import clock
from anlan.kernel.once import new_key
from anlan.kernel.requests import ActorRequest
from anlan.kernel.writing import Refused
from anlan.org.models import Post
from anlan.org.models.dated import on_day
from anlan.programmes.actions import run_lists
from anlan.programmes.models import Duty, DutyList
from anlan.programmes.pages.run_boards import others
from anlan.programmes.pages.run_receipt import programme_of, without_programme

WORDS = {
    "none": "未生成",
    "unsigned": "待签字",
    "signed": "已签字",
    "handed-over": "交接后待重签",
    "outdated": "职责有变，待重签",
}
MOST = 200


@require_GET
def lists(request: ActorRequest) -> HttpResponse:
    """Every post whose unit has duties in the programme, with the standing of its list."""
    if not request.actor.may_read("duty-lists.view"):
        raise Http404
    raw = request.GET.get("programme", "")
    try:
        programme = programme_of(request, int(raw) if raw.isdigit() else None)
    except Http404:
        if raw:
            raise
        return without_programme(request, "职责清单")
    units = Duty.objects.visible_to(request.actor).filter(programme=programme, state__in=run_lists.LIVE)
    posts = (
        Post.objects.visible_to(request.actor)
        .filter(on_day(clock.today()), unit_id__in=units.values("unit_id"), person__is_active=True)
        .select_related("unit", "role", "person", "predecessor")
        .order_by("region_path", "unit_id", "id")[:MOST]
    )
    # One's own list stands first.
    ordered = sorted(posts, key=lambda post: post.person_id != request.actor.person_id)
    newest = {
        one.post_id: one
        for one in DutyList.objects.visible_to(request.actor)
        .filter(programme=programme)
        .order_by("id")
        .select_related("person")
    }
    page = {
        "title": f"{programme.year} 年职责清单",
        "programme": programme,
        "programmes": others(request, programme),
        "rows": [_row(request, programme, post, newest) for post in ordered],
        "duties": units.count() if not ordered else 0,
        "posts_url": reverse("ledger-list", args=["posts"]) if request.actor.may("posts.add") else "",
        "may": request.actor.may("duty-lists.sign"),
    }
    return render(request, "programmes/lists.html", {"page": page})


@require_POST
def make(request: ActorRequest, programme: int, post: int) -> HttpResponse:
    """Make the list of one post anew."""
    if not request.actor.may("duty-lists.sign"):
        raise Http404
    found = programme_of(request, programme)
    if not _makes(request, found, get_object_or_404(Post.objects.visible_to(request.actor), pk=post)):
        raise Http404
    posts = Post.objects.visible_to(request.actor).select_related("unit", "person", "role")
    try:
        row = run_lists.make_list(request.actor, found, get_object_or_404(posts, pk=post))
    except Refused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(f"{reverse('duty-lists-of-posts')}?programme={found.pk}")
    messages.success(request, "已生成职责清单，请本人核对后签字。")
    return HttpResponseRedirect(reverse("ledger-row", args=["duty-lists", row.pk]))


@require_POST
def sign(request: ActorRequest, pk: int) -> HttpResponse:
    """Sign one's own list."""
    if not request.actor.may("duty-lists.sign"):
        raise Http404
    row: Any = get_object_or_404(DutyList.objects.visible_to(request.actor), pk=pk)
    try:
        run_lists.sign_list(request.actor, row)
    except Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "已签字。")
    return HttpResponseRedirect(reverse("ledger-row", args=["duty-lists", pk]))


def _makes(request: ActorRequest, programme: Any, post: Any) -> bool:
    """A list is made by whoever holds the post, or by the office that issued the document."""
    paths = request.actor.seat.region_paths if request.actor.seat else ()
    office = programme.region_path in paths and request.actor.may("duties.decide")
    return office or post.person_id == request.actor.person_id


def _row(request: ActorRequest, programme: Any, post: Any, newest: Any) -> dict[str, Any]:
    state, found = run_lists.standing(programme, post, newest)
    own = post.person_id == request.actor.person_id
    return {
        "post": post,
        "state": WORDS[state],
        "list": found,
        "url": reverse("ledger-row", args=["duty-lists", found.pk]) if found else "",
        "make_url": reverse("duty-list-make", args=[programme.pk, post.pk])
        if state != "signed" and _makes(request, programme, post)
        else "",
        "sign_url": reverse("duty-list-sign", args=[found.pk])
        if found and own and state == "unsigned"
        else "",
        "key": new_key(),
    }
