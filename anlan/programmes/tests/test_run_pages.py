"""Boards, desk and forms of the running programme, as each of the cast meets them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.kernel import moves
from anlan.programmes.actions import run, run_judging
from anlan.programmes.models import Activity, Duty, DutyList, Evidence, Occurrence
from anlan.programmes.tests.running import Running, make_programme, running_world

pytestmark = pytest.mark.django_db
WARNING_DAY = "坚持以每月16日为全市安全防范警示日"
CASES, QUOTA = "每季度至少公布3个案例", "全年改造老旧房屋50栋以上"
HOUSING, GOVERNMENT = "housing", "people-government"
SignIn = Callable[[str], Client]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    """The city's programme, dispatched on 1 March and judged on 2 April 2023."""
    monkeypatch.setenv("ANLAN_TODAY", "2023-03-01")
    made = running_world()
    run.dispatch(made.world.actor("city_officer"), made.programme)
    monkeypatch.setenv("ANLAN_TODAY", "2023-04-02")
    run_judging.judge()
    return made


@pytest.fixture
def signed_in(running: Running) -> SignIn:
    """A client in which a member of the cast is signed in."""

    def enter(member: str) -> Client:
        client = Client()
        client.force_login(
            running.world.person(member), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return enter


def test_the_matrix_shows_the_worst_light_of_each_cell(running: Running, signed_in: SignIn) -> None:
    page = signed_in("city_officer").get("/running/matrix/")
    text = page.content.decode()
    assert page.status_code == 200 and "任务总表" in text
    county = running.world.unit(GOVERNMENT, "361130")
    assert f"{county.short_name or county.name} 逾期" in text
    housing = running.world.unit(HOUSING, "361100")
    assert f"{housing.short_name or housing.name} 逾期" in text, "the first quarter's cases are two days late"


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("light=o", "emergency", "housing"),
        ("light=r", "housing", "emergency"),
        ("party=territory", "people-government", "housing"),
        ("party=department", "housing", "people-government"),
        ("kind=quota", "housing", "people-government"),
        ("span=q1", "housing", "emergency"),
    ],
)
def test_the_matrix_is_filtered(
    running: Running, signed_in: SignIn, query: str, seen: str, unseen: str
) -> None:
    text = signed_in("city_officer").get(f"/running/matrix/?{query}").content.decode()
    region = {"people-government": "361130"}
    shown, hidden = (running.world.unit(one, region.get(one, "361100")) for one in (seen, unseen))
    assert f"/{shown.pk}/" in text
    assert f'/{hidden.pk}/"' not in text


def test_a_cell_opens_its_duties_in_the_drawer_or_as_a_page(running: Running, signed_in: SignIn) -> None:
    duty = running.duty(CASES, HOUSING, "361100")
    url = f"/running/cell/{duty.item_id}/{duty.unit_id}/"
    client = signed_in("department_officer")
    drawer = client.get(url, headers={"HX-Request": "true", "HX-Target": "drawer"}).content.decode()
    assert CASES in drawer and "逾期 2 天" in drawer and "<html" not in drawer
    assert "<html" in client.get(url).content.decode()


def test_the_matrix_is_exported_with_signs(running: Running, signed_in: SignIn) -> None:
    answer = signed_in("city_officer").get(f"/running/{running.programme.pk}/matrix/export/?light=r")
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    found = rows.to_python()
    assert found[2][:5] == ["条", "章节", "要求", "职责", "按期%"]
    assert "■" in found[3] and "▲" not in found[3]


def test_the_stranger_finds_none_of_it(running: Running, signed_in: SignIn) -> None:
    client, pk = signed_in("stranger"), running.programme.pk
    duty = running.duty(CASES, HOUSING, "361100")
    due = running.due(duty)[0]
    for url in (
        f"/running/{pk}/matrix/", f"/running/{pk}/matrix/export/", f"/running/{pk}/progress/",
        f"/running/cell/{duty.item_id}/{duty.unit_id}/", f"/running/item/{duty.item_id}/",
        f"/running/occurrences/{due.pk}/progress/", f"/running/evidence/new/?occurrence={due.pk}",
        f"/duties/{duty.pk}/", f"/occurrences/{due.pk}/", f"/running/lists/?programme={pk}",
    ):  # fmt: skip
        assert client.get(url).status_code == 404, url
    for url in ("/running/matrix/", "/running/progress/", "/running/calendar/?month=2023-03&all=1",
                "/running/warning-days/?year=2023", "/running/receipt/", "/"):  # fmt: skip
        page = client.get(url)
        assert page.status_code == 200 and CASES not in page.content.decode(), url
        assert running.programme.title not in page.content.decode(), url


