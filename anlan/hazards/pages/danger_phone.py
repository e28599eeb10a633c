"""报隐患 on a phone: the page (kept on the phone), what it needs without network, and where it sends to."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from anlan.enterprises.models import Enterprise
from anlan.hazards import danger_cells, reads_photos
from anlan.hazards.actions import danger_sync
from anlan.hazards.actions.danger_sync import EDITABLE, Record
from anlan.hazards.models import HiddenDanger
from anlan.hazards.models.dangers import OPEN_STATES
from anlan.hazards.pages.danger_forms import moment_of, place_of
from anlan.kernel import audit, cells, clock
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.sniff import BadFile
from anlan.kernel.writing import Refused, Stale
from anlan.standards import reads as standards

MOST_FIRMS, MOST_OWN, MOST_PHOTOS = 3_000, 30, 9
CATEGORIES = ("gas", "fire", "electricity", "building", "special-equipment", "process", "operation",
              "management", "other")  # fmt: skip
LABELS = {"description": "看到什么", "place": "在哪里", "category": "哪一类", "suspected": "疑似重大",
          "due_on": "整改期限", "found_on": "发现日期", "enterprise": "单位", "enterprise_id": "单位",
          "region_path": "区划"}  # fmt: skip


@require_GET
@ensure_csrf_cookie
def phone(request: ActorRequest) -> HttpResponse:
    """The form. It holds nothing of anybody: what it knows of the person it asks for and keeps apart."""
    if not request.actor.may("dangers.add"):
        raise Http404
    labels = dict(HiddenDanger.Category.choices)
    page = {"title": "报隐患", "categories": [(key, labels[key]) for key in CATEGORIES]}
    return render(request, "hazards/danger_phone.html", {"page": page})


@require_GET
def needs(request: ActorRequest) -> JsonResponse:
    """What the form needs without network: who it is, firms, criteria in force, one's own open dangers."""
    actor, today = request.actor, clock.today()
    if not actor.may("dangers.add"):
        raise Http404
    seat = actor.seat
    firms = Enterprise.objects.visible_to(actor).exclude(status__in=("closed", "merged"))
    criteria = standards.criteria_on(actor, today).filter(standards.held_by(actor))
    own = HiddenDanger.objects.visible_to(actor).filter(finder_id=actor.person_id, state__in=OPEN_STATES)
    answer = {
        "person": actor.person_id,
        "name": actor.name,
        "firm": seat.enterprise_id if seat else None,
        "today": today.isoformat(),
        "firms": list(firms.order_by("name", "id").values_list("pk", "name", "address")[:MOST_FIRMS]),
        "criteria": [
            [one.pk, one.key, one.text, danger_cells.industry_name(one.industry), one.unsure, one.spoken]
            for one in criteria
        ],
        "own": [_own(one) for one in own.select_related("enterprise").order_by("-id")[:MOST_OWN]],
        "labels": LABELS,
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "private, no-store"
    return response


def _own(one: HiddenDanger) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "version": one.version,
        "state": one.get_state_display(),
        "firm": one.enterprise.name if one.enterprise else "",
        "fields": {name: audit.plain(getattr(one, name)) for name in EDITABLE},
    }


@require_POST
def sync(request: ActorRequest) -> JsonResponse:
    """Take one record in: 200 stored (or stored before), 409 clash with both versions, 422 refused."""
    if not request.actor.may("dangers.add"):
        return JsonResponse(
            {"state": "refused", "errors": {"": ["当前岗位不能登记隐患。请换岗位。"]}}, status=422
        )
    try:
        record = record_of(request)
        made, fresh = danger_sync.take(request.actor, record)
    except Stale as stale:
        found = danger_sync.clash(request.actor, stale)
        when = cells.moment(found.at) if found.at else ""
        told = {"state": "clash", "id": found.id, "version": found.version, "theirs": dict(found.theirs),
                "who": found.who, "when": when}  # fmt: skip
        return JsonResponse(told, status=409)
    except ValidationError as error:
        named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        told = {
            LABELS.get(name, "" if name == NON_FIELD_ERRORS else name): texts for name, texts in named.items()
        }
        return JsonResponse({"state": "refused", "errors": told}, status=422)
    except (Refused, BadFile) as error:
        return JsonResponse({"state": "refused", "errors": {"": [str(error)]}}, status=422)
    hints = _hints(request, made["id"]) if fresh and record.photos else []
    return JsonResponse({"state": "stored", **made, "repeated": not fresh, "hints": hints})


def _hints(request: ActorRequest, pk: int) -> list[str]:
    """What speaks against the photos that were just hung: 与 YH0000012 的照片近似（相差 2/64）."""
    row = HiddenDanger.objects.visible_to(request.actor).filter(pk=pk).first()
    found = reads_photos.shots(request.actor, row) if row is not None else []
    return list(dict.fromkeys(words for shot in found for words, _ in shot.hints))[:3]


def record_of(request: ActorRequest) -> Record:
    """The record of a multipart post: `record` as JSON, `photo` files in the order of its `photos`."""
    try:
        raw = json.loads(request.POST.get("record", ""))
        fields, photos = dict(raw["fields"]), list(raw.get("photos", ()))
    except (ValueError, KeyError, TypeError) as error:
        raise ValidationError("这条记录读不懂，没有上报。请在手机上重新保存。") from error
    uploads = request.FILES.getlist("photo")
    if len(uploads) != len(photos) or len(uploads) > MOST_PHOTOS:
        raise ValidationError(f"照片没有传全，或超过 {MOST_PHOTOS} 张。请再试一次。")
    hung = [
        {"upload": upload, "taken_at": moment_of(str(one.get("taken_at", ""))), "place": place_of(one)}
        for upload, one in zip(uploads, photos, strict=True)
    ]
    return Record(
        key=str(raw.get("key", "")),
        kind="edit" if raw.get("kind") == "edit" else "new",
        fields=fields,
        photos=hung,
        id=whole(raw.get("id")),
        base_version=whole(raw.get("base_version")),
        dropped=[str(one)[:200] for one in raw.get("dropped") or ()][:5],
    )
