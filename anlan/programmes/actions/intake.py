"""Taking a document in: file → immutable text → compiled → an edition with its items, doubts and sentences.

The rows of an edition are made in bulk in one transaction and recorded as one act on the edition.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel import audit, clock, files
from anlan.kernel.models import StoredFile
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require, write
from anlan.org import reads as org_reads
from anlan.org.models import Unit
from anlan.org.models.dated import on_day
from anlan.programmes.compiler import compile as compile_text
from anlan.programmes.compiler.errors import CompileError
from anlan.programmes.compiler.reading import ReadDocument, read
from anlan.programmes.models import DraftItem, Edition, Finding, Programme, Sentence, SourceText
from anlan.programmes.reads_review import Resolver, known_measures
from anlan.programmes.rules.measures_proposed import propose

KINDS = ("txt", "docx", "pdf", "ole", "jpg", "png")
OFFICE = "safety-committee-office"
_ISSUED = re.compile(r"关于印发[《“]?(?P<inner>.+?)[》”]?的通知$")
_EVERYONE = "whether the text was taken in before concerns the whole region"


class TakenBefore(Refused):
    """The same text is there already; `edition` is the first one."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(
            f"这份文件已经收入，见《{edition.programme.title}》第 {edition.no} 版。文字没有变动，不必再传；"
            "如有修改，请上传修改后的文件。"
        )
        self.edition = edition


@dataclass
class _Kept:
    """A stored file in the shape of an upload."""

    name: str | None
    path: Path

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]:
        """The content in pieces."""
        with self.path.open("rb") as file:
            while piece := file.read(chunk_size or 65536):
                yield piece


def take_in(
    actor: Actor,
    stored: StoredFile,
    name: str,
    programme: Programme | None = None,
    tick: Callable[[str], None] = lambda said: None,
) -> Edition:
    """Read and compile a stored file into a new edition: of `programme`, else of a programme of its own.

    A file that cannot be read gives an edition that says why. Raises TakenBefore when the text is there
    already, Refused when the actor may not, or when the programme already has an edition under review.
    """
    require(actor, "editions.add")
    seen_before(actor, stored)
    tick("正在读取文件")
    path = Path(settings.FILES) / stored.place
    try:
        document = _read(path, name)
        tick("正在分解正文")
        compiled = compile_text(document.text, name=name, media_type=document.media_type).to_dict()
    except CompileError as error:
        return _unreadable(actor, stored, name, programme, str(error))
    tick("正在落到单位")
    with transaction.atomic():
        issuer, doubts = _issuer(actor, compiled)
        text = _text(actor, issuer, stored, document, compiled)
        programme = _programme(actor, issuer, compiled, programme)
        edition = _edition(actor, programme, text=text, compiled=compiled, stored=stored, name=name)
        _parts(actor, edition, compiled, document.text, [*doubts, *_recognised(document)])
    return edition


def _recognised(document: ReadDocument) -> list[dict[str, Any]]:
    """A page that was read from a picture is a doubt: somebody has to hold it against the paper."""
    return [
        {
            "kind": "recognised",
            "span": [at, at],
            "message": f"第 {page} 页是扫描件，文字由识别得来，待核。请对照原件核对，有错的在任务中改正。",
        }
        for page, at in document.recognised_pages().items()
    ]


def seen_before(actor: Actor, stored: StoredFile) -> None:
    """Raise TakenBefore when the very same file was taken in for a region of the actor."""
    rows = SourceText.objects.visible_to(actor).filter(file_id=stored.pk)
    _refuse_known(rows.values_list("pk", flat=True))


def _refuse_known(texts: Iterable[int]) -> None:
    rows = Edition.objects.unscoped(_EVERYONE).filter(text__in=list(texts)).select_related("programme")
    first = rows.order_by("pk").first()
    if first is not None:
        raise TakenBefore(first)