@pytest.mark.parametrize(
    ("member", "title"), [("province_officer", True), ("county_officer", True), ("department_officer", True)]
)
def test_the_levels_see_the_item_with_their_part(
    running: Running, signed_in: SignIn, member: str, title: bool
) -> None:
    item = running.obligations[WARNING_DAY].item
    text = signed_in(member).get(f"/running/item/{item.pk}/").content.decode()
    assert ("加强学习教育" in text) is title and '<b class="hl hl-cadence">坚持以每月16日' in text


def test_the_desk_begins_with_what_is_late_and_leads_to_declaring_it(
    running: Running, signed_in: SignIn
) -> None:
    text = signed_in("department_officer").get("/").content.decode()
    assert text.index("逾期 2 天") < text.index("<h2>通知</h2>")
    due = running.due(running.duty(CASES, HOUSING, "361100"))[0]
    assert f"/occurrences/{due.pk}/move/declare/" in text
    assert "我的职责" in text and "待签收职责" in text


def test_the_office_sees_on_its_desk_what_waits_for_it(running: Running, signed_in: SignIn) -> None:
    due = running.due(running.duty(CASES, HOUSING, "361100"))[0]
    department = running.world.actor("department_officer")
    moves.perform(department, due, "declare", {"statement": "已公布", "claimed": 3})
    text = signed_in("city_officer").get("/").content.decode()
    assert ">申报待审核<" in text
    assert ">申报待审核<" not in signed_in("county_officer").get("/").content.decode()


def test_duties_are_signed_by_item_and_altogether(running: Running, signed_in: SignIn) -> None:
    client = signed_in("county_officer")
    assert '待签收 <b class="tn">2</b>' in client.get("/running/receipt/").content.decode()
    form = {"item": running.obligations[WARNING_DAY].item_id, "idempotency_key": "once"}
    client.post("/running/receipt/sign/", form)
    again = client.post("/running/receipt/sign/", form, follow=True)
    assert "没有等待签收的职责" in again.content.decode()
    signed = Duty.objects.unscoped("test").filter(state="signed")
    assert {one.unit for one in signed} == {running.world.unit(GOVERNMENT, "361130")}


def test_one_proof_serves_two_matters_and_a_second_use_of_the_file_is_noticed(
    running: Running, signed_in: SignIn
) -> None:
    client = signed_in("department_officer")
    cases = running.due(running.duty(CASES, HOUSING, "361100"))[0]
    quota = running.due(running.duty(QUOTA, HOUSING, "361100"))[0]
    url = f"/running/evidence/new/?occurrence={cases.pk}"

    def send(title: str) -> str:
        file = SimpleUploadedFile("通报.txt", "第一季度典型案例通报".encode())
        form = {"title": title, "effective_on": "2023-03-28", "file": file, "idempotency_key": title,
                "occurrences": [cases.pk, quota.pk]}  # fmt: skip
        return client.post(url, form, follow=True).content.decode()

    assert client.get(url).status_code == 200
    assert "另有" not in send("一季度通报")
    assert "同一份内容另有 1 处使用" in send("又一份通报")
    proof = Evidence.objects.unscoped("test").get(title="一季度通报")
    assert proof.effective_on == date(2023, 3, 28) and proof.kind == "file"
    assert set(proof.occurrences.unscoped("test").values_list("pk", flat=True)) == {cases.pk, quota.pk}
    office = running.world.actor("city_officer")
    moves.perform(office, proof, "return", {"decision": "缺文号"})
    proof.refresh_from_db()
    assert proof.state == "returned" and "周明" in proof.decided_by
    assert "同一份内容另有 1 处" in signed_in("city_officer").get(f"/evidence/{proof.pk}/").content.decode()


