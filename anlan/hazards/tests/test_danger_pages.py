"""The pages of dangers: what is shown to whom, what a form does, figures that open their rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.hazards import reads_danger
from anlan.hazards.actions import danger as act
from anlan.hazards.actions import danger_decide, danger_nightly
from anlan.hazards.models import DangerRequest, HiddenDanger
from anlan.hazards.tests.danger_case import (
    DONE,
    FIVE,
    TODAY,
    XINZHOU,
    firm,
    found,
    on_the_way,
    picture,
    world,
)
from anlan.kernel import clock, files, moves
from anlan.kernel.models import Notice
from anlan.org.testing import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SignIn = Callable[[str], Client]


@pytest.fixture
def house(db: Any, settings: Any, tmp_path: Any) -> Iterator[World]:
    """The cast on the demonstration's day."""
    settings.FILES = tmp_path
    with clock.standing_on(TODAY):
        yield world()


@pytest.fixture
def signed_in(house: World) -> SignIn:
    """signed_in("city_officer"): that person's browser."""

    def client_of(key: str) -> Client:
        client = Client()
        client.force_login(house.person(key), backend=BACKEND)
        return client

    return client_of


def text_of(response: Any) -> str:
    """The words of a page."""
    return unescape(response.content.decode())


def ordered(house: World, **values: Any) -> HiddenDanger:
    """What the inspector found at the cast's firm, under order."""
    inspector = house.actor("county_inspector")
    return on_the_way(inspector, found(inspector, **{"enterprise_id": 1, **values}), "ordered")