def _read(path: Path, name: str) -> ReadDocument:
    """Read a copy that bears the name it was sent under: office programs go by the ending."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / (Path(name).name or "document")
        shutil.copyfile(path, copy)
        found = read(copy)
    # A text column holds neither NUL nor half a surrogate; one character for one, so that places stay.
    clean = re.sub("[\x00\ud800-\udfff]", " ", found.text)
    return ReadDocument(found.name, found.media_type, clean, found.places)


def _unreadable(
    actor: Actor, stored: StoredFile, name: str, programme: Programme | None, why: str
) -> Edition:
    title = Path(name).stem[:200] or "未命名文件"
    with transaction.atomic():
        issuer = _own_unit(actor)
        if programme is None:
            rows = Programme.objects.visible_to(actor).filter(issuer=issuer, title=title, state="reviewing")
            programme = rows.filter(year=clock.today().year).first() or _programme(
                actor, issuer, {"document": {"title": title, "year": clock.today().year}}, None
            )
        return _edition(
            actor, programme, stored=stored, name=name, message=why[:300], state=Edition.State.UNREADABLE
        )


def _own_unit(actor: Actor) -> Unit:
    unit_id = actor.seat.unit_id if actor.seat else None
    found: Unit | None = Unit.objects.visible_to(actor).select_related("region").filter(pk=unit_id).first()
    if found is None:
        raise Refused("当前岗位没有所在单位，不能收入要点。请换到安委办的岗位。")
    return found


def _issuer(actor: Actor, compiled: Mapping[str, Any]) -> tuple[Unit, list[dict[str, Any]]]:
    """The office in whose name the document runs: the committee office of the issuer's region."""
    own = _own_unit(actor)
    name = compiled["document"]["issuer"]
    if not name:
        return own, []
    rows = Unit.objects.visible_to(actor).filter(on_day(clock.today()), name=name).select_related("region")
    named = rows.order_by("region_path", "id").first()
    if named is not None:
        office = org_reads.unit_of(OFFICE, named.region)
        return (own if named.region_id == own.region_id else office or named), []
    if own.region.short_name and own.region.short_name in name:
        return own, []
    message = f"文件写明制发单位是“{name}”，现按{own.name}收入。请确认没有传错文件。"
    return own, [{"kind": "issuer_mismatch", "span": [0, 0], "message": message}]


def _text(
    actor: Actor, issuer: Unit, stored: StoredFile, document: ReadDocument, compiled: Mapping[str, Any]
) -> SourceText:
    digest = compiled["source"]["text_digest"]
    known = SourceText.objects.unscoped(_EVERYONE).filter(region_path=issuer.region_path, digest=digest)
    _refuse_known(known.values_list("pk", flat=True))
    text: SourceText = known.first() or SourceText()
    if text.pk is None:
        change = {
            "region_path": issuer.region_path,
            "name": document.name[:200],
            "media_type": document.media_type,
            "text": document.text,
            "digest": digest,
            "marks": [
                [one.start, one.page, one.paragraph, *([1] if one.recognised else [])]
                for one in document.places
            ],
            "file_id": stored.pk,
        }
        for field, value in change.items():
            setattr(text, field, value)
        text.full_clean()
        text.save(force_insert=True)
    return text


def _programme(
    actor: Actor, issuer: Unit, compiled: Mapping[str, Any], programme: Programme | None
) -> Programme:
    head = compiled["document"]
    issued = head.get("issued_on") or head.get("published_on")
    facts = {
        "title": plain_title(head["title"] or "未写标题的要点")[:200],
        "year": head["year"] or (int(issued[:4]) if issued else clock.today().year),
        "number": (head.get("number") or "")[:60],
        "issued_on": date.fromisoformat(issued) if issued else None,
        "report_days": list(head.get("report_deadlines") or ()),
    }
    if programme is None:
        row = Programme(issuer=issuer, region_path=issuer.region_path)
        try:
            return write(actor, row, facts, "add").row  # type: ignore[no-any-return]
        except ValidationError as error:
            raise Refused("；".join(error.messages)) from error
    if programme.issuer_id != issuer.pk:
        raise Refused(
            f"这份文件的制发单位不是{programme.issuer.name}，不能作为它的新版。请作为新的要点上传。"
        )
    if programme.state == Programme.State.REVIEWING:
        write(actor, programme, facts, "change")
    return programme


def plain_title(title: str) -> str:
    """The document's own title out of the notice that sends it: 关于印发《…》的通知."""
    found = _ISSUED.search(title)
    return found["inner"].strip() if found else title.strip()