def test_one_proof_serves_the_programmes_of_both_levels(running: Running) -> None:
    from anlan.programmes.actions import run_evidence

    upper = make_programme(running.world, "360000")
    run.dispatch(running.world.actor("province_officer"), upper.programme)
    department = running.world.actor("department_officer")
    own, above = (running.due(one.duty(CASES, HOUSING, "361100"))[0] for one in (running, upper))
    made = run_evidence.provide(
        department,
        [own],
        title="案例公布链接",
        effective_on=date(2023, 3, 30),
        link="https://example.org/case",
    )
    run_evidence.serve(department, made.evidence, [above])
    served = made.evidence.occurrences.unscoped("test").values_list("programme_id", flat=True)
    assert set(served) == {running.programme.pk, upper.programme.pk}


def test_a_proof_of_another_unit_is_refused(running: Running, signed_in: SignIn) -> None:
    due = running.due(running.duty(WARNING_DAY, GOVERNMENT, "361130"))[0]
    form = {"title": "代报", "effective_on": "2023-03-16", "link": "https://example.org/"}
    form["occurrences"] = str(due.pk)
    page = signed_in("department_officer").post(f"/running/evidence/new/?occurrence={due.pk}", form)
    assert page.status_code == 422 and "由承担职责的单位提供" in page.content.decode()
    assert not Evidence.objects.unscoped("test").exists()


def test_progress_is_reported_on_its_page(running: Running, signed_in: SignIn) -> None:
    quota = running.due(running.duty(QUOTA, HOUSING, "361100"))[0]
    client = signed_in("department_officer")
    client.post(f"/running/occurrences/{quota.pk}/progress/", {"claimed": "9", "idempotency_key": "p"})
    quota.refresh_from_db()
    assert (quota.light, quota.reason, quota.proof) == ("y", "落后 3 栋，9/50 栋", "declared")
    item = client.get(f"/running/item/{quota.item_id}/").content.decode()
    assert 'data-l="完成">9<' in item and "≥ 50" in item


def test_the_city_moves_a_day_on_its_page_and_the_department_cannot(
    running: Running, signed_in: SignIn
) -> None:
    quota = running.due(running.duty(QUOTA, HOUSING, "361100"))[0]
    url = f"/running/occurrences/{quota.pk}/reschedule/"
    assert signed_in("department_officer").get(url).status_code == 404
    client = signed_in("city_officer")
    early = client.post(url, {"due_on": "2022-01-01", "decision": "调整"})
    assert early.status_code == 422 and "早于期初" in early.content.decode()
    client.post(url, {"due_on": "2024-01-31", "decision": "市政府同意"})
    quota.refresh_from_db()
    assert quota.due_on == date(2024, 1, 31)


def test_the_leader_sees_the_worst_first_and_each_number_opens_its_rows(
    running: Running, signed_in: SignIn
) -> None:
    text = signed_in("leader").get("/running/progress/").content.decode()
    housing = running.world.unit(HOUSING, "361100")
    own = (
        f"/duties/?programme={running.programme.pk}&amp;unit={housing.pk}"
        "&amp;state=issued,signed,objected&amp;light=r"
    )
    assert own in text
    rows = signed_in("leader").get(own.replace("&amp;", "&")).content.decode()
    assert CASES in rows and QUOTA not in rows


def test_the_calendar_counts_what_is_due_on_each_day(running: Running, signed_in: SignIn) -> None:
    text = signed_in("city_officer").get("/running/calendar/?month=2023-03&all=1").content.decode()
    assert "due_on_from=2023-03-16&amp;due_on_to=2023-03-16&amp;light=r" in text
    assert signed_in("city_officer").get("/running/calendar/?month=nonsense").status_code == 200


def test_the_month_grid_says_who_held_the_warning_day(running: Running, signed_in: SignIn) -> None:
    county = running.world.unit(GOVERNMENT, "361130")
    Activity(unit=county, kind="warning_day", title="观影", held_on=date(2023, 3, 16)).save()
    run_judging.judge()
    text = signed_in("city_officer").get("/running/warning-days/?year=2023").content.decode()
    assert "3 月：按期，16 日举办" in text and "3 月：逾期" in text


