"""A new version brings permissions and choices; what an administrator changed stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.kernel.models import AuditEntry, DictEntry
from anlan.kernel.scope import system_actor
from anlan.org import loading, shipping
from anlan.org.models import Role
from anlan.org.rules.shipped import Gain, gain

ACTOR = system_actor("测试")
HEAD = "key,label,reach,industry_bound,exclusive_group,permissions\n"


@pytest.mark.parametrize(
    ("held", "before", "now", "found"),
    [
        (["a.view"], ["a.view"], ["a.view", "b.view"], Gain(("b.view",))),
        (["a.view"], ["a.view", "a.add"], ["a.view", "a.add"], Gain()),
        (["a.*"], ["a.view"], ["a.view", "a.sign"], Gain()),
        (["a.view"], ["a.*"], ["a.view", "a.sign"], Gain()),
        (["a.view"], ["a.view", "a.add"], ["a.*"], Gain((), ("a.*",))),
        (["a.view", "a.add"], ["a.view", "a.add"], ["a.*"], Gain(("a.*",))),
        (["z.view"], [], ["a.view"], Gain(("a.view",))),
    ],
    ids=[
        "what is new is added",
        "what was taken away does not come back",
        "what is held whole needs no part",
        "what was narrowed stays narrow",
        "nor does it come back inside a whole",
        "a whole replaces its parts",
        "what an administrator gave stays",
    ],
)
def test_what_a_version_adds(held: list[str], before: list[str], now: list[str], found: Gain) -> None:
    assert gain(held, before, now) == found


def shipped(folder: Path, permissions: str) -> Path:
    path = folder / "roles.csv"
    path.write_text(HEAD + f"clerk,经办人,unit,0,,{permissions}\n", encoding="utf-8")
    return path


def clerk() -> Role:
    found: Role = Role.objects.unscoped("test").get(key="clerk")
    return found


@pytest.mark.django_db
def test_an_existing_role_gains_what_is_newly_shipped_once_and_on_record(tmp_path: Path) -> None:
    loading.load_roles(shipped(tmp_path, "units.view;people.view"))
    role = clerk()
    role.permissions = ["units.view", "reports.fill"]  # people.view taken away, reports.fill given
    role.save()
    path = shipped(tmp_path, "units.view;people.view;deadlines.view")
    assert shipping.bring_permissions(ACTOR, path).changed == 1
    assert clerk().permissions == ["units.view", "reports.fill", "deadlines.view"]
    assert clerk().version == role.version + 1
    entry = AuditEntry.objects.unscoped("test").get(ledger="roles", subject_id=role.pk)
    assert entry.differences["permissions"][1] == ["units.view", "reports.fill", "deadlines.view"]
    assert entry.note == "随新版本增加"
    assert shipping.bring_permissions(ACTOR, path).changed == 0
    role = clerk()
    role.permissions = ["units.view"]
    role.save()
    assert shipping.bring_permissions(ACTOR, path).changed == 0
    assert clerk().permissions == ["units.view"]


@pytest.mark.django_db
def test_a_role_that_somebody_made_gains_nothing(tmp_path: Path) -> None:
    Role(key="clerk", label="自建", reach="unit", permissions=["units.view"]).save()
    shipping.bring_permissions(ACTOR, shipped(tmp_path, "units.view;people.view"))
    assert clerk().permissions == ["units.view"]


@pytest.mark.django_db
def test_the_shipped_roles_load_and_then_gain_nothing() -> None:
    loading.load_roles()
    assert shipping.bring_permissions(ACTOR).changed == 0


@pytest.mark.django_db
def test_an_empty_dictionary_is_filled_and_a_kept_one_left_alone() -> None:
    assert shipping.load_dictionaries().added == 6
    rows = DictEntry.objects.unscoped("test").filter(dictionary="岗位类别")
    rows.exclude(key="principal").delete()
    assert shipping.load_dictionaries().added == 0
    assert [one.label for one in rows] == ["主要负责人"]
