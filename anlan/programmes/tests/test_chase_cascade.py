"""The city's document against the province's: proposed, decided, kept; one proof for both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel import moves
from anlan.kernel.models import AuditEntry
from anlan.kernel.writing import Refused
from anlan.org.testing import World, make_world
from anlan.programmes.actions import chase_cascade, chase_proof, run, run_evidence
from anlan.programmes.models import Alignment, Edition, Evidence, Obligation, Occurrence
from anlan.programmes.reads_item import item_view
from anlan.programmes.tests.running import Running, make_programme

pytestmark = pytest.mark.django_db

GOVERNMENTS = (("people-government", "361100"),)
ABOVE: Any = (
    (
        "19",
        "强化烟花爆竹安全风险防控",
        {"implementing": GOVERNMENTS},
        (
            {"kind": "standing", "quote": "坚决关闭存在“下店上宅”的零售店（点）"},
            {"kind": "standing", "quote": "完成“千灯万带”示范工程建设任务"},
        ),
    ),
    (
        "24",
        "加大执法检查工作力度",
        {"implementing": GOVERNMENTS},
        (
            {
                "kind": "cadence",
                "quote": "每季度报送典型监管执法案例",
                "period": "quarter",
                "value": Decimal(1),
                "unit": "个",
            },
        ),
    ),
)
BELOW: Any = (
    (
        "19",
        "强化烟花爆竹安全整治",
        {"lead": (("emergency", "361100"),)},
        ({"kind": "standing", "quote": "坚决关闭存在“下店上宅”的店（点）"},),
    ),
    (
        "25",
        "严格安全监管执法检查",
        {"lead": (("emergency", "361100"),), "implementing": (("people-government", "361130"),)},
        (
            {
                "kind": "cadence",
                "quote": "每季度至少报送1个典型执法案例",
                "period": "quarter",
                "value": Decimal(1),
                "unit": "个",
            },
            {"kind": "cadence", "quote": "每月16日为安全防范警示日", "period": "month", "value": Decimal(1)},
        ),
    ),
)


class Levels:
    """The world with both documents, dispatched on 1 March 2023."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.upper = make_programme(world, "360000", ABOVE)
        self.lower = make_programme(world, "361100", BELOW)
        self.city = world.actor("city_officer")

    def row(self, upper: str = "", lower: str = "") -> Alignment:
        """The row of these sentences, by a piece of each."""
        rows = Alignment.objects.unscoped("test").select_related("upper", "lower")
        return rows.get(
            **({"upper__quote__contains": upper} if upper else {"upper": None}),
            **({"lower__quote__contains": lower} if lower else {"lower": None}),
        )

    def propose(self) -> chase_cascade.Aligned:
        return chase_cascade.propose(self.city, self.lower.programme, self.upper.programme)


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> Levels:
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    return Levels(make_world())


def said(made: Running, piece: str) -> Obligation:
    return next(one for quote, one in made.obligations.items() if piece in quote)


def test_the_city_aligns_its_document_with_the_provinces(levels: Levels) -> None:
    made = levels.propose()
    assert levels.row("下店上宅", "下店上宅").relation == "covered"
    assert levels.row("典型监管执法案例", "典型执法案例").relation in ("covered", "partly")
    assert levels.row("千灯万带").relation == "missing"
    assert levels.row("", "警示日").relation == "new"
    assert (made.missing, made.new, made.covered + made.partly, made.kept) == (1, 1, 2, 0)
    levels.lower.programme.refresh_from_db(from_queryset=type(levels.lower.programme).objects.unscoped("t"))
    assert levels.lower.programme.upper_id == levels.upper.programme.pk
    assert AuditEntry.objects.unscoped("test").filter(ledger="programmes", act="align").count() >= 1


def test_only_a_document_of_the_levels_above_can_be_aligned_with(levels: Levels) -> None:
    other = make_programme(levels.world, "360400", BELOW)
    with pytest.raises(Refused, match="不是本级的上级要点"):
        chase_cascade.propose(levels.city, levels.lower.programme, other.programme)
    with pytest.raises(Refused, match="没有选定"):
        chase_cascade.propose(levels.city, levels.lower.programme)
    assert not Alignment.objects.unscoped("test").exists()


def test_whoever_may_not_see_the_document_cannot_align_it(levels: Levels) -> None:
    with pytest.raises(Refused):
        chase_cascade.propose(levels.world.actor("stranger"), levels.lower.programme, levels.upper.programme)


