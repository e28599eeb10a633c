"""The forms of a paper's editor, of an answer, of an enclosed file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anlan.kernel.forms import DATE_FORMATS, REQUIRED, ReferenceField
from anlan.kernel.scope import Actor
from anlan.org.models import Unit
from anlan.papers import reads
from anlan.papers.models import Paper
from anlan.papers.rules import blocks, wording

HELP = (
    "一行一段。以“一、”“（一）”“1.”“（1）”开头的行自动成为各级标题；“| 甲 | 乙 |”是表格；"
    "“=== 附件1：名称 ===”另起附件页；形如 [61](#12) 的是带来历的数，请整体保留。"
)


class PaperForm(forms.Form):
    """Everything a drafter fills in. The units it goes to come as repeated `recipients`."""

    unit = forms.Field(label="制发单位")
    kind = forms.ChoiceField(label="种类", choices=Paper.Kind.choices)
    title = forms.CharField(label="标题", max_length=200, error_messages={"required": REQUIRED})
    code = forms.CharField(
        label="机关代字", max_length=20, required=False, help_text="如“饶安办提”，签发时编号"
    )
    recipients_text = forms.CharField(
        label="主送", max_length=1000, required=False, help_text="印在正文前的称谓；不填即按收文单位列名"
    )
    body = forms.CharField(
        label="正文", required=False, widget=forms.Textarea({"rows": 14, "class": "song"}), help_text=HELP
    )
    enclosures = forms.CharField(
        label="附件说明", required=False, widget=forms.Textarea({"rows": 2}), help_text="一行一个，序号自动编"
    )
    answer_by = forms.DateField(
        label="答复期限",
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="不要求答复的不填",
        error_messages={"invalid": "读不出日期。请写成 2023-06-20。"},
    )
    copy_to = forms.CharField(label="抄送", max_length=1000, required=False)
    contact = forms.CharField(
        label="附注", max_length=110, required=False, help_text="如“联系人：张三，电话”"
    )
    issuer = forms.CharField(label="红头名称", max_length=60, required=False, help_text="不填用单位全称")
    signature = forms.CharField(label="署名", max_length=60, required=False, help_text="不填用单位全称")
    disclosure = forms.ChoiceField(label="公开方式", choices=Paper.Disclosure.choices)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = ReferenceField(
            Unit, actor, "/pick/unit", label="制发单位", error_messages={"required": REQUIRED}
        )
        self.fields["unit"] = unit
        self.order_fields(["kind", "unit"])

    def clean_code(self) -> str:
        """Without year, brackets and number."""
        code = str(self.cleaned_data["code"]).strip()
        if code and (fault := wording.code_fault(code)):
            raise ValidationError(f"{fault}。")
        return code

    def clean_body(self) -> list[blocks.Block]:
        """The lines as blocks."""
        try:
            return blocks.parse(self.cleaned_data["body"])
        except blocks.BadBlock as error:
            raise ValidationError(str(error)) from error

    def clean_enclosures(self) -> list[str]:
        """One a line."""
        return [line.strip() for line in str(self.cleaned_data["enclosures"]).splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """Put the units there that the paper goes to."""
        found = super().clean() or {}
        ids = [int(one) for one in self.data.getlist("recipients") if one.isdigit()]  # type: ignore[attr-defined]
        rows = Unit.objects.unscoped(reads.ADDRESSEES).in_bulk(ids)
        found["recipients"] = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
        return found


def initial_of(paper: Paper) -> dict[str, Any]:
    """What the editor shows of a stored paper."""
    names = (
        "kind",
        "title",
        "code",
        "recipients_text",
        "answer_by",
        "copy_to",
        "contact",
        "issuer",
        "signature",
        "disclosure",
    )
    return {
        **{name: getattr(paper, name) for name in names},
        "unit": paper.unit_id,
        "body": blocks.lines(paper.body),
        "enclosures": "\n".join(paper.enclosures),
    }


class ManyFiles(forms.FileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Zero or more files."""

    widget = ManyFiles({"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file as Django checks one."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in chosen if one]


class AnswerForm(forms.Form):
    """An answer with its files."""

    answer = forms.CharField(
        label="答复",
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
        help_text="写明完成情况；没有完成的写明原因和完成时限",
        error_messages={"required": "请写明答复内容。"},
    )
    uploads = FilesField(label="附件", required=False, help_text="可选多个")


class EnclosureForm(forms.Form):
    """A file that goes with the paper."""

    file = forms.FileField(
        label="文件", error_messages={"required": "请选择文件。", "empty": "文件是空的。请检查后重新选择。"}
    )