def test_a_duty_list_is_made_signed_and_signed_again_after_a_hand_over(
    running: Running, signed_in: SignIn
) -> None:
    from anlan.org import actions

    world, post = running.world, running.world.post("department_officer")
    client = signed_in("department_officer")
    client.post(f"/running/lists/{running.programme.pk}/{post.pk}/")
    made = DutyList.objects.unscoped("test").get()
    assert {one["quote"] for one in made.duties} == {CASES, QUOTA, "6月底前完成自建房排查"}
    assert made.duties[0]["due"] == "03-31、06-30、09-30、12-31"
    signed_in("city_officer").post(f"/running/lists/sign/{made.pk}/")
    made.refresh_from_db()
    assert made.signed_at is None, "nobody signs for another"
    client.post(f"/running/lists/sign/{made.pk}/")
    made.refresh_from_db()
    assert "吴倩" in made.signed_by
    assert client.get(f"/duty-lists/{made.pk}/print/").status_code == 200
    actions.hand_over(
        world.actor("security_administrator"), post, world.person("county_inspector"), date(2023, 4, 2)
    )
    text = signed_in("city_officer").get("/running/lists/").content.decode()
    assert "交接后待重签" in text


def test_the_matrix_and_the_desk_take_as_many_queries_for_many_rows_as_for_few(
    running: Running, signed_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in("city_officer")
    client.get("/running/matrix/")
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        client.get("/running/matrix/")
    with django_assert_max_num_queries(43):  # type: ignore[attr-defined]
        client.get("/")
    assert Occurrence.objects.unscoped("test").count() > 40


def test_what_is_measured_says_by_which_measure_on_the_item_and_at_each_matter(
    running: Running, signed_in: SignIn
) -> None:
    duty = running.duty(WARNING_DAY, GOVERNMENT, "361130")
    client, words = signed_in("city_officer"), "按“警示日活动次数”自动取数"
    due = running.due(duty)[0]
    for url in (f"/running/item/{duty.item_id}/", f"/duties/{duty.pk}/", f"/occurrences/{due.pk}/"):
        assert words in client.get(url).content.decode(), url
    cell = client.get(f"/running/cell/{duty.item_id}/{duty.unit_id}/").content.decode()
    assert "自动取数" in cell


def test_the_calendar_names_what_is_due_where_it_is_little_and_says_when_the_next_is(
    running: Running, signed_in: SignIn
) -> None:
    client = signed_in("county_officer")
    text = client.get("/running/calendar/?month=2023-03").content.decode()
    assert 'class="named"' in text and "坚持以每月16日为全市安全防范警示日"[:20] in text
    assert '本月到期 <b class="tn">1</b> 件' in text
    empty = client.get("/running/calendar/?month=2023-02").content.decode()
    assert "本月没有到期的事项" in empty and "2023-03-16" in empty
    assert "class=\"named\"" not in signed_in("city_officer").get(
        "/running/calendar/?month=2023-03&all=1"
    ).content.decode()  # fmt: skip


def test_a_hundred_percent_is_said_of_all_and_of_nothing_less() -> None:
    from anlan.programmes.reads_boards import percent

    assert [percent(*one) for one in ((4614, 4634), (3, 3), (0, 7), (1, 400), (0, 0))] == [
        99,
        100,
        0,
        0,
        None,
    ]


def test_a_list_is_made_by_its_post_or_the_issuing_office_and_by_nobody_else(
    running: Running, signed_in: SignIn
) -> None:
    office_post = running.world.post("city_officer")
    url = f"/running/lists/{running.programme.pk}/{office_post.pk}/"
    department = signed_in("department_officer")
    page = department.get("/running/lists/").content.decode()
    own = running.world.post("department_officer")
    assert f"/{own.pk}/" in page and f"/lists/{running.programme.pk}/{office_post.pk}/" not in page
    assert department.post(url).status_code == 404 and not DutyList.objects.unscoped("test").exists()
    assert signed_in("city_officer").post(url).status_code == 302


def test_who_has_signed_everything_is_told_so(running: Running, signed_in: SignIn) -> None:
    client = signed_in("county_officer")
    client.post("/running/receipt/sign/", {"programme": running.programme.pk})
    assert "本单位已签收 2 项" in client.get("/running/receipt/").content.decode()