def test_what_a_person_confirmed_stays_when_the_proposal_is_made_again(levels: Levels) -> None:
    levels.propose()
    row = chase_cascade.confirm(levels.city, levels.row("", "警示日"))
    assert row.confirmed_by.startswith(levels.world.person("city_officer").name)
    assert levels.propose().kept == 1
    assert levels.row("", "警示日").confirmed_by == row.confirmed_by
    assert Alignment.objects.unscoped("test").count() == 4


def test_a_person_corrects_what_takes_up_a_sentence(levels: Levels) -> None:
    levels.propose()
    upper, lower = said(levels.upper, "千灯万带"), said(levels.lower, "警示日")
    chase_cascade.decide(levels.city, levels.lower.programme, upper, {lower.pk: "partly"}, "按会议纪要")
    row = levels.row("千灯万带", "警示日")
    assert (row.relation, row.note) == ("partly", "按会议纪要")
    assert not Alignment.objects.unscoped("test").filter(upper=None).exists()
    assert levels.propose().kept == 1
    chase_cascade.decide(levels.city, levels.lower.programme, upper, {})
    assert levels.row("千灯万带").confirmed_at
    assert levels.row("", "警示日").relation == "new"


def test_nothing_outside_both_documents_can_be_chosen(levels: Levels) -> None:
    levels.propose()
    upper, lower = said(levels.upper, "千灯万带"), said(levels.lower, "警示日")
    other = make_programme(levels.world, "360400", BELOW)
    with pytest.raises(Refused, match="不在本级要点"):
        chase_cascade.decide(
            levels.city, levels.lower.programme, upper, {said(other, "警示日").pk: "covered"}
        )
    with pytest.raises(Refused, match="上级要点"):
        chase_cascade.decide(levels.city, levels.lower.programme, lower, {})
    with pytest.raises(Refused, match="承接只能是"):
        chase_cascade.decide(levels.city, levels.lower.programme, upper, {lower.pk: "missing"})
    assert levels.row("千灯万带").confirmed_at is None


def test_a_decision_goes_with_its_sentence_only(levels: Levels) -> None:
    levels.propose()
    chase_cascade.confirm(levels.city, levels.row("下店上宅", "下店上宅"))
    chase_cascade.confirm(levels.city, levels.row("千灯万带"))
    edition = Edition.objects.unscoped("test").get(programme=levels.upper.programme)
    gone = said(levels.upper, "下店上宅")
    gone.ended = edition
    gone.save()
    made = levels.propose()
    assert made.kept == 1
    assert levels.row("", "下店上宅").relation == "new"


def accepted(levels: Levels, day: date) -> Evidence:
    """The county's proof of a case, accepted by the city."""
    unit = levels.world.unit("people-government", "361130")
    row = Occurrence.objects.unscoped("test").get(
        duty__obligation__quote__contains="典型执法案例", unit_id=unit.pk, starts_on__lte=day, ends_on__gt=day
    )
    county = levels.world.actor("county_officer")
    made = run_evidence.provide(
        county, [row], title="典型案例通报", effective_on=day, link="https://example.org/a"
    )
    Evidence.objects.unscoped("test").filter(pk=made.evidence.pk).update(state="accepted")
    return made.evidence


def test_one_proof_serves_both_levels(levels: Levels) -> None:
    for made, member in ((levels.upper, "province_officer"), (levels.lower, "city_officer")):
        run.dispatch(levels.world.actor(member), made.programme)
    levels.propose()
    proof = accepted(levels, date(2023, 3, 20))
    assert chase_proof.offers(levels.city, levels.lower.programme) == []  # nobody has confirmed the pair
    chase_cascade.confirm(levels.city, levels.row("典型监管执法案例", "典型执法案例"))
    (offer,) = chase_proof.offers(levels.city, levels.lower.programme)
    assert offer.evidence == proof
    assert offer.upper.duty.programme == levels.upper.programme
    assert offer.upper.starts_on <= date(2023, 3, 20) <= offer.upper.due_on
    assert chase_proof.serve(levels.city, levels.lower.programme, proof.pk, offer.upper.pk)
    assert set(proof.occurrences.unscoped("test")) == {offer.lower, offer.upper}  # type: ignore[attr-defined]
    assert not chase_proof.serve(levels.city, levels.lower.programme, proof.pk, offer.upper.pk)


