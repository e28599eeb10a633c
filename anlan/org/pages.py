"""Pages of acts that change more than one row: handing over, ending and lending a post; closing a region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from anlan.kernel.once import new_key, once
from anlan.kernel.requests import ActorRequest
from anlan.org import actions
from anlan.org.forms import CloseRegionForm, DelegateForm, EndPostForm, HandOverForm
from anlan.org.models import Post, Region

METHODS = ["GET", "POST"]


def _post_for(request: ActorRequest, pk: int) -> Post:
    """A post that the actor may see, else 404."""
    rows = Post.objects.visible_to(request.actor).select_related("person", "role", "unit", "region")
    post: Post | None = rows.filter(pk=pk).first()
    if post is None:
        raise Http404
    return post


def act_page(
    request: HttpRequest, form: forms.Form, page: dict[str, Any], run: Callable[[], str], back: str
) -> HttpResponse:
    """Draw the form; on a valid POST do the act once and go back with what it says."""
    if request.method == "POST" and form.is_valid():
        try:
            said, fresh = once(request.actor, request.POST.get("idempotency_key", ""), run)  # type: ignore[attr-defined]
            if fresh:
                messages.success(request, said)
            return HttpResponseRedirect(back)
        except ValidationError as error:
            _put_errors(form, error)
    page = {
        **page,
        "action": request.path,
        "cancel_url": back,
        "idempotency": request.POST.get("idempotency_key") or new_key(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "kernel/form.html", {"form": form, "page": page}, status=status)


def _put_errors(form: forms.Form, error: ValidationError) -> None:
    """Each message at its box, or at the top where there is none."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in found.items():
        for one in said:
            form.add_error(name if name in form.fields else None, one)


def crumbs(key: str, label: str, row: Any, act: str) -> list[dict[str, str]]:
    above = reverse("ledger-list", args=[key])
    return [{"label": label, "url": above}, {"label": str(row), "url": f"{above}{row.pk}/"}, {"label": act}]


@require_http_methods(METHODS)
def hand_over(request: ActorRequest, pk: int) -> HttpResponse:
    """Give a post to the next person from a day on."""
    if not request.actor.may("posts.change"):
        raise Http404
    post = _post_for(request, pk)
    form = HandOverForm(request.actor, request.POST or None)

    def run() -> str:
        given = form.cleaned_data
        new = actions.hand_over(request.actor, post, given["person"], given["day"], given["note"])
        return f"{post.label}自 {given['day']} 起由{new.person.name}接任。"

    page = {
        "title": f"交接：{post.person.name}，{post.label}",
        "crumbs": crumbs("posts", "岗位", post, "交接"),
        "section_title": "交接",
        "save_label": "办理交接",
    }
    return act_page(request, form, page, run, reverse("ledger-row", args=["posts", pk]))


@require_http_methods(METHODS)
def end_post(request: ActorRequest, pk: int) -> HttpResponse:
    """Let a post end."""
    if not request.actor.may("posts.change"):
        raise Http404
    post = _post_for(request, pk)
    form = EndPostForm(request.actor, request.POST or None)

    def run() -> str:
        actions.end_post(request.actor, post, form.cleaned_data["day"], form.cleaned_data["note"])
        return f"{post.person.name}的岗位“{post.label}”到 {form.cleaned_data['day']} 结束。"

    page = {
        "title": f"结束岗位：{post.person.name}，{post.label}",
        "crumbs": crumbs("posts", "岗位", post, "结束"),
        "section_title": "结束岗位",
        "save_label": "结束岗位",
    }
    return act_page(request, form, page, run, reverse("ledger-row", args=["posts", pk]))


@require_http_methods(METHODS)
def delegate(request: ActorRequest, pk: int) -> HttpResponse:
    """Lend a post for some days."""
    post = _post_for(request, pk)
    if post.person_id != request.actor.person_id and not request.actor.may("delegations.add"):
        raise Http404
    form = DelegateForm(request.actor, post, request.POST or None)

    def run() -> str:
        given = form.cleaned_data
        actions.delegate(
            request.actor, post, given["person"], given["start"], given["end"], reason=given["reason"]
        )
        days = f"自 {given['start']} 起，到 {given['end']} 前一日为止"
        return f"“{post.label}”{days}，委托给{given['person'].name}。"

    page = {
        "title": f"委托：{post.person.name}，{post.label}",
        "crumbs": crumbs("posts", "岗位", post, "委托"),
        "section_title": "委托",
        "save_label": "委托岗位",
    }
    return act_page(request, form, page, run, reverse("ledger-row", args=["posts", pk]))


@require_http_methods(METHODS)
def close_region(request: ActorRequest, pk: int) -> HttpResponse:
    """End a region; another takes territory, offices and posts over."""
    if not request.actor.may("regions.change"):
        raise Http404
    region = Region.objects.visible_to(request.actor).filter(pk=pk).first()
    if region is None:
        raise Http404
    form = CloseRegionForm(request.actor, request.POST or None)

    def run() -> str:
        given = form.cleaned_data
        done = actions.close_region(request.actor, region, given["day"], given["successor"], given["source"])
        said = (
            f"{region.name}自 {given['day']} 起由{given['successor'].name}承接："
            f"单位承接 {done.units_moved} 个、撤销 {done.units_ended} 个，岗位承接 {done.posts_moved} 个。"
        )
        return said + (f"须重新安排：{'；'.join(done.unsettled[:20])}" if done.unsettled else "")

    page = {
        "title": f"撤销区划：{region.name}",
        "crumbs": crumbs("regions", "行政区划", region, "撤销"),
        "section_title": "撤销和承接",
        "save_label": f"撤销{region.name}",
    }
    return act_page(request, form, page, run, reverse("ledger-row", args=["regions", pk]))


urlpatterns = [
    path("posts/<int:pk>/hand-over/", hand_over, name="post-hand-over"),
    path("posts/<int:pk>/end/", end_post, name="post-end"),
    path("posts/<int:pk>/delegate/", delegate, name="post-delegate"),
    path("regions/<int:pk>/close/", close_region, name="region-close"),
]
