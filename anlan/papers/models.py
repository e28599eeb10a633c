"""Official papers (公文): drafted, signed, numbered, sent, signed for, answered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.kernel.scope import EVERYBODY, NOBODY, PathField, Reach, Scope, ScopedModel, Seat
from anlan.papers.rules.blocks import BadBlock, clean


class Paper(ScopedModel):
    """One paper of one unit.

    `body` is a list of blocks (`rules.blocks`); figures in a text stand as {"figure": id, "text": "61"}
    runs, so that each number opens its rows. `recipients` are the units it goes to in the house, in
    order; `matters` says for each of them {unit id as text: [matter, …]} what it is reminded of.
    `digest` is the SM3 over all that a reader sees, made when it is signed. `ledger` and `subject_id`
    name the row it was drafted from.
    """

    class Kind(models.TextChoices):
        """What sort of paper."""

        REMINDER = "reminder", "提醒函"
        ORDER = "order", "督办单"
        NOTICE = "notice", "通知"
        REPORT = "report", "报告"
        PROGRAMME = "programme", "工作要点"
        ERRATUM = "erratum", "更正说明"

    class State(models.TextChoices):
        """From draft to sent."""

        DRAFT = "draft", "草稿"
        SIGNING = "signing", "送签"
        SIGNED = "signed", "已签发"
        SENT = "sent", "已发出"
        VOID = "void", "已作废"

    class Disclosure(models.TextChoices):
        """Whether the public may read it."""

        OPEN = "open", "主动公开"
        ON_REQUEST = "on_request", "依申请公开"
        CLOSED = "closed", "不予公开"

    # What stands on the sheet: it is fixed when the paper leaves the drafter's hands.
    CONTENT: ClassVar[tuple[str, ...]] = (
        "unit_id",
        "kind",
        "title",
        "code",
        "issuer",
        "signature",
        "recipients",
        "recipients_text",
        "copy_to",
        "body",
        "enclosures",
        "contact",
        "answer_by",
        "matters",
        "corrects_id",
        "disclosure",
    )

    scope: ClassVar[Scope] = Scope(view="papers.view", region="region_path", unit="unit_id")

    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="制发单位", related_name="+")
    region_path = PathField("区划", editable=False)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("标题", max_length=200)
    code = models.CharField("机关代字", max_length=20, blank=True, default="", help_text="如“饶安办提”")
    number = models.CharField("文号", max_length=60, blank=True, default="", editable=False)
    issuer = models.CharField(
        "发文机关标志", max_length=60, blank=True, default="", help_text="红头上的名称；留空用单位全称"
    )
    signature = models.CharField("署名", max_length=60, blank=True, default="", help_text="留空用单位全称")
    recipients = ArrayField(models.BigIntegerField(), verbose_name="收文单位", default=list, blank=True)
    recipients_text = models.CharField(
        "主送", max_length=1000, blank=True, default="", help_text="印在正文前的称谓；留空按收文单位列名"
    )
    copy_to = models.CharField("抄送", max_length=1000, blank=True, default="")
    body = models.JSONField("正文", default=list, blank=True)
    enclosures = models.JSONField("附件说明", default=list, blank=True)
    contact = models.CharField("附注", max_length=120, blank=True, default="", help_text="联系人和电话")
    disclosure = models.CharField(
        "公开方式", max_length=10, choices=Disclosure, default=Disclosure.ON_REQUEST
    )
    dated = models.DateField("成文日期", null=True, blank=True, editable=False)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    drafted_by = models.CharField("拟稿人", max_length=120, blank=True, default="", editable=False)
    signed_by = models.CharField("签发人", max_length=120, blank=True, default="", editable=False)
    signed_at = models.DateTimeField("签发时间", null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True, editable=False)
    answer_by = models.DateField("答复期限", null=True, blank=True, help_text="不要求答复的不填")
    matters = models.JSONField("所涉事项", default=dict, blank=True, editable=False)
    digest = models.CharField("摘要", max_length=64, blank=True, default="", editable=False)
    void_reason = models.CharField("作废原因", max_length=500, blank=True, default="", editable=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, verbose_name="更正", null=True, blank=True, related_name="errata"
    )
    ledger = models.CharField("来自台账", max_length=60, blank=True, default="", editable=False)
    subject_id = models.BigIntegerField("来自记录", null=True, blank=True, editable=False)
    asked = models.PositiveIntegerField("收文单位数", default=0, editable=False)
    signed_for = models.PositiveIntegerField("已签收", default=0, editable=False)
    answered = models.PositiveIntegerField("已答复", default=0, editable=False)
    demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="papers_newest"),
            models.Index(fields=["ledger", "subject_id"], name="papers_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="papers_number_once",
                violation_error_message="这个文号已经用过。请核对机关代字，不同单位的代字不能相同。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "signing", "void"])
                | (~Q(number="") & ~Q(digest="") & Q(dated__isnull=False)),
                name="papers_signed_whole",
                violation_error_message="签发的公文要有文号、成文日期和摘要。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def full_name(self) -> str:
        """《标题》（文号）, as other papers quote it."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")

    def clean(self) -> None:
        """The body is drawable: whatever door it came through."""
        from django.core.exceptions import ValidationError

        try:
            self.body = clean(self.body)
        except BadBlock as error:
            raise ValidationError({"body": str(error)}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)


class OwnUnit(Scope):
    """Only what came to the unit of the seat, however far the seat sees otherwise."""

    def _for_seat(self, seat: Seat) -> Q:
        if seat.enterprise_id is not None:
            return NOBODY
        if seat.reach == Reach.ALL:
            return EVERYBODY
        return Q(unit_id=seat.unit_id) if seat.unit_id else NOBODY


class Receipt(ScopedModel):
    """One unit that a paper went to: signed for when and by whom, answered how.

    Seen by the people of that unit; the issuer reads the receipts of its papers through the paper.
    `answer_by` is the paper's, which does not change once it is sent.
    """

    class State(models.TextChoices):
        """What the unit has done."""

        WAITING = "waiting", "待签收"
        SIGNED = "signed", "已签收"
        ANSWERED = "answered", "已答复"
        WITHDRAWN = "withdrawn", "已撤回"

    scope: ClassVar[Scope] = OwnUnit(view="receipts.view", region="region_path", unit="unit_id")

    paper = models.ForeignKey(Paper, models.CASCADE, verbose_name="公文", related_name="receipts")
    unit = models.ForeignKey("org.Unit", models.PROTECT, verbose_name="收文单位", related_name="+")
    region_path = PathField("区划", editable=False)
    matters = models.JSONField("所涉事项", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    received_at = models.DateTimeField("收到时间", null=True, blank=True, editable=False)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True, editable=False)
    signed_by = models.CharField("签收人", max_length=120, blank=True, default="", editable=False)
    answer_by = models.DateField("答复期限", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True, editable=False)
    answered_by = models.CharField("答复人", max_length=120, blank=True, default="", editable=False)
    answer = models.TextField("答复", blank=True, default="", max_length=20_000)

    class Meta:
        verbose_name = verbose_name_plural = "收文"
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "unit"],
                name="papers_receipt_once",
                violation_error_message="已发过这个单位。",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="papers_receipt_unit"),
            models.Index(fields=["paper", "state"], name="papers_receipt_state"),
        ]

    def __str__(self) -> str:
        return f"{self.paper.number or self.paper.title}（{self.unit}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The region follows the unit."""
        self.region_path = self.unit.region_path
        super().save(*args, **kwargs)
