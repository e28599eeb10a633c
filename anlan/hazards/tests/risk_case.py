"""What tests of risks and installations stand on: the cast, its firm, a stranger's firm, graded points."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from anlan.enterprises.models import Enterprise
from anlan.enterprises.testing import LIANXI, make_firm
from anlan.hazards.actions import installation as installations
from anlan.hazards.actions import risk as grading
from anlan.hazards.models import MajorHazardInstallation, RiskPoint
from anlan.hazards.rules.gb18218 import Held
from anlan.kernel import clock
from anlan.kernel.scope import Actor
from anlan.kernel.writing import write
from anlan.org.cast import ENTERPRISE, SINCE
from anlan.org.models import Person, Post, Role
from anlan.org.testing import World, make_world

TODAY = date(2023, 7, 5)
# 3 × 6 × 7 = 126 (yellow), 1 × 6 × 7 = 42 (blue), 6 × 6 × 15 = 540 (red), 3 × 6 × 15 = 270 (orange).
YELLOW, BLUE, RED, ORANGE = ("3", "6", "7"), ("1", "6", "7"), ("6", "6", "15"), ("3", "6", "15")
AMMONIA = Held("液氨", Decimal(60), 1)
CHLORINE = Held("液氯", Decimal(50), 12)


class Case:
    """The small world with the firm of the cast's user in 婺源县, a second user of it, a stranger's firm."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.firm: Enterprise = make_firm(self.world)
        self.other: Enterprise = make_firm(self.world, 2, region_path=LIANXI, name="濂溪区某化工有限公司")
        self.user = self.world.actor("enterprise_user")
        self.second = self._second_user()
        self.county = self.world.actor("county_officer")
        self.stranger = self.world.actor("stranger")

    def _second_user(self) -> Actor:
        from anlan.org.actors import actor_for

        person = Person(username="qiye2", name="吴建", enterprise_id=ENTERPRISE)
        person.set_password("Test-word-2023")
        person.save()
        role = Role.objects.unscoped("a test's own world").get(key="enterprise-user")
        post = Post(person=person, role=role, title="安全总监", enterprise_id=ENTERPRISE, valid_from=SINCE)
        post.save()
        self.world.people["second"] = person
        return actor_for(person)

    def point(
        self, inherent: tuple[str, ...] = ORANGE, residual: tuple[str, ...] = YELLOW, **more: Any
    ) -> RiskPoint:
        """A point of the firm, registered by its user."""
        values = {
            "enterprise": self.firm, "name": "液氨储罐区", "hazard": "液氨泄漏", "job": "罐区操作工",
            "reviewed_on": clock.today(), **factors("inherent", inherent), **factors("residual", residual),
            **more,
        }  # fmt: skip
        return grading.save(self.user, RiskPoint(), values, "add")[0]

    def unit(self, **more: Any) -> MajorHazardInstallation:
        """A unit of the firm, not reckoned yet."""
        values = {"enterprise": self.firm, "name": "液氨罐区", "kind": "tanks", **more}
        return write(self.user, MajorHazardInstallation(), values, "add").row  # type: ignore[no-any-return]

    def reckoned(self, *holdings: Held, residents: int = 120, **more: Any) -> MajorHazardInstallation:
        """A unit with these substances."""
        row = self.unit(**more)
        installations.reckon(self.user, row, holdings or (CHLORINE, AMMONIA), residents, "首次辨识")
        return fresh(row)


def factors(side: str, values: tuple[str, ...]) -> dict[str, Decimal]:
    """{inherent_l: …} from ("3", "6", "7")."""
    return {f"{side}_{name}": Decimal(value) for name, value in zip("lec", values, strict=True)}


def fresh(row: Any) -> Any:
    """The row as it is stored."""
    return type(row).objects.unscoped("a test looks").get(pk=row.pk)


def picture(width: int = 800, height: int = 500, name: str = "plan.png") -> SimpleUploadedFile:
    """A real PNG."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (240, 240, 235)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture
def case(db: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The case, standing on 2023-07-05, files in a folder of the test."""
    monkeypatch.setenv("ANLAN_TODAY", TODAY.isoformat())
    settings.FILES = tmp_path
    return Case()
