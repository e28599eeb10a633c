"""What the review screen sends: acts on an item, settlements of doubts. The answer is the screen anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from anlan.kernel import cells, clock
from anlan.kernel.requests import ActorRequest
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.programmes.actions import reviewing
from anlan.programmes.actions.reviewing import Clash
from anlan.programmes.models import DraftItem, Finding
from anlan.programmes.pages.review import draw, edition_for
from anlan.programmes.reads_review import known_measures
from anlan.programmes.rules import review, roles
from anlan.programmes.rules.review import Body, ReviewError

Post = QueryDict
Edit = Callable[[Body], Body]


def _edits(actor: Actor, draft: DraftItem, post: Post) -> dict[str, Callable[[], Edit]]:
    """The pure edits by the name of their button."""
    who, number = actor.label, post.get("ob", "")
    text = draft.edition.text.text if draft.edition.text else ""
    place = _whole(post, "place")
    return {
        "accept": lambda: lambda body: review.accept(body, number, who),
        "reopen": lambda: lambda body: review.reopen(body, number),
        "dismiss": lambda: lambda body: review.dismiss(body, number, post.get("why", ""), who),
        "kind": lambda: lambda body: review.rekind(body, number, post.get("kind", ""), who),
        "edit": lambda: lambda body: review.edit(body, number, _fields(post), who),
        "split": lambda: lambda body: review.split(body, number, _whole(post, "at"), text),
        "merge": lambda: lambda body: review.merge(body, number, text),
        "add": lambda: (
            lambda body: review.add(
                body, _whole(post, "start"), _whole(post, "end"), post.get("kind", "standing"), text, who
            )
        ),
        "bind": lambda: (
            lambda body: review.bind(
                body, number, post.get("measure", ""), [key for key, _ in known_measures()], who
            )
        ),
        "role": lambda: lambda body: roles.change_role(body, place, post.get("role", "")),
        "waive": lambda: lambda body: roles.waive(body, place, post.get("why", ""), who),
        "remove-role": lambda: lambda body: roles.remove_role(body, place),
        "add-role": lambda: _added(actor, post, who),
    }


def _added(actor: Actor, post: Post, who: str) -> Edit:
    units = _units(post)
    if not units:
        raise ReviewError("请选一个单位。")
    name = reviewing.visible_units(actor, units[:1])[units[0]]
    return lambda body: roles.add_role(body, post.get("role", ""), units[0], name, who)


def _fields(post: Post) -> dict[str, Any]:
    return {name: post[name] for name in review.FIELDS if name in post}


def _whole(post: Post, name: str) -> int:
    value = post.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else -1


def _units(post: Post) -> list[int]:
    return [int(one) for one in post.getlist("unit") if one.isdecimal() and len(one) < 18]


def _run(actor: Actor, draft: DraftItem, act: str, post: Post) -> DraftItem:
    seen = _whole(post, "version")
    if act == "confirm":
        return reviewing.confirm(actor, draft, seen)
    if act == "units":
        return reviewing.choose_units(
            actor, draft, seen, _whole(post, "place"), _units(post), post.get("note", "")
        )
    if act == "rule":
        ruling = {
            name: post.get(name, "") for name in ("word", "decision", "period", "value", "by", "reason")
        }
        return reviewing.rule_on(actor, draft, seen, post.get("ob", ""), ruling)
    edits = _edits(actor, draft, post)
    if act not in edits:
        raise Http404
    return reviewing.change(actor, draft, seen, act, edits[act]())


@require_POST
def act(request: ActorRequest, pk: int, act: str) -> HttpResponse:
    """One act on one item. 409 when a colleague was quicker, 422 when it cannot be done; both say why."""
    rows = DraftItem.objects.visible_to(request.actor).select_related("edition__programme", "edition__text")
    draft = rows.filter(pk=pk).first()
    if draft is None:
        raise Http404
    number = request.POST.get("ob", "")
    try:
        row = _run(request.actor, draft, act, request.POST)
    except Clash as clash:
        return _answer(request, draft, number, _clash_note(clash), 409)
    except (ReviewError, ValidationError, Refused) as error:
        note = {"tone": "r", "text": reviewing.as_validation(error), "lines": []}
        return _answer(request, draft, number, note, 422)
    if act == "confirm" or act == "accept":
        number = ""
    return _answer(request, row, number, None, 200, forward=act == "confirm")


def _clash_note(clash: Clash) -> dict[str, Any]:
    when = f"（{cells.recent(clash.when, clock.today())}）" if clash.when else ""
    text = f"{clash.who}{when}刚改过第{clash.draft.no}条。您的这一步没有保存，下面是现在的内容。"
    return {"tone": "y", "text": text, "lines": clash.what}


def _answer(
    request: ActorRequest,
    draft: DraftItem,
    number: str,
    note: dict[str, Any] | None,
    status: int,
    forward: bool = False,
) -> HttpResponse:
    place = draft.position + (1 if forward else 0)
    if not getattr(request, "htmx", False) and status == 200:
        return HttpResponseRedirect(f"{reverse('review', args=[draft.edition_id])}?item={place}")
    edition = edition_for(request, draft.edition_id)
    return draw(request, edition, place, note=note, current=number, status=status)


@require_POST
def doubt(request: ActorRequest, pk: int) -> HttpResponse:
    """Settle a doubt in words, or open it again."""
    rows = Finding.objects.visible_to(request.actor).select_related("edition__programme", "draft_item")
    finding = rows.filter(pk=pk).first()
    if finding is None:
        raise Http404
    note, status = None, 200
    try:
        if "again" in request.POST:
            reviewing.unsettle(request.actor, finding)
        else:
            reviewing.settle(request.actor, finding, request.POST.get("words", ""))
    except (ReviewError, ValidationError, Refused) as error:
        note, status = {"tone": "y", "text": reviewing.as_validation(error), "lines": []}, 422
    if "whole" in request.POST:
        if note:
            messages.warning(request, str(note["text"]))
        return HttpResponseRedirect(f"{reverse('review-doubts', args=[finding.edition_id])}#f{finding.pk}")
    place = finding.draft_item.position if finding.draft_item else _whole(request.POST, "item")
    if not getattr(request, "htmx", False) and status == 200:
        return HttpResponseRedirect(f"{reverse('review', args=[finding.edition_id])}?item={max(place, 0)}")
    return draw(request, edition_for(request, finding.edition_id), place, note=note, status=status)
