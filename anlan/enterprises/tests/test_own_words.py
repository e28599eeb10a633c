"""What a firm's user is shown, and what a sheet may write for a firm that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xlsxwriter
from django.test import Client
from django.urls import reverse

from anlan.enterprises.models import Enterprise
from anlan.enterprises.testing import make_firm
from anlan.kernel import registry
from anlan.kernel.exchange import plan as plans
from anlan.org.testing import World


def test_a_firms_user_has_a_menu_of_its_own_tasks_and_an_office_has_not(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    make_firm(1)
    firm = sign_in("enterprise_user").get(reverse("own-firm")).content.decode()
    office = sign_in("county_officer").get(reverse("enterprise-duplicates")).content.decode()
    for word in ("待办", "自查隐患", "整改回复", "风险与告知", "证照与人员"):
        assert f">{word}<" in firm, word
    assert ">企业档案<" not in firm and ">我的办公桌<" not in firm
    field = sign_in("county_inspector").get(reverse("ledger-list", args=["enterprises"])).content.decode()
    words = ("我的办公桌", "报隐患", "复查验收", "企业档案", "查依据", "要点落实")
    told = [field.index(f">{word}<") for word in words]
    assert told == sorted(told), "an inspector's menu begins with the field"
    assert ">企业档案<" in office and ">我的办公桌<" in office and ">自查隐患<" not in office


def test_a_code_typed_with_blanks_hyphens_or_small_letters_is_the_same_firm_in_a_sheet(
    world: World, tmp_path: Any
) -> None:
    firm = make_firm(1)
    typed = f" {firm.code[:4]}-{firm.code[4:9]} {firm.code[9:].lower()}"
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["企业名称", "信用代码", "所属区域", "行业", "状态"])
    sheet.write_row(1, 0, ["婺源县改过名的企业", typed, "婺源县", "危险化学品", "关停"])
    book.close()
    ledger, officer = registry.ledger("enterprises"), world.actor("county_officer")
    plan = plans.read(tmp_path / "a.xlsx", ledger, officer)
    assert plan.columns["code"] == [firm.code] and plan.columns["status"] == ["closed"]
    columns = {name: values for name, values in plan.columns.items() if name != "status"}
    done = plans.many_rows(officer, ledger, columns, plan.places, set()).write()
    assert list(done.updated) == [0] and not done.created
    assert Enterprise.objects.unscoped("test").get().name == "婺源县改过名的企业"
