"""Template tags of the look: thin names over cells and assets, and the rendering of form fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms, template
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.templatetags.static import do_static
from django.templatetags.static import static as address_of
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from anlan.kernel import assets, cells, filter_line, frames

register = template.Library()

register.simple_tag(cells.light, name="light")
register.simple_tag(cells.level, name="level")
register.simple_tag(cells.bar, name="bar")
register.simple_tag(cells.seal, name="seal")
register.simple_tag(cells.fx, name="fx")
register.simple_tag(cells.tag, name="mark")
register.simple_tag(frames.part, takes_context=True, name="frame")
register.simple_tag(filter_line.fields, name="filter_fields")
register.simple_tag(cells.table_heads, name="ledger_heads")
register.filter("money", cells.money)
register.filter("number", cells.number)
register.filter("day", cells.day)
register.filter("moment", cells.moment)


@register.tag("static")
def static_address(parser: Parser, token: Token) -> Node:
    """The address of a file under frontend/: worked out when the template is read, not for every page."""
    bits = token.split_contents()
    if len(bits) == 2 and (path := _literal(parser, bits[1])):
        return TextNode(escape(address_of(path)))
    return do_static(parser, token)


@register.tag("icon")
def icon(parser: Parser, token: Token) -> Node:
    """`{% icon "bell" %}` or `{% icon "x" "收起" %}`; words in quotes are written at once."""
    _, *bits = token.split_contents()
    literal = [_literal(parser, bit) for bit in bits]
    if all(literal):
        return TextNode(assets.icon(*literal))
    return _Icon([parser.compile_filter(bit) for bit in bits])


class _Icon(Node):
    """An icon whose name comes from the page."""

    def __init__(self, parts: Sequence[FilterExpression]) -> None:
        self.parts = parts

    def render(self, context: template.Context) -> SafeString:
        """The SVG."""
        return assets.icon(*(part.resolve(context) for part in self.parts))


def _literal(parser: Parser, bit: str) -> str:
    """The text of a quoted word, "" for anything that the page decides."""
    return bit[1:-1] if len(bit) > 2 and bit[0] == bit[-1] and bit[0] in "'\"" and "|" not in bit else ""


@register.filter
def day_short(value: Any) -> str:
    """06-20, for tables of one year."""
    return cells.day(value, short=True)


@register.filter
def show(value: Any) -> str:
    """A cell, date, number or text as the tables show it; nothing becomes a dash."""
    return mark_safe(cells.show(value))


@register.filter
def blank(value: Any) -> Any:
    """未报 for a figure that was due and is missing; zero stays zero."""
    return cells.NOT_REPORTED if value is None or value == "" else value


@register.simple_tag
def ledger_rows(columns: Sequence[Any], rows: Sequence[Any], selectable: Any = False) -> SafeString:
    """The body rows of a ledger list."""
    return cells.table_rows(columns, rows, bool(selectable))


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """How a field is laid out: check (one box), choices (radio or boxes), file, hidden, plain."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "plain"


@register.filter
def as_input(field: forms.BoundField) -> SafeString:
    """The field's widget with the classes of the look; ids of hint and error are set by Django itself."""
    kind = widget_kind(field)
    own = field.field.widget.attrs.get("class", "")
    classes = [own] if own else []
    if kind == "file":
        classes.append("vh")
    elif kind == "plain":
        classes.append("in")
        if field.errors:
            classes.append("bad")
        if isinstance(field.field.widget, forms.DateInput | forms.TimeInput) and not own:
            classes.append("w170")
    attributes: dict[str, str | bool] = {"class": " ".join(classes)} if classes else {}
    return field.as_widget(attrs=attributes)


@register.filter
def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(anchor, label) of each field in error, in the order of the form, for the summary at the top."""
    return [(f.id_for_label or f.auto_id, str(f.label)) for f in form if f.errors and not f.is_hidden]


@register.filter
def short_label(text: str) -> str:
    """我的办公桌 becomes 办公桌 in the narrow bottom bar of a phone."""
    return text.removeprefix("我的")