def test_a_countys_proof_given_once_meets_the_matters_of_city_and_province(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    province, county = levels.world.actor("province_officer"), levels.world.actor("county_officer")
    run.dispatch(province, levels.upper.programme)
    run.dispatch(levels.city, levels.lower.programme)
    levels.propose()
    chase_cascade.confirm(levels.city, levels.row("典型监管执法案例", "典型执法案例"))
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-25")
    proof = accepted(levels, date(2023, 3, 20))
    below = proof.occurrences.unscoped("test").get()  # type: ignore[attr-defined]
    moves.perform(county, below, "declare", {"claimed": Decimal(1), "statement": "已报送一个案例，见通报"})
    moves.perform(levels.city, below, "accept")
    (offer,) = chase_proof.offers(levels.city, levels.lower.programme)
    chase_proof.serve(levels.city, levels.lower.programme, proof.pk, offer.upper.pk)
    moves.perform(
        levels.city, offer.upper, "declare", {"claimed": Decimal(1), "statement": "婺源县案例，见通报"}
    )
    moves.perform(province, offer.upper, "accept")
    rows = Occurrence.objects.unscoped("test").filter(evidence=proof)
    assert {(row.programme_id, row.state, row.light) for row in rows} == {
        (levels.lower.programme.pk, "met", "g"), (levels.upper.programme.pk, "met", "g")
    }  # fmt: skip
    assert Evidence.objects.unscoped("test").count() == 1
    seen = item_view(province, offer.upper.duty.obligation.item, date(2023, 3, 25))
    assert [one.pk for one in seen.evidence] == [proof.pk]
    client = Client()
    client.force_login(
        levels.world.person("province_officer"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get(reverse("programme-item", args=[offer.upper.item_id])).content.decode()
    assert "典型案例通报" in page and "婺源" in page


@pytest.fixture
def client_of(levels: Levels) -> Any:
    def sign_in(member: str) -> Client:
        client = Client()
        client.force_login(levels.world.person(member), "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def test_the_page_shows_both_sentences_and_the_figures_open_their_rows(
    levels: Levels, client_of: Any
) -> None:
    client = client_of("city_officer")
    address = reverse("cascade", args=[levels.lower.programme.pk])
    assert "还没有与上级要点对照" in client.get(address).content.decode()
    made = client.post(f"{address}propose/", {"upper": levels.upper.programme.pk})
    assert made.status_code == 302
    whole = client.get(address).content.decode()
    assert "下店上宅" in whole and "本级要点没有写到" in whole
    missing = client.get(f"{address}?relation=missing").content.decode()
    assert "千灯万带" in missing and "下店上宅" not in missing
    row = levels.row("千灯万带")
    client.post(f"{address}confirm/", {"row": row.pk, "back": "relation=missing"})
    assert levels.row("千灯万带").confirmed_by
    assert "千灯万带" not in client.get(f"{address}?state=open").content.decode()


def test_a_correction_is_made_on_its_own_page(levels: Levels, client_of: Any) -> None:
    levels.propose()
    client = client_of("city_officer")
    upper, lower = said(levels.upper, "千灯万带"), said(levels.lower, "警示日")
    address = reverse("cascade-decide", args=[levels.lower.programme.pk, upper.pk])
    assert "警示日" in client.get(address, {"q": "警示日"}).content.decode()
    answer = client.post(address, {f"of-{lower.pk}": "covered", "note": "合并办理"})
    assert answer.status_code == 302
    assert levels.row("千灯万带", "警示日").note == "合并办理"
    assert client.post(address, {f"of-{upper.pk}": "covered"}).status_code == 422
    found = reverse("cascade-find", args=[levels.lower.programme.pk, lower.pk])
    assert client.get(found).status_code == 200


def test_the_stranger_and_the_county_do_not_decide(levels: Levels, client_of: Any) -> None:
    levels.propose()
    address = reverse("cascade", args=[levels.lower.programme.pk])
    assert client_of("stranger").get(address).status_code == 404
    row = levels.row("千灯万带")
    assert client_of("department_officer").post(f"{address}confirm/", {"row": row.pk}).status_code == 404
    county = client_of("county_officer")
    seen = county.get(address).content.decode()
    assert "千灯万带" in seen and "确认本页" not in seen
    county.post(f"{address}confirm/", {"row": row.pk})
    county.post(reverse("cascade-decide", args=[levels.lower.programme.pk, row.upper_id]), {})
    assert levels.row("千灯万带").confirmed_at is None