def _edition(actor: Actor, programme: Programme, *, stored: StoredFile, name: str, **fields: Any) -> Edition:
    locked = Programme.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=programme.pk)
    if not locked.exists():
        raise Refused("没有这份要点，或者不在您的职责范围内。")
    others = Edition.objects.visible_to(actor).filter(programme=programme)
    if others.filter(state=Edition.State.REVIEWING).exists():
        raise Refused("这份要点已有一版正在审读。请先发布那一版，或者把它撤下。")
    last = others.order_by("-no").values_list("no", flat=True).first() or 0
    edition = Edition(programme=programme, region_path=programme.region_path, no=last + 1, **fields)
    edition.full_clean()
    edition.version = 1
    edition.save(force_insert=True)
    facts = {"no": [None, edition.no], "state": [None, edition.state], "text": [None, edition.text_id]}
    audit.record(actor, "take-in", edition, facts, note=name[:200])
    files.attach(
        actor,
        edition,
        _Kept(name, Path(settings.FILES) / stored.place),
        kind="原件",
        permission="editions.add",
    )
    return edition


def _parts(
    actor: Actor,
    edition: Edition,
    compiled: Mapping[str, Any],
    text: str,
    doubts: Sequence[Mapping[str, Any]],
) -> None:
    """The items, doubts and sentences of an edition, in bulk."""
    sections = {one["no"]: f"{one['no']}、{one['title']}" for one in compiled["sections"]}
    resolver = Resolver(edition.programme.issuer.region, document_day(edition.programme))
    measures = known_measures()
    drafts = [
        DraftItem(
            edition=edition,
            region_path=edition.region_path,
            position=place,
            no=str(item["no"])[:20],
            title=item["title"][:300],
            body=_body(item, sections, resolver, measures, text),
            version=1,
        )
        for place, item in enumerate(compiled["items"])
    ]
    DraftItem.objects.bulk_create(drafts)
    starts = [draft.body["span"][0] for draft in drafts]
    found = [*doubts, *compiled["findings"], *_open_lists(drafts)]
    Finding.objects.bulk_create(
        Finding(
            edition=edition,
            draft_item=_holder(drafts, starts, one["span"]),
            kind=one["kind"][:40],
            start=one["span"][0],
            end=one["span"][1],
            message=one["message"][:300],
            version=1,
        )
        for one in found
    )
    Sentence.objects.bulk_create(
        Sentence(
            edition=edition,
            start=one["span"][0],
            end=one["span"][1],
            item_no=str(one["item"] or "")[:20],
            label=one["class"],
        )
        for one in compiled["sentences"]
    )


def document_day(programme: Programme) -> date:
    """The day at which the document's groups are resolved: its own, else the first of its year."""
    return programme.issued_on or date(programme.year, 1, 1)


def _body(
    item: Mapping[str, Any],
    sections: Mapping[str, str],
    resolver: Resolver,
    measures: Sequence[tuple[str, str]],
    text: str,
) -> dict[str, Any]:
    duty = item["duty"]
    words = text[item["span"][0] : item["span"][1]]
    return {
        **item,
        "no": str(item["no"]),
        "section_title": sections.get(item["section"], item["section"] or ""),
        "next": len(item["obligations"]) + 1,
        "duty": {**duty, "roles": resolver.roles(duty["roles"], words)} if duty else None,
        "obligations": [
            {
                **one,
                "id": str(n),
                "state": "open",
                "who": "",
                "note": "",
                "proposed": propose(one["quote"], measures),
                "measure": "",
                "ruling": None,
            }
            for n, one in enumerate(item["obligations"], 1)
        ],
    }


def _open_lists(drafts: Iterable[DraftItem]) -> list[dict[str, Any]]:
    """A list that ends in 等 is for the office to complete or to close."""
    message = "责任单位以“等”结尾，没有列全。是否另有责任单位？"
    return [
        {"kind": "open_list", "span": one.body["duty"]["span"], "message": message}
        for one in drafts
        if one.body["duty"] and one.body["duty"]["open_list"]
    ]


def _holder(drafts: Sequence[DraftItem], starts: Sequence[int], span: Sequence[int]) -> DraftItem | None:
    place = bisect_right(starts, span[0]) - 1
    if place < 0:
        return None
    found = drafts[place]
    return found if span[0] < found.body["span"][1] else None