def test_the_page_tells_steps_elements_photos_and_course(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    words = text_of(signed_in("county_officer").get(reverse("danger", args=[row.pk])))
    assert "已落实 5/5" in words and "800.00 元" in words and "责令限期整改" in words
    assert "剩 15 天" in words and "婺源某酒店" in words and row.number in words
    assert reverse("danger-photo", args=[row.pk, files.attached(row).get().pk]) in words


def test_a_closed_move_says_why(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    words = text_of(signed_in("enterprise_user").get(reverse("danger", args=[row.pk])))
    assert "不能自查合格，报请验收：还没有整改后的照片。" in words


def test_a_stranger_finds_neither_page_nor_photo(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    client = signed_in("stranger")
    photo = files.attached(row).get().pk
    for name, arguments in (("danger", [row.pk]), ("danger-notice", [row.pk]), ("danger-thumb", [row.pk]),
                            ("danger-photo", [row.pk, photo]), ("danger-plan", [row.pk]),
                            ("danger-ask", [row.pk, "extension"])):  # fmt: skip
        assert client.get(reverse(name, args=arguments)).status_code == 404, name


def test_the_printed_notice_says_what_where_and_by_when(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    words = text_of(signed_in("county_inspector").get(reverse("danger-notice", args=[row.pk])))
    assert "事故隐患整改通知单" in words and "2023-07-20" in words and row.description in words
    assert "不代替行政执法文书" in words


def test_a_shown_picture_is_drawn_anew(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    hung = files.attached(row).get()
    answer = signed_in("county_inspector").get(reverse("danger-photo", args=[row.pk, hung.pk]))
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content[:2] == b"\xff\xd8"
    assert signed_in("county_inspector").get(reverse("danger-thumb", args=[row.pk])).status_code == 200


def test_a_photo_used_before_is_said_at_once_and_on_the_page(house: World, signed_in: SignIn) -> None:
    first, second = ordered(house), ordered(house)
    client = signed_in("enterprise_user")
    url = reverse("danger-photograph", args=[second.pk])
    sent = {"kind": "after", "file": picture(77), "taken_at": "2023-07-04T08:00:00+08:00",
            "longitude": "117.86", "latitude": "29.25"}  # fmt: skip
    client.post(reverse("danger-photograph", args=[first.pk]), {"kind": "after", "file": picture(77)})
    words = text_of(client.post(url, sent, follow=True))
    said = f"与 {first.number} 的照片是同一张"
    assert f"这张照片{said}。请核对" in words and words.count(said) == 3
    hung = files.attached(second).get(kind="after")
    assert (hung.longitude, hung.taken_at) == (117.86, datetime.fromisoformat("2023-07-04T08:00:00+08:00"))


def test_a_program_is_no_photo(house: World, signed_in: SignIn) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    row = ordered(house)
    sent = {"kind": "after", "file": SimpleUploadedFile("a.jpg", b"MZ" + b"\0" * 200)}
    words = text_of(
        signed_in("enterprise_user").post(reverse("danger-photograph", args=[row.pk]), sent, follow=True)
    )
    assert "没有上传" in words and files.attached(row).filter(kind="after").count() == 0


def test_an_extension_is_asked_on_a_form_once(house: World, signed_in: SignIn) -> None:
    row, client = ordered(house), signed_in("enterprise_user")
    url = reverse("danger-ask", args=[row.pk, "extension"])
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"new_due_on": "2023-07-10", "reason": "缺货", "interim": "停用"})
    assert wrong.status_code == 422 and "晚于原期限" in text_of(wrong)
    sent = {"new_due_on": "2023-08-10", "reason": "缺货", "interim": "停用", "idempotency_key": "k" * 20}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    assert DangerRequest.objects.unscoped("test").count() == 1
    words = text_of(signed_in("county_officer").get(reverse("danger", args=[row.pk])))
    assert "待审核：延期申请。" in words and "期间措施：停用" in words


def test_plan_and_dual_report_are_written_on_forms(house: World, signed_in: SignIn) -> None:
    inspector = house.actor("county_inspector")
    row = found(inspector, enterprise_id=1)
    row = moves.perform(inspector, row, "grade", {"needs_stop": True}).row
    client = signed_in("enterprise_user")
    url = reverse("danger-plan", args=[row.pk])
    assert client.post(url, {"goal": "消除"}).status_code == 422
    whole = {name: "写明" for name in ("goal", "methods", "resources", "organisation", "schedule", "safety")}
    assert client.post(url, {**whole, "principal": "张某", "approved_on": "2023-07-05"}).status_code == 302
    for side in ("regulator", "congress"):
        report = {"on": "2023-07-05", "how": "书面"}
        assert client.post(reverse("danger-report", args=[row.pk, side]), report).status_code == 302
    words = text_of(client.get(reverse("danger", args=[row.pk])))
    assert "已报 2023-07-05" in words and "机构和人员" in words


def test_many_are_closed_at_once_and_the_others_are_named(house: World, signed_in: SignIn) -> None:
    inspector, own = house.actor("county_inspector"), house.actor("enterprise_user")
    ready = ordered(house)
    act.photograph(own, ready, picture(33), act.AFTER)
    ready = moves.perform(own, ready, "submit", DONE).row
    moves.perform(inspector, ready, "verify", {"verification": "合格"})
    waiting = ordered(house)
    sent = {"ids": [ready.pk, waiting.pk]}
    words = text_of(
        signed_in("county_officer").post(reverse("danger-bulk", args=["close"]), sent, follow=True)
    )
    assert "已销号 1 条" in words and "1 条没有销号" in words and waiting.number in words
    assert HiddenDanger.objects.unscoped("test").get(pk=ready.pk).state == "closed"


def test_a_nudge_reaches_the_firm_once_a_day(house: World, signed_in: SignIn) -> None:
    row, client = ordered(house), signed_in("county_officer")
    for _ in range(2):
        client.post(reverse("danger-bulk", args=["nudge"]), {"ids": [row.pk]})
    told = Notice.objects.unscoped("test").filter(key__contains=":nudge:")
    assert [one.person_id for one in told] == [house.person("enterprise_user").pk]


def test_the_page_nudges_and_the_course_tells_what_no_act_tells(house: World, signed_in: SignIn) -> None:
    row, client = ordered(house), signed_in("county_officer")
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(graded_by="旧账", due_on=TODAY)
    danger_nightly.remind(TODAY)
    page = text_of(client.get(reverse("danger", args=[row.pk])))
    url = f"{reverse('danger-bulk', args=['nudge'])}?ids={row.pk}&next={reverse('danger', args=[row.pk])}"
    assert url in page and "临期提醒已通知企业 1 人" in page
    assert client.post(url)["Location"] == reverse("danger", args=[row.pk])
    page = text_of(client.get(reverse("danger", args=[row.pk])))
    assert "催办：通知 1 人" in page and "判定级别" in page
    brought = HiddenDanger(
        enterprise_id=1, description="旧台账来的", found_on=date(2023, 5, 1), finder="老张", state="ordered",
        due_on=TODAY, region_path=row.region_path,
    )  # fmt: skip
    brought.save()
    client.post(reverse("danger-bulk", args=["nudge"]), {"ids": [brought.pk]})
    page = text_of(client.get(reverse("danger", args=[brought.pk])))
    assert "催办" in page and "老张" in page and ">05-01<" in page
    asked = {"new_due_on": TODAY + timedelta(9), "reason": "配件没有到货", "interim": "停用"}
    danger_decide.ask(house.actor("county_officer"), brought, "extension", asked)
    page = text_of(signed_in("city_officer").get(reverse("danger", args=[brought.pk])))
    assert "申请延期至 2023-07-14：配件没有到货" in page and "审核延期" in page and "申请延期 9 天" in page
    assert "老张" in page


def test_picked_rows_are_exported_and_no_others(house: World, signed_in: SignIn) -> None:
    import io

    from python_calamine import CalamineWorkbook

    first, second = ordered(house, description="甲处漏气"), ordered(house, description="乙处漏气")
    answer = signed_in("county_officer").post(reverse("danger-bulk", args=["export"]), {"ids": [first.pk]})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    words = str(sheet)
    assert "甲处漏气" in words and "乙处漏气" not in words and second.number not in words


def test_a_number_typed_into_the_search_opens_its_danger(house: World, signed_in: SignIn) -> None:
    row = ordered(house)
    answer = signed_in("county_officer").get(reverse("danger-list"), {"q": row.number.lower()})
    assert answer.status_code == 302 and answer["Location"] == reverse("danger", args=[row.pk])
    assert signed_in("stranger").get(reverse("danger-list"), {"q": row.number}).status_code == 200


def numbers(words: str, url_part: str) -> list[str]:
    """The figures whose links hold these words."""
    return re.findall(rf'<a class="fx[^"]*" href="[^"]*{url_part}[^"]*">([\d,]+)</a>', words)


def test_statistics_agree_with_the_rows_that_they_open(house: World, signed_in: SignIn) -> None:
    inspector = house.actor("county_inspector")
    other = firm(name="信州某厂", region_path=XINZHOU, industry="machinery")
    for day, target in ((date(2023, 3, 1), 1), (date(2023, 3, 9), other.pk), (TODAY, other.pk)):
        found(house.actor("city_officer"), enterprise_id=target, found_on=day)
    closing = ordered(house)
    HiddenDanger.objects.unscoped("test").filter(pk=closing.pk).update(
        state="closed", closed_on=TODAY, level="major", days_open=0
    )
    client = signed_in("city_officer")
    words = text_of(client.get(reverse("danger-statistics")))
    for url, figure in re.findall(r'<a class="fx[^"]*" href="(/dangers/\?[^"]+)">([\d,]+)</a>', words):
        listed = text_of(client.get(f"{url}&count=exact"))
        shown = re.search(r"共 <b[^>]*>([\d,]+)</b> 条", listed)
        assert (shown.group(1) if shown else "0") == figure, url
    assert "2023-03" in words and "信州" in words and inspector.name


def test_statistics_of_a_stranger_are_empty(house: World, signed_in: SignIn) -> None:
    ordered(house)
    words = text_of(signed_in("stranger").get(reverse("danger-statistics")))
    assert "这段时间、这些条件下没有发现隐患" in words and "/dangers/?" in words


def test_silent_firms_and_those_that_close_at_once_are_shown(house: World, signed_in: SignIn) -> None:
    quiet = firm(name="沉默厂", opened_on=date(2020, 1, 1))
    firm(name="新开厂", opened_on=TODAY - timedelta(3))
    own = house.actor("enterprise_user")
    row = found(own)
    now = clock.now()
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(
        state="closed", closed_on=TODAY, reported_at=now - timedelta(minutes=9), closed_at=now
    )
    words = text_of(signed_in("county_officer").get(reverse("danger-silent")))
    assert "沉默厂" in words and "从未自查" in words and "新开厂" not in words
    assert numbers(words, "quick=1") == ["1"]
    page = text_of(signed_in("county_officer").get(reverse("danger", args=[row.pk])))
    assert "录入后 9 分钟即销号" in page
    assert reads_danger.summary_of(quiet, house.actor("county_officer")).silence.silent


def test_the_desk_says_what_waits_for_whom(house: World, signed_in: SignIn) -> None:
    ordered(house, found_on=date(2023, 6, 1))
    row = ordered(house)
    HiddenDanger.objects.unscoped("test").filter(pk=row.pk).update(
        due_on=date(2023, 7, 1), attention_on=date(2023, 7, 1), found_on=date(2023, 6, 1)
    )
    firms_desk = text_of(signed_in("enterprise_user").get("/"))
    assert "待我整改" in firms_desk and "逾期 4 天" in firms_desk
    assert "已逾期" in text_of(signed_in("county_officer").get("/"))


def test_a_firms_summary_counts_what_its_reader_sees(house: World) -> None:
    from anlan.enterprises.models import Enterprise

    ordered(house)
    target = Enterprise.objects.unscoped("test").get(pk=1)
    seen = reads_danger.summary_of(target, house.actor("county_officer"))
    assert [one["value"] for one in seen.figs[:4]] == [1, 0, 1, 0] and len(seen.latest) == 1
    assert FIVE["due_on"] == seen.latest[0].due_on
    hidden = reads_danger.summary_of(target, house.actor("stranger"))
    assert [one["value"] for one in hidden.figs[:4]] == [0, 0, 0, 0] and hidden.latest == []


def test_grading_offers_criteria_by_the_words_and_grades_by_the_one_chosen(
    house: World, signed_in: SignIn
) -> None:
    from anlan.kernel.testing import make_row
    from anlan.standards.models import Criterion

    near = make_row(Criterion, text="可燃气体报警器未投用", industry="fire", valid_from=None, valid_to=None)
    row = found(house.actor("county_inspector"), enterprise_id=1, description="可燃气体报警器未投用，断电")
    client = signed_in("county_inspector")
    url = reverse("danger-grade", args=[row.pk])
    assert near.text in text_of(client.get(url))
    assert near.text in text_of(client.get(url, {"words": "报警器"}))
    assert client.post(url, {"criterion": near.pk, "version": row.version}).status_code == 302
    graded = HiddenDanger.objects.unscoped("test").get(pk=row.pk)
    assert (graded.level, graded.basis, graded.criterion_id) == ("major", "criterion", near.pk)
    assert client.get(url).status_code == 404
    assert signed_in("stranger").get(url).status_code == 404


def test_a_danger_that_came_without_acts_still_tells_its_course(house: World, signed_in: SignIn) -> None:
    row = HiddenDanger(
        enterprise_id=1, description="旧台账来的", found_on=date(2023, 5, 1), finder="程立",
        state="closed", closed_on=date(2023, 5, 9), region_path="360000/361100/361130/",
    )  # fmt: skip
    row.save()
    words = text_of(signed_in("county_officer").get(reverse("danger", args=[row.pk])))
    assert "05-01" in words and "05-09" in words


def test_a_firm_gives_its_place_to_what_an_officer_registers(house: World, signed_in: SignIn) -> None:
    client = signed_in("city_officer")
    sent = {"enterprise": 1, "description": "配电箱未接地", "found_on": "2023-07-05", "source": "visit",
            "category": "electricity"}  # fmt: skip
    assert client.post(reverse("ledger-new", args=["dangers"]), sent).status_code == 302
    row = HiddenDanger.objects.unscoped("test").get()
    assert (row.region_path, row.industry, row.finder) == ("360000/361100/361130/", "fire", "周明")
    nowhere = client.post(reverse("ledger-new", args=["dangers"]), {**sent, "enterprise": ""})
    assert nowhere.status_code == 422 and "请选企业或区划" in text_of(nowhere)
