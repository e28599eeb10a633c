"""What the tick boxes of a form offer: industries, and the permissions that the declared ledgers know."""

from __future__ import annotations

from collections.abc import Iterable

from anlan.kernel import registry
from anlan.kernel.acts import word
from anlan.kernel.shell import Entry
from anlan.org.models import Industry
from anlan.org.models.fields import offer

ACTS = {
    "view": "查看",
    "add": "登记",
    "change": "修改",
    "remove": "删除",
    "import": "导入",
    "export": "导出",
}


def industries() -> Iterable[tuple[str, str]]:
    """All industries in their order."""
    rows = Industry.objects.unscoped("every signed-in person may choose an industry")
    return list(rows.order_by("position", "id").values_list("slug", "name"))


def permissions() -> Iterable[tuple[str, str]]:
    """Every act of every ledger, with "all of it" first."""
    found = []
    for ledger in registry.ledgers():
        found.append((f"{ledger.key}.*", f"{ledger.label}：全部"))
        acts = ["view", *(act for act in ACTS if act in ledger.acts)]
        found += [(ledger.permission(act), f"{ledger.label}：{ACTS[act]}") for act in acts]
        # What a ledger names beyond these is an act of its own (指派验收人), in the words of its record.
        own = sorted(ledger.acts - ACTS.keys())
        found += [(ledger.permission(act), f"{ledger.label}：{word(act, ledger)}") for act in own]
    # What opens a page that is no ledger (本企业) is offered under the page's name.
    known = {key for key, _ in found}
    pages = {one.permission: one.label for one in registry.declared("MENU") if isinstance(one, Entry)}
    return found + [(key, f"{label}：办理") for key, label in pages.items() if key and key not in known]


def register() -> None:
    """Called once from the app's ready()."""
    offer("industries", industries)
    offer("permissions", permissions)
