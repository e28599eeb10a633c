"""Registering firms, and what follows from it: journeys of the cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.enterprises import reads
from anlan.enterprises.actions.firms import fill_own
from anlan.enterprises.models import Certificate, Enterprise, KeyPerson, Licence
from anlan.enterprises.models.people import identity_digests
from anlan.enterprises.testing import (
    LIANXI,
    WUYUAN,
    XINZHOU,
    code_of,
    make_firm,
    make_licence,
    make_person,
    make_site,
)
from anlan.kernel import audit, measure, parameters, registry
from anlan.kernel.exchange import batches
from anlan.kernel.listing import Listing
from anlan.kernel.models import AuditEntry
from anlan.kernel.writing import Refused, write
from anlan.org.testing import World

GOOD, BAD = "91361100MA35TE5T2G", "91361100MA35TE5T2H"
TODAY = date(2023, 6, 20)
IDENTITY = "361102199003070015"


def new(**values: Any) -> tuple[Enterprise, dict[str, Any]]:
    """A blank firm and what an officer types."""
    typed = {"name": "婺源县清源化工有限公司", "code": GOOD, "region_path": WUYUAN, "industry": "hazchem"}
    return Enterprise(), {**typed, **values}


def everyone() -> Any:
    return Enterprise.objects.unscoped("test")


# Registering ------------------------------------------------------------------------------------------


def test_a_county_officer_registers_a_firm_and_its_regulator_follows_from_the_industry(world: World) -> None:
    officer = world.actor("county_officer")
    row, typed = new(code=" 9136 1100-ma35te5t2g ")
    done = write(officer, row, typed, "add").row
    assert done.code == GOOD
    assert done.regulator == world.unit("emergency", "361130")
    assert done.core == "清源化工"
    assert done.registered_on == TODAY


def test_a_wrong_code_is_refused_with_its_place(world: World) -> None:
    row, typed = new(code=BAD)
    with pytest.raises(ValidationError) as found:
        write(world.actor("county_officer"), row, typed, "add")
    assert "第 18 位校验码应为 G" in found.value.message_dict["code"][0]
    assert not everyone().exists()


def test_an_officer_lets_a_wrong_code_pass_with_a_reason_that_is_kept(world: World) -> None:
    officer = world.actor("county_officer")
    row, typed = new(code=BAD, code_override_reason="老执照，以原件为准")
    done = write(officer, row, typed, "add").row
    entry = next(iter(audit.history(done)))
    assert entry.differences["code_override_reason"] == [None, "老执照，以原件为准"]
    write(officer, done, {"code": GOOD}, "change")
    done.refresh_from_db()
    assert done.code_override_reason == "", "a code that passes needs no reason"


def test_a_firm_without_a_code_needs_a_reason_and_is_not_registered_twice(world: World) -> None:
    officer = world.actor("county_officer")
    row, typed = new(code="")
    with pytest.raises(ValidationError, match="放行理由"):
        write(officer, row, typed, "add")
    write(officer, Enterprise(), {**typed, "code_override_reason": "个人作坊，无执照"}, "add")
    with pytest.raises(ValidationError, match="同名企业"):
        write(officer, Enterprise(), {**typed, "code_override_reason": "个人作坊，无执照"}, "add")


def test_a_code_is_registered_once(world: World) -> None:
    make_firm(number=2, code=GOOD)
    row, typed = new()
    with pytest.raises(ValidationError, match="已经登记过"):
        write(world.actor("county_officer"), row, typed, "add")


def test_a_point_needs_both_coordinates_and_lies_in_the_country(world: World) -> None:
    officer = world.actor("county_officer")
    row, typed = new(longitude="117.86")
    with pytest.raises(ValidationError, match="同时填写"):
        write(officer, row, typed, "add")
    row, typed = new(longitude="29.2", latitude="117.8")
    with pytest.raises(ValidationError, match="填反"):
        write(officer, row, typed, "add")


def test_a_closed_firm_says_since_when(world: World) -> None:
    firm = make_firm()
    with pytest.raises(ValidationError, match="关闭日期"):
        write(world.actor("county_officer"), firm, {"status": "closed"}, "change")


def test_nobody_registers_a_firm_elsewhere(world: World) -> None:
    row, typed = new(region_path=LIANXI)
    with pytest.raises((ValidationError, Refused)):
        write(world.actor("county_officer"), row, typed, "add")
    assert not everyone().exists()


def test_a_department_sees_the_firms_of_its_industries(world: World) -> None:
    site = make_firm(number=2, industry="construction-housing")
    make_firm(number=3, industry="hazchem")
    seen = Enterprise.objects.visible_to(world.actor("department_officer"))
    assert list(seen) == [site]


def test_people_and_papers_move_with_their_firm(world: World) -> None:
    firm = make_firm()
    person = make_person(firm, "张三")
    Certificate(person=person, kind="考核合格证").save()
    make_licence(firm, None)
    write(world.actor("city_officer"), firm, {"region_path": XINZHOU, "industry": "fireworks"}, "change")
    for model in (KeyPerson, Licence, Certificate):
        row = model.objects.unscoped("test").get()
        assert (row.region_path, row.industry) == (XINZHOU, "fireworks")
    assert not KeyPerson.objects.visible_to(world.actor("county_officer")).exists()


# Papers -----------------------------------------------------------------------------------------------


def test_a_firm_keeps_the_nearest_last_day_of_its_licences(world: World) -> None:
    officer, firm = world.actor("county_officer"), make_firm()
    typed = {"enterprise": firm, "kind": "安全生产许可证", "number": "甲1", "expires_on": date(2023, 8, 1)}
    first = write(officer, Licence(), typed, "add").row
    write(officer, Licence(), {**typed, "number": "甲2", "expires_on": date(2023, 7, 1)}, "add")
    firm.refresh_from_db()
    assert firm.papers_until == date(2023, 7, 1)
    write(officer, first, {"expires_on": date(2023, 6, 1)}, "change")
    firm.refresh_from_db()
    assert firm.papers_until == date(2023, 6, 1)
    gone = {"standing": "cancelled", "ended_on": TODAY}
    write(officer, first, gone, "change")
    firm.refresh_from_db()
    assert firm.papers_until == date(2023, 7, 1)


def listed(world: World, ledger: str, **query: str) -> list[Any]:
    return list(Listing(registry.ledger(ledger), world.actor("county_officer"), query).queryset())


def test_lists_tell_expired_papers_from_those_that_soon_will_be(world: World) -> None:
    late, soon, fine = (make_firm(number=n) for n in (2, 3, 4))
    make_licence(late, TODAY - timedelta(days=1))
    make_licence(soon, TODAY + timedelta(days=60))
    make_licence(fine, TODAY + timedelta(days=61))
    assert listed(world, "enterprises", papers="expired") == [late]
    assert listed(world, "enterprises", papers="soon") == [soon]
    assert [one.enterprise for one in listed(world, "licences", ends="expired")] == [late]
    assert [one.enterprise for one in listed(world, "licences", ends="valid")] == [fine]
    assert listed(world, "licences", ends="nonsense") == []


def test_a_suspended_firm_owes_no_licence(world: World) -> None:
    firm = make_firm(status="suspended")
    make_licence(firm, TODAY - timedelta(days=30))
    assert listed(world, "enterprises", papers="expired") == []
    found = reads.firm_light(everyone().get())
    assert found is not None and (found.light, found.word) == ("o", "过期 30 天")


def test_the_days_of_notice_are_a_parameter(world: World) -> None:
    firm = make_firm()
    make_licence(firm, TODAY + timedelta(days=61))
    assert listed(world, "enterprises", papers="soon") == []
    parameters.put(world.actor("system_administrator"), reads.NOTICE_KEY, 90)
    assert listed(world, "enterprises", papers="soon") == [firm]
    parameters.put(world.actor("system_administrator"), reads.NOTICE_KEY, 60)
    assert reads.notice_days() == 60


# People -----------------------------------------------------------------------------------------------


def test_an_identity_number_is_sealed_where_it_enters(world: World) -> None:
    officer, firm = world.actor("county_officer"), make_firm()
    typed = {"enterprise": firm, "role": "principal", "name": "张三", "identity_masked": IDENTITY}
    person = write(officer, KeyPerson(), typed, "add").row
    person.refresh_from_db()
    assert person.identity_masked == "361***********0015"
    assert person.identity_digest in set(identity_digests(IDENTITY))
    kept = str(AuditEntry.objects.unscoped("test").values_list("differences", flat=True))
    assert IDENTITY not in kept and person.identity_digest not in kept
    write(officer, person, {"identity_masked": person.identity_masked, "title": "总经理"}, "change")
    person.refresh_from_db()
    assert person.identity_digest in set(identity_digests(IDENTITY)), (
        "the masked form sent back changes nothing"
    )
    with pytest.raises(ValidationError, match="不要带星号"):
        write(officer, person, {"identity_masked": "361***********0099"}, "change")


@pytest.mark.parametrize(("typed", "said"), [("361102199003070016", "第 18 位"), ("36110219", "17 位数字")])
def test_a_wrong_identity_number_is_refused(world: World, typed: str, said: str) -> None:
    firm = make_firm()
    values = {"enterprise": firm, "role": "principal", "name": "张三", "identity_masked": typed}
    with pytest.raises(ValidationError, match=said):
        write(world.actor("county_officer"), KeyPerson(), values, "add")


def test_one_person_in_two_firms_is_shown_and_what_is_hidden_is_counted(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    here, there = make_firm(number=2), make_firm(number=3, region_path=LIANXI)
    person = make_person(here, "张三", identity_masked=IDENTITY)
    make_person(there, "张三", "safety-manager", identity_masked=IDENTITY)
    page = (
        sign_in("county_officer").get(reverse("ledger-row", args=["key-people", person.pk])).content.decode()
    )
    assert "另有 1 处登记，不在您的职责范围内" in page
    assert there.name not in page


def test_telephones_are_read_in_full_only_by_those_who_need_them(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm(phone="13907931234")
    url = reverse("ledger-row", args=["enterprises", firm.pk])
    assert "13907931234" in sign_in("county_officer").get(url).content.decode()
    leader = sign_in("leader").get(url).content.decode()
    assert "13907931234" not in leader and "139****1234" in leader


def test_a_site_of_another_firm_is_refused(world: World) -> None:
    mine, other = make_firm(number=2), make_firm(number=3)
    typed = {"enterprise": mine, "role": "principal", "name": "李四", "site": make_site(other)}
    with pytest.raises(ValidationError, match="不是这家企业的"):
        write(world.actor("county_officer"), KeyPerson(), typed, "add")


# The firm itself --------------------------------------------------------------------------------------


def test_a_firm_sees_itself_alone(world: World, sign_in: Callable[[str], Client]) -> None:
    own, other = make_firm(), make_firm(number=2)
    client = sign_in("enterprise_user")
    assert client.get(reverse("ledger-row", args=["enterprises", own.pk])).status_code == 200
    assert client.get(reverse("ledger-row", args=["enterprises", other.pk])).status_code == 404
    assert other.name not in client.get(reverse("ledger-list", args=["enterprises"])).content.decode()
    picked = client.get(reverse("pick-enterprise"), {"q": "化工"}).json()
    assert [one["id"] for one in picked] == [str(own.pk)]


def test_a_firm_fills_its_card_but_not_its_name_or_status(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm(name="婺源县旧名化工有限公司")
    client = sign_in("enterprise_user")
    assert client.get(reverse("ledger-edit", args=["enterprises", firm.pk])).status_code == 404
    page = client.get(reverse("own-firm")).content.decode()
    assert "缺详细地址" in page and "没有登记安全管理人员" in page
    sent = {
        "address": "紫阳镇工业园 1 号",
        "employees": "86",
        "name": "新名",
        "status": "closed",
        "version": "0",
    }
    assert client.post(reverse("own-firm"), sent).status_code == 302
    firm.refresh_from_db()
    assert (firm.address, firm.employees) == ("紫阳镇工业园 1 号", 86)
    assert (firm.name, firm.status) == ("婺源县旧名化工有限公司", "operating")
    assert "缺详细地址" not in client.get(reverse("own-firm")).content.decode()
    with pytest.raises(Refused):
        fill_own(world.actor("leader"), firm, {"address": "别处"}, seen=None)


def test_two_who_fill_the_same_card_do_not_overwrite_each_other(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm()
    write(world.actor("county_officer"), firm, {"address": "甲地"}, "change")
    answer = sign_in("enterprise_user").post(reverse("own-firm"), {"address": "乙地", "version": "0"})
    assert answer.status_code == 422 and "别人刚改过" in answer.content.decode()
    firm.refresh_from_db()
    assert firm.address == "甲地"


def test_a_firm_registers_its_own_people_and_papers_only(world: World) -> None:
    own, other, user = make_firm(), make_firm(number=2), world.actor("enterprise_user")
    typed = {"kind": "安全生产许可证", "number": "自1"}
    write(user, Licence(), {**typed, "enterprise": own}, "add")
    with pytest.raises(ValidationError):
        write(user, Licence(), {**typed, "number": "自2", "enterprise": other}, "add")


# Sheets -----------------------------------------------------------------------------------------------


def sheet(*rows: list[Any]) -> SimpleUploadedFile:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet("台账")
    page.merge_range(0, 0, 0, len(rows[0]) - 1, "婺源县企业安全生产基础台账（2023年6月）")
    for n, row in enumerate(rows, 1):
        page.write_row(n, 0, row)
    book.close()
    return SimpleUploadedFile("婺源县企业台账.xlsx", buffer.getvalue())


HEAD = [
    "序号",
    "单位名称",
    "统一社会信用代码",
    "所属县区",
    "所属行业",
    "监管部门",
    "法定代表人",
    "安全负责人",
    "联系电话",
]


def test_a_real_register_is_taken_in_and_its_bad_rows_come_back(world: World) -> None:
    officer = world.actor("county_officer")
    known = make_firm(number=2, code=code_of(2), name="婺源县老厂有限公司")
    upload = sheet(
        HEAD,
        [1, "婺源县甲化工有限公司", code_of(11), "婺源县", "化工", "县应急局", "张三", "李四", 13900000001],
        [2, "婺源县乙矿业有限公司", code_of(12).lower(), "婺源", "矿山", "", "王五", "赵六", "0793-7350001"],
        [3, "婺源县丙花炮厂", BAD, "婺源县", "烟花爆竹", "", "钱七", "", ""],
        [4, "婺源县老厂新名有限公司", code_of(2), "婺源县", "危险化学品", "", "孙八", "", ""],
        ["合计", "", "", "", "", "", "", "", ""],
    )
    batch = batches.take_in(officer, registry.ledger("enterprises"), upload)
    plan = batches.trial(officer, batch)
    assert {one.field for one in plan.layout.headings} >= {"name", "code", "industry", "regulator", "phone"}
    done = batches.commit(officer, batch.pk)
    assert {name: done.counts[name] for name in ("created", "updated", "wrong")} == {
        "created": 2,
        "updated": 1,
        "wrong": 1,
    }
    assert everyone().get(code=code_of(12)).legal_representative == "王五"
    known.refresh_from_db()
    assert known.name == "婺源县老厂新名有限公司"
    first = everyone().get(code=code_of(11))
    assert first.regulator == world.unit("emergency", "361130") and first.phone == "13900000001"
    wrong = [one for many in plan.wrong.values() for one in many]
    assert any("第 18 位" in one.reason for one in wrong)


# Figures ----------------------------------------------------------------------------------------------


def value(key: str, start: date = date(2023, 1, 1), end: date = date(2023, 7, 1)) -> Any:
    found = measure.compute(measure.measure_of(key), measure.Window(start, end))
    return found[()].number


def test_figures_count_firms_and_papers(world: World) -> None:
    make_firm(number=2)
    make_firm(number=3, status="suspended")
    make_firm(number=4, status="closed", closed_on=date(2023, 3, 1))
    kept = make_firm(number=5)
    make_firm(number=6, status="merged", merged_into=kept)
    make_licence(kept, date(2023, 5, 31))
    make_licence(kept, date(2023, 9, 1))
    person = make_person(kept, "张三", "safety-manager")
    Certificate(person=person, kind="合格证", expires_on=date(2023, 6, 30)).save()
    Certificate(person=person, kind="电工证", checked="forged", checked_on=date(2023, 4, 1)).save()
    assert value("enterprises-registered") == 3
    assert value("enterprises-operating") == 2
    assert value("enterprises-closed") == 1
    assert value("licences-expired") == 1
    assert value("certificates-expired") == 1
    assert value("certificates-expired", end=date(2023, 6, 30)) == 0, "it holds through its last day"
    assert value("certificates-forged") == 1
    assert value("enterprises-with-safety-manager") == 50


# The page ---------------------------------------------------------------------------------------------


def test_a_firms_page_shows_what_is_known_of_it(world: World, sign_in: Callable[[str], Client]) -> None:
    firm = make_firm(employees=286, regulator=world.unit("emergency", "361130"))
    make_licence(firm, date(2023, 6, 11), kind="防雷装置检测报告")
    make_licence(firm, date(2023, 7, 5), kind="特种设备使用登记")
    make_person(firm, "王某强")
    make_site(firm, "北厂区")
    client = sign_in("county_officer")
    url = reverse("ledger-row", args=["enterprises", firm.pk])
    page = client.get(url).content.decode()
    for words in ("286 人", "过期 9 天", "剩 15 天", "王某强", "婺源县应急", firm.code):
        assert words in page, words
    assert "北厂区" in client.get(f"{url}?tab=sites").content.decode()
    assert client.get(f"{url}?tab=licences").status_code == 200
    assert client.get(f"{url}?tab=history").status_code == 200
    assert client.get(f"{url}?tab=nonsense").status_code == 404
    printed = client.get(f"{url}print/").content.decode()
    assert "一企一档" in printed and "北厂区" in printed and "特种设备使用登记" in printed
    for name in ("ledger-row", "ledger-print"):
        assert sign_in("stranger").get(reverse(name, args=["enterprises", firm.pk])).status_code == 404


def test_a_firms_page_asks_as_much_for_many_papers_as_for_one(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm()
    client, url = sign_in("county_officer"), reverse("ledger-row", args=["enterprises", 1])

    def fill() -> None:
        make_licence(firm, TODAY)
        Certificate(person=make_person(firm, "张三"), kind="合格证").save()
        make_site(firm, f"厂区{Licence.objects.unscoped('test').count()}")

    fill()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(5):
        fill()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few), "\n".join(one["sql"] for one in many)
    assert len(many) <= 32, "\n".join(one["sql"][:160] for one in many)


def test_the_first_page_tells_a_firm_its_gaps_and_an_office_its_late_papers(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm = make_firm()
    make_licence(firm, TODAY - timedelta(days=3), kind="危险化学品经营许可证")
    assert "缺从业人数" in sign_in("enterprise_user").get("/").content.decode()
    office = sign_in("county_officer").get("/").content.decode()
    assert "危险化学品经营许可证" in office and "过期 3 天" in office


def test_a_link_from_the_firms_page_names_the_firm_in_the_form(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    firm, hidden = make_firm(), make_firm(number=2, region_path=LIANXI, name="濂溪区某厂")
    client, url = sign_in("county_officer"), reverse("ledger-new", args=["licences"])
    assert f'data-label="{firm.name}"' in client.get(url, {"enterprise": firm.pk}).content.decode()
    assert hidden.name not in client.get(url, {"enterprise": hidden.pk}).content.decode()


def test_a_regulator_of_the_level_above_stays_when_a_county_changes_the_firm(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    above, further = world.unit("emergency", "361100"), world.unit("housing", "361100")
    firm = make_firm(regulator=above)
    client, url = sign_in("county_officer"), reverse("ledger-edit", args=["enterprises", firm.pk])
    assert f'data-label="{above.name}"' in client.get(url).content.decode()
    sent = {"name": firm.name, "code": firm.code, "industry": "hazchem", "status": "operating",
            "region_path": WUYUAN, "address": "新地址", "regulator": above.pk, "version": 0}  # fmt: skip
    assert client.post(url, sent).status_code == 302
    firm.refresh_from_db()
    assert (firm.address, firm.regulator) == ("新地址", above)
    refused = client.post(url, {**sent, "regulator": further.pk, "version": firm.version})
    assert refused.status_code == 422, "but nobody points a firm at an office out of sight"
