"""How risks, installations and duties are drawn in lists."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from anlan.hazards.models import Guarantor, GuarantorDuty, MajorHazardInstallation, RiskPoint
from anlan.hazards.models.installation import Grade
from anlan.hazards.rules.gb18218 import shown
from anlan.hazards.rules.risk import Colour
from anlan.kernel import cells, clock
from anlan.kernel.due import Light

NEAR = timedelta(days=30)
# Installations are shown in the scale of enterprises: the first level is the highest.
LEVEL_COLOURS = {Grade.FIRST: "red", Grade.SECOND: "orange", Grade.THIRD: "yellow", Grade.FOURTH: "blue"}


def colour(value: str) -> SafeString:
    """The level of a risk with its bars and word; 未评估 where nobody graded it."""
    return cells.level(value, Colour(value).label) if value else cells.tag("未评估", "warn")


def inherent(row: RiskPoint) -> SafeString:
    """The risk without controls: its score and colour."""
    return graded(row.inherent_colour, row.inherent_score)


def residual(row: RiskPoint) -> SafeString:
    """The risk with controls, and whether a lower one is asked for."""
    found = graded(row.residual_colour, row.residual_score)
    if row.state == RiskPoint.State.LOWERING:
        found = format_html("{} {}", found, cells.tag("待批降级", "warn"))
    return found


def graded(value: str, score: object) -> SafeString:
    """Colour and score."""
    if not value:
        return colour("")
    return format_html('{} <small class="tn">{}</small>', colour(value), plain(score))


def plain(score: object) -> str:
    """A score without idle zeros."""
    text = f"{score:f}" if score is not None else ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def review(row: RiskPoint) -> SafeString:
    """How long until the next review."""
    if row.state == RiskPoint.State.RETIRED or row.review_due_on is None:
        return cells.DASH
    found = until(row.review_due_on, clock.today())
    return conditional_escape(cells.day(row.review_due_on)) if found.colour == "g" else cells.light(*found)


def until(due: date, today: date, near: timedelta = NEAR) -> Light:
    """The light of a last day: red after it, yellow near it."""
    left = (due - today).days
    if left < 0:
        return Light("r", f"逾期 {-left} 天")
    return Light("y" if due - today <= near else "g", f"剩 {left} 天" if left else "今天")


def level(row: MajorHazardInstallation) -> SafeString:
    """The level with bars; grey where the unit is none, marked where it is not reckoned."""
    return level_of(row.level)


def level_of(value: str) -> SafeString:
    """As `level`, of a stored level."""
    word = str(Grade(value).label)
    if value in LEVEL_COLOURS:
        return cells.level(LEVEL_COLOURS[Grade(value)], word)
    if value == Grade.NONE:
        return format_html('<span class="mid">{}</span>', word)
    return cells.tag(word, "warn")


def figures(row: MajorHazardInstallation) -> SafeString:
    """S and R in one cell."""
    if row.s_value is None:
        return cells.DASH
    second = f"　R {shown(row.r_value)}" if row.r_value is not None else ""
    return format_html('<span class="tn">S {}{}</span>', shown(row.s_value), second)


def filing(row: MajorHazardInstallation) -> SafeString:
    """Filed or not, and whether it must be filed again."""
    if row.to_file_again:
        return cells.light("y", "级别已变，需重新备案")
    if row.state == MajorHazardInstallation.State.UNFILED and row.is_major:
        return cells.light("y", "未备案")
    return conditional_escape(row.get_state_display())


def cadence(row: Guarantor) -> SafeString:
    """How often: read from digests of the document (technical, operation), or the house's own setting."""
    return format_html("{} {}", row.get_cadence_display() or "—", cells.tag("待核"))


def subject(row: Guarantor) -> SafeString:
    """What is answered for."""
    return conditional_escape(row.subject or "—")


def duty(row: GuarantorDuty) -> SafeString:
    """Done, late, missed, or how long is left."""
    return cells.light(*duty_light(row, clock.today()))


def duty_light(row: GuarantorDuty, today: date) -> Light:
    """The light of one period on a day."""
    if row.done_on is not None:
        late = (row.done_on - row.due_on).days
        return Light("y", f"迟 {late} 天") if late > 0 else Light("g", "按期履职")
    if row.state == GuarantorDuty.State.MISSED or row.due_on < today:
        return Light("r", "未履职")
    left = (row.due_on - today).days
    return Light("y" if left <= 1 else "o", f"剩 {left} 天" if left else "今天")
