"""Firms for tests: made as rows, in the world of the cast.

`firm = make_firm(world)` lies in 婺源县 and is the firm of the cast's enterprise user; `code_of(n)` gives a
valid code for any number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from anlan.enterprises.models import Enterprise, KeyPerson, Licence, Site
from anlan.enterprises.rules import uscc
from anlan.org.cast import ENTERPRISE
from anlan.org.testing import World

WUYUAN = "360000/361100/361130/"
XINZHOU = "360000/361100/361102/"
LIANXI = "360000/360400/360402/"


def code_of(number: int, region: str = "361130") -> str:
    """A code that passes GB 32100, made from a number below a hundred million."""
    body = f"MA{number:06d}"
    begun = f"91{region}{body}{uscc.organisation_check(body)}"
    return begun + uscc.check_character(begun)


def make_firm(world: World | None = None, number: int = 1, **values: Any) -> Enterprise:
    """A stored firm; number 1 has the key that the cast's enterprise user fills in for."""
    values = {
        "code": code_of(number),
        "name": f"婺源县第{number}化工有限公司",
        "region_path": WUYUAN,
        "industry": "hazchem",
        **values,
    }
    row = Enterprise(pk=ENTERPRISE if number == 1 else 1_000 + number, **values)
    row.save()
    return row


def make_licence(firm: Enterprise, expires_on: date | None, **values: Any) -> Licence:
    """A licence of a firm; the firm's nearest last day follows."""
    from anlan.enterprises.actions.firms import keep_nearest

    count = Licence.objects.unscoped("a test's own world").count()
    values = {"kind": "安全生产许可证", "number": f"XK-{count + 1}", "issuer": "省应急厅", **values}
    row = Licence(enterprise=firm, expires_on=expires_on, **values)
    row.save()
    keep_nearest(firm.pk)
    return row


def make_person(firm: Enterprise, name: str, role: str = "principal", **values: Any) -> KeyPerson:
    """Somebody in a key post."""
    row = KeyPerson(enterprise=firm, name=name, role=role, **values)
    row.clean()
    row.save()
    return row


def make_site(firm: Enterprise, name: str = "主厂区", **values: Any) -> Site:
    """A site of a firm."""
    row = Site(enterprise=firm, name=name, **values)
    row.save()
    return row
