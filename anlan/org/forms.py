"""Forms of the organisation's own acts. References find only what the actor may see."""

from __future__ import annotations

from typing import Any

from django import forms

from anlan.kernel import clock
from anlan.kernel.forms import DATE_FORMATS, REQUIRED, ReferenceField
from anlan.kernel.scope import Actor
from anlan.org.models import Person, Post, Region
from anlan.org.models.posts import in_a_week

PICK_PERSON, PICK_REGION = "/pick/person", "/pick/region"


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        input_formats=DATE_FORMATS,
        initial=clock.today,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": REQUIRED, "invalid": "读不出日期。请写成 2023-06-20。"},
    )


class HandOverForm(forms.Form):
    """Who takes the post over, from which day."""

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"] = ReferenceField(
            Person, actor, PICK_PERSON, label="接任人", error_messages={"required": REQUIRED}
        )
        self.fields["day"] = _day("交接日期", "原任到前一日为止，接任人从这一日起")
        self.fields["note"] = forms.CharField(
            label="说明", max_length=200, required=False, help_text="如任免文件的文号"
        )


class EndPostForm(forms.Form):
    """On which day a post ends without a successor."""

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        self.fields["day"] = _day("结束日期", "从这一日起不再在岗")
        self.fields["note"] = forms.CharField(label="说明", max_length=200, required=False)


class DelegateForm(forms.Form):
    """To whom a post is lent, for which days, and how much of it."""

    def __init__(self, actor: Actor, post: Post, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"] = ReferenceField(
            Person, actor, PICK_PERSON, label="受托人", error_messages={"required": REQUIRED}
        )
        self.fields["start"] = _day("开始日期", "")
        self.fields["end"] = _day("结束日期", "从这一日起不再委托")
        self.fields["end"].initial = in_a_week
        self.fields["reason"] = forms.CharField(label="事由", max_length=200, required=False)


class CloseRegionForm(forms.Form):
    """Which region takes over, from which day, on what ground."""

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        self.fields["successor"] = ReferenceField(
            Region, actor, PICK_REGION, label="承接区划", error_messages={"required": REQUIRED},
            help_text="改名、撤县设区的，请先登记新区划",
        )  # fmt: skip
        self.fields["day"] = _day("撤销日期", "从这一日起由承接区划接管")
        self.fields["source"] = forms.CharField(
            label="依据", max_length=300, help_text="批复文号", error_messages={"required": REQUIRED}
        )
