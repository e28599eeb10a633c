"""The demonstration, walked by the cast: from two documents to the printed half-year report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from anlan.hazards.demo.loading import Scale, load
from anlan.kernel import clock, jobs, registry
from anlan.kernel.measure import Count, Coverage, Ratio
from anlan.kernel.models import Figure, Job
from anlan.org.models import Person, UnitFamily
from anlan.org.staffing import staff_region
from anlan.org.testing import World, make_world
from anlan.papers.models import Paper
from anlan.programmes import demo
from anlan.programmes.models import (
    Alignment,
    Duty,
    Obligation,
    Occurrence,
    Programme,
    ProgressReport,
    Sentence,
)

pytestmark = pytest.mark.django_db
TEST = "a journey looks at everything"
STAFFED = ("360000", "361100", "361130", "361102", "361104", "361100Z01")


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, list[str]]]:
    """The demonstration prepared once on the small world, on its own day, and taken away again."""
    said: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic(), clock.standing_on(demo.DAY):
        world = make_world()
        families = list(UnitFamily.objects.unscoped(TEST))
        for code in STAFFED:
            staff_region(world.regions[code], families)
        demo.prepare(True, said.append)
        load(Scale(60, 90, 400), demo.DAY, lambda words: None, home="360000/361100/")
        # What the database does by itself after a load, but not in an open transaction.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield world, said
        transaction.set_rollback(True)


def programme(year: int) -> Programme:
    """The province's document of 2022 or the city's of 2023."""
    return Programme.objects.unscoped(TEST).get(year=year)


def signed_in(world: World, member: str) -> Client:
    """A member of the cast at the browser."""
    client = Client()
    person: Person = world.person(member)
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_both_documents_run_and_every_sentence_is_classed(stage: tuple[World, list[str]]) -> None:
    assert [one.state for one in (programme(2022), programme(2023))] == ["running", "running"]
    assert programme(2023).upper_id == programme(2022).pk
    for year in (2022, 2023):
        edition = programme(year).editions.unscoped(TEST).get()
        pieces = list(Sentence.objects.filter(edition=edition).values_list("start", "end"))
        assert pieces[0][0] == 0
        assert pieces[-1][1] == len(edition.text.text)
        assert all(end == start for (_, end), (start, _) in pairwise(pieces))


def test_the_picture_is_mixed_and_marked_as_invented(stage: tuple[World, list[str]]) -> None:
    lights = set(
        Occurrence.objects.unscoped(TEST)
        .filter(programme_id=programme(2023).pk)
        .values_list("light", flat=True)
    )
    assert {"g", "r", "o"} <= lights
    assert programme(2022).demo and programme(2023).demo
    assert set(
        Duty.objects.unscoped(TEST).filter(programme=programme(2023)).values_list("state", flat=True)
    ) >= {"signed"}
    assert Alignment.objects.unscoped(TEST).filter(programme=programme(2023), relation="covered").exists()


def test_one_proof_is_on_offer_for_both_levels(stage: tuple[World, list[str]]) -> None:
    page = signed_in(stage[0], "city_officer").get(reverse("cascade-proofs", args=[programme(2023).pk]))
    assert "事故整改落实情况评估报告（演示）" in page.content.decode()
    assert "用于上级要求" in page.content.decode()


def test_a_second_start_prepares_nothing_again(stage: tuple[World, list[str]]) -> None:
    said: list[str] = []
    demo.prepare(True, said.append)
    assert said == []


@pytest.mark.parametrize(
    "member", ["city_officer", "county_officer", "department_officer", "leader", "province_officer"]
)
def test_whoever_has_a_part_in_it_opens_desk_matrix_and_item(
    stage: tuple[World, list[str]], member: str
) -> None:
    client = signed_in(stage[0], member)
    item = Obligation.objects.unscoped(TEST).filter(item__programme=programme(2023)).first().item_id
    for url in (
        "/",
        reverse("programme-matrix", args=[programme(2023).pk]),
        reverse("programme-item", args=[item]),
    ):
        response = client.get(url)
        assert response.status_code == 200, (member, url)
        assert "2023-07-05" in response.content.decode(), "a set day is shown on every page"


def test_the_other_citys_officer_finds_no_such_programme(stage: tuple[World, list[str]]) -> None:
    client = signed_in(stage[0], "stranger")
    city = programme(2023)
    for url in (
        reverse("programme-matrix", args=[city.pk]),
        reverse("ledger-row", args=["programmes", city.pk]),
        reverse("report-round", args=[city.rounds.unscoped(TEST).get().pk]),
        reverse("cascade", args=[city.pk]),
    ):
        assert client.get(url).status_code == 404, url
    assert "上饶" not in client.get(reverse("ledger-list", args=["duties"])).content.decode()


def test_the_public_is_sent_to_the_sign_in(stage: tuple[World, list[str]]) -> None:
    response = Client().get(reverse("programme-matrix", args=[programme(2023).pk]))
    assert (response.status_code, response["Location"].startswith("/account/login/")) == (302, True)


def test_the_offices_half_year_report_is_drafted_printed_and_each_figure_opens_its_rows(
    stage: tuple[World, list[str]],
) -> None:
    client = signed_in(stage[0], "city_officer")
    city = programme(2023)
    round_ = city.rounds.unscoped(TEST).get()
    reported = ProgressReport.objects.unscoped(TEST).filter(round=round_).exclude(filled=0).count()
    assert 0 < reported < ProgressReport.objects.unscoped(TEST).filter(round=round_).count()
    assert client.post(reverse("report-draft", args=[round_.pk]), follow=True).status_code == 200
    jobs.run(Job.objects.unscoped(TEST).latest("pk").pk)
    paper = Paper.objects.unscoped(TEST).filter(kind="report").latest("pk")
    figures = Figure.objects.unscoped(TEST).filter(ledger="papers", subject_id=paper.pk)
    assert figures.count() >= 10
    page = client.get(reverse("paper", args=[paper.pk])).content.decode()
    opened = re.findall(r'href="([^"]*figures?/\d+/[^"]*)"', page) or re.findall(
        r'data-drawer="([^"]+)"', page
    )
    assert client.get(opened[0].replace("&amp;", "&")).status_code == 200
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        printed = client.get(reverse(f"paper-{kind}", args=[paper.pk]))
        assert b"".join(printed)[:4].startswith(begins), kind


# Where a number opens no list: the page that it leads to shows the same things itself.
BOARDS = ("/programmes/chase/", "/running/receipt/", "/running/item/", "/reports/", "/report-rounds/")
COUNTED = re.compile(r"共(?:\s|<[^>]*>)*([\d,]+)")
LINKED = re.compile(r'<a class="fx[^"]*" href="([^"]+)">([^<]*)</a>')


def number_of(text: str) -> int:
    """The first number of a text."""
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))  # type: ignore[index]


def opened(client: Client, url: str) -> int:
    """How many rows the page says it has."""
    page = client.get(url + ("&" if "?" in url else "?") + "count=exact").content.decode()
    counted = COUNTED.search(page)
    assert counted is not None or "<table" not in page.partition('id="list-body"')[2], url
    return number_of(counted[1]) if counted else 0


@pytest.mark.parametrize(
    ("member", "pages"),
    [
        ("leader", ("/", "/running/progress/", "/programmes/chase/", "/dangers/statistics/?span=24")),
        ("city_officer", ("/", "/hazard-map/")),
        ("county_officer", ("/", "/hazard-map/")),
        ("department_officer", ("/",)),
    ],
)
def test_every_number_that_is_underlined_opens_as_many_rows(
    stage: tuple[World, list[str]], member: str, pages: tuple[str, ...]
) -> None:
    client, seen = signed_in(stage[0], member), set()
    for place in pages:
        found = LINKED.findall(client.get(place).content.decode())
        assert found, place
        for url, text in found[:60]:
            address = url.replace("&amp;", "&")
            if address.startswith(BOARDS) or address in seen:
                continue
            seen.add(address)
            assert opened(client, address) == number_of(text), (place, text, address)
    assert seen


def test_the_rows_under_each_measure_are_as_many_as_it_says(stage: tuple[World, list[str]]) -> None:
    client, told = signed_in(stage[0], "city_officer"), 0
    for one in registry.declared("MEASURES"):
        url = reverse("measure", args=[one.key]) + "?from=2022-01-01&to=2023-07-05"
        page = client.get(url).content.decode()
        words = re.search(r'<div class="v">([^<]*)', page)
        numbers = [number_of(part) for part in re.findall(r"[\d,]+(?:\.\d+)?", words[1] if words else "")]
        if isinstance(one.amount, Ratio | Coverage) and numbers:
            assert numbers[1] == opened(client, f"{url}&part=top"), one.key
            assert numbers[2] == opened(client, url), one.key
            told += numbers[2] > 0
        elif isinstance(one.amount, Count):
            assert numbers[0] == opened(client, url), one.key
            told += numbers[0] > 0
    assert told > 20
