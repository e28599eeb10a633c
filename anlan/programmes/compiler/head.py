"""Facts of the document itself: issuer, number, title, dates, addressees, report deadlines, imprint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from anlan.programmes.compiler import vocabulary
from anlan.programmes.compiler.dates import dates, full_date
from anlan.programmes.compiler.document import Contact, Head, ReportDeadline
from anlan.programmes.compiler.mapped import Mapped, Quoter
from anlan.programmes.compiler.numerals import han
from anlan.programmes.compiler.recipients import split_recipients

_ISSUER_END = vocabulary.one_of("head.issuer_ends")
_ISSUER = re.compile(rf"^[\u4e00-\u9fffA-Za-z×]{{2,30}}{_ISSUER_END}(?=文件$|$)")
_SIGNER = rf"[\u4e00-\u9fffA-Za-z×]{{2,30}}?{vocabulary.one_of('head.signer_ends')}"
_SIGNED_ALONE = re.compile(rf"^(?!附|二|20){_SIGNER}$")
_RED_HEAD = re.compile(rf"([\u4e00-\u9fffA-Za-z×]{{2,30}}?{_ISSUER_END})文件")
_NUMBER = re.compile(
    r"(?:^|(?<=文件)|(?<=[\n。：）])|(?<=委员会)|(?<=办公室))(?:发文字号|发布文号|文号|字号)?：?"
    r"(?P<number>(?!关于|文件|发文字号|发布文号|文号|字号)[\u4e00-\u9fff×xXA-Z*]{1,10}（?(?:20\d\d|二[〇零]二[〇零一二三四五六七八九])）?第?\d{1,4}号)"
)
_NUMBER_BEHIND = re.compile(
    rf"(?:^|{vocabulary.one_of('head.notice_words', 'head.plan_words')}》?)"
    r"（(?P<number>[\u4e00-\u9fff×xXA-Z]{1,10}（20\d\d）第?\d{1,4}号)）$"
)
"""A number in brackets behind the title, or alone on a line in brackets."""
_TITLE = re.compile(rf"关\n?于[^。：；]{{2,120}}?(?:的|》)\n?{vocabulary.one_of('head.notice_words')}")
_CITED = re.compile(r"[》，的精要]|（[^（）]{4,20}号）[^\n]")
"""What follows a title that running text only cites."""
_TITLE_PART = re.compile(r"^(?!附件|附：|.*(?:公开|来源|时间|号$|日$))[\u4e00-\u9fff0-9《》“”·（）—-]{1,30}$")
"""A line above 关于… that may be the beginning of the title."""
_PLAN = re.compile(
    rf"[^。；：\n]{{0,50}}{vocabulary.one_of('head.plan_words')}(?:（[^（）\n]{{1,12}}）)?$", re.MULTILINE
)
_PLAN_RUN_ON = re.compile(
    rf"(?:附件\d?)?(?P<title>[^。；：，\n]{{2,60}}?{vocabulary.one_of('head.plan_words')}(?:（[^（）\n]{{1,14}}）)?)"
    r"(?=为|20\d\d年|一、|第[一1]|根据|按照|现|1[.、]|坚持|以|各|序号|$)"
)
"""The title at the head of a text that has lost its line breaks."""
_OPENING = vocabulary.one_of("head.opening_words")
_ADDRESSED = re.compile(rf"(?P<list>[^：。]{{3,400}})：\n?(?={_OPENING})")
_ADDRESSED_LINE = re.compile(
    r"^(?P<list>[^：。\n]*(?:政府|单位|部门|委员会|管委会|安委会|办事处|企业|[县市区局])[^：。\n]{0,60})：$",
    re.MULTILINE,
)
_NEAREST = re.compile(r"(?P<list>[^：。]{3,400})：")
_RECIPIENT = re.compile(r"政府|单位|部门|委员会|管委会|安委会|办事处|企业|局|各")
_NO_RECIPIENT = re.compile(
    r"(?:任务|要求|思路|目标|重点|如下|事项|要点|方案|以下)(?:是|为|通知)?$|20\d\d年|核心提示|："
)
_BLOCK_END = re.compile(
    rf"(?:{vocabulary.one_of('head.notice_words', 'head.plan_words')}|号|日|文件)[）]?$"
    rf"|^[^，、]{{2,30}}{_ISSUER_END}$"
)
"""A line that stands above the addressees and is none of them."""
_METADATA_NAMES = ("日期", "文号", "机构", "分类", "字号", "有效性", "标题", "名称")
"""What stands behind an empty field: the name of the next one."""
_YEAR = re.compile(r"(20\d\d|二[〇零○][一二三四五六七八九〇零○]{2})(?:年?[-—–－~～至]{1,2}20\d\d)?年")
"""The year of a document; of a span of years the first."""
_PRINTED = re.compile(r"(20\d\d年\d{1,2}月\d{1,2}日)印发")
_DISCLOSURE = re.compile(r"主动公开(?!内容|目录)|依申请公开|不予公开|不公开|(?<=此件)公开发布")
_COPIES = re.compile(r"共?印数?：?(\d+)份")
_PERSON = re.compile(
    r"(?:经办人|联系人|承办人)[：:]?(?P<name>[\u4e00-\u9fff]{2,4}?)(?=[，；。、）\n]|联系|电话|手机|$)"
)
_PHONE = re.compile(r"(?:电话|手机|传真)[：:]?(?P<phone>(?:0\d{2,3}-?)?\d{7,8}|1\d{10})")
_COPY_TO = re.compile(r"(?:抄报|抄送)：(?P<list>[^。\n]{2,300})")
_REPORT_NOUN = re.compile(vocabulary.one_of("head.report_nouns"))
_REPORT_VERB = re.compile(vocabulary.one_of("head.report_verbs") + r"(?:至|到|给|送)?")
_REPORT_TO = re.compile(
    r"半年|全年|年度|年终|安委办|安委会|安办|应急[局厅办管]|我办|我局|办公室|省|市|县|区|旗"
)
_RECURRING = re.compile(r"每(?:月|季|周|半年|两个月|年)")
_REPORTED = re.compile(r"报送(?P<what>(?:上?半年|全年|年度)[^，。；（]{2,40})")
_WHAT = re.compile(r"将(?P<what>[^，。]{2,60}?)(?:形成书面材料)?(?:报送|上报|报|反馈|送)")


@dataclass(frozen=True, slots=True)
class HeadText:
    """What the head is read from: paragraphs of the front and the tail, lines of web metadata."""

    front: tuple[Mapped, ...]
    tail: tuple[Mapped, ...]
    metadata: tuple[str, ...]

    @property
    def lines(self) -> str:
        return "\n".join(p.text for p in self.front)

    @property
    def closing(self) -> str:
        return "\n".join(p.text for p in self.tail)


def read_head(text: HeadText, body: Iterable[str], quoter: Quoter) -> Head:
    """The facts; `body` are texts of items, searched for report deadlines the front does not state."""
    everything = f"{text.lines}\n{text.closing}"
    title, addressed_from = _title(text)
    year = _year(title, text.lines)
    number = _number(text, quoter)
    deadlines = (
        _deadlines([text.lines, text.closing], year)
        or _deadlines([text.lines.replace("\n", "")], year)
        or _deadlines(body, year)
    )
    disclosure = _DISCLOSURE.search(everything + "\n" + "\n".join(text.metadata))
    copies = _COPIES.search(text.closing)
    return Head(
        issuer=_issuer(text, title),
        number=number,
        title=title,
        year=year,
        issued_on=_issued_on(text),
        published_on=_published_on(everything, text.metadata),
        recipients=_recipients(text.lines, addressed_from),
        copy_to=tuple(name for m in _COPY_TO.finditer(text.closing) for name in split_recipients(m["list"])),
        disclosure=disclosure.group() if disclosure else None,
        contact=_contact(everything),
        copies=int(copies[1]) if copies else None,
        report_deadlines=deadlines,
    )


def _issuer(text: HeadText, title: str | None) -> str | None:
    red = next((m for p in text.front[:6] if (m := _RED_HEAD.search(p.text))), None)
    if red:
        return red[1]
    signed = _signature([*text.front]) or _signature([*text.front[-1:], *text.tail])
    line = next((m.group() for p in text.front[:8] if (m := _ISSUER.match(p.text))), None)
    # A signature may leave the place out (市安委会办公室); the head of the page names it.
    if signed and not (signed[0] in "省市县区旗州" and line):
        return signed
    if line:
        return line
    opening = re.match(
        r"^([\u4e00-\u9fff]{2,30}?安全生产委员会)(?=[\u4e00-\u9fff]{1,9}（20\d\d）)", text.lines
    )
    if opening:
        return opening[1]
    named = re.match(rf"({_SIGNER})(?=关于|印发)", title or "")
    if named:
        return named[1]
    return _metadata(text.metadata, ("发文机关", "发布机构", "发布机关"))


def _signature(paragraphs: list[Mapped]) -> str | None:
    """An organisation alone on a line, directly before a date alone on a line (or both on one line)."""
    for above, below in pairwise(paragraphs):
        found = _ISSUER.match(above.text) or _SIGNED_ALONE.match(above.text)
        if found and len(below) <= 14 and full_date(below.text):
            return found.group()
    for paragraph in paragraphs:
        both = re.match(
            rf"^([\u4e00-\u9fff]{{2,30}}{_ISSUER_END})20\d\d年\d{{1,2}}月\d{{1,2}}日$", paragraph.text
        )
        if both:
            return both[1]
    return None


def _number(text: HeadText, quoter: Quoter) -> str | None:
    for paragraph in (*text.front, *text.tail[:3]):
        found = _NUMBER.search(paragraph.text)
        if found and (found.start() == 0 or paragraph is text.front[0] or len(paragraph) < 60):
            return _regular_number(quoter.quote(paragraph.span(*found.span("number"))))
        found = _NUMBER_BEHIND.search(paragraph.text)
        if found:
            return _regular_number(quoter.quote(paragraph.span(*found.span("number"))))
    return _metadata(text.metadata, ("发文字号", "发布文号", "文号"))


def _regular_number(written: str) -> str:
    """The number as written; where its brackets do not pair, with the brackets the standard asks for."""
    plain = written.replace(" ", "")
    if re.search(r"〔\d{4}〕|（\d{4}）|\(\d{4}\)|\[\d{4}\]|［\d{4}］|【\d{4}】|﹝\d{4}﹞", plain):
        return plain
    return re.sub(r"[^\u4e00-\u9fff]?(20\d\d)[^\d第]?(?=第?\d+号)", r"〔\1〕", plain)


def _metadata(lines: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """The value behind a name in the metadata of a web page."""
    for line in lines:
        plain = re.sub(r"[\s　|]+", " ", line)
        for name in names:
            spaced = r"\s?".join(name)
            found = re.search(rf"(?<![\u4e00-\u9fff]){spaced}\s?(?:[：:]\s?|\s)([^\s：:]+)", plain)
            if found and not found[1].endswith(_METADATA_NAMES):
                return found[1]
    return None


def _title(text: HeadText) -> tuple[str | None, int]:
    """The title of the notice (or else of the plan), and where in the front the addressees may begin."""
    lines = text.lines
    found = next((m for m in _TITLE.finditer(lines) if _is_title(lines, m)), None)
    if found:
        start = _line_start(lines, found.start())
        prefix = lines[start : found.start()]
        own = _after_number(prefix)
        start = found.start() - len(own) if own != prefix else _issuer_above(lines, start)
        return lines[start : found.end()].replace("\n", ""), found.end()
    plan = _PLAN.search(lines)
    if plan:
        start = plan.start()
        if re.match(r"20\d\d|年|全|安全|重点|工作", plan.group()):
            start = _issuer_above(lines, start)
        return lines[start : plan.end()].replace("\n", ""), plan.end()
    run_on = _PLAN_RUN_ON.match(lines)
    if run_on:
        return run_on["title"], run_on.end()
    line = next(
        (p.text for p in text.front[:4] if _YEAR.search(p.text) and not re.search(r"[。：，]", p.text)), None
    )
    return line or _metadata(text.metadata, ("标题", "信息名称", "名称")), 0


def _is_title(lines: str, found: re.Match[str]) -> bool:
    """Does 关于…的通知 stand as a title, and not cited inside a sentence?"""
    prefix = lines[_line_start(lines, found.start()) : found.start()]
    return not re.search(r"[，；。]", prefix) and not _CITED.match(lines, found.end())


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _after_number(prefix: str) -> str:
    """What stands between a document number and 关于 on the same line."""
    return re.split(r"20\d\d）?\d{1,4}号|文件", prefix)[-1]


def _issuer_above(text: str, start: int) -> int:
    """A title may begin on the lines above: with its issuer, or with a part that wrapping cut off."""
    for _ in range(2):
        if start == 0:
            break
        above = _line_start(text, start - 1)
        line = text[above : start - 1]
        whole = bool(_ISSUER.match(line))
        if not line or line.endswith("文件") or not (whole or _TITLE_PART.match(line)):
            break
        start = above
        if whole:
            break
    return start


def _year(title: str | None, lines: str) -> int | None:
    for where in (title or "", lines):
        found = _YEAR.search(where)
        if found:
            return int(found[1]) if found[1].isdecimal() else han(found[1].replace("○", "〇"))
    return None


def _issued_on(text: HeadText) -> str | None:
    for paragraph in (*text.front, *text.tail):
        alone = len(paragraph) <= 14 or re.match(
            rf"^[\u4e00-\u9fff]{{2,30}}{_ISSUER_END}20\d\d年", paragraph.text
        )
        if alone and "印发" not in paragraph.text and len(paragraph) < 60:
            day = full_date(paragraph.text)
            if day:
                return day
    inline = re.search(rf"{_ISSUER_END}(20\d\d年\d{{1,2}}月\d{{1,2}}日)", text.lines)
    stated = inline[1] if inline else _metadata(text.metadata, ("成文日期", "发文日期", "生成日期"))
    return full_date(stated) if stated else None


def _published_on(everything: str, metadata: tuple[str, ...]) -> str | None:
    found = _PRINTED.search(everything)
    stated = found[1] if found else _metadata(metadata, ("发布日期", "发布时间", "公开日期"))
    return full_date(stated) if stated else None


def _recipients(lines: str, start: int) -> tuple[str, ...]:
    found = _ADDRESSED.search(lines, start) if start else None
    if start and not found:
        nearest = _NEAREST.match(lines, start)
        found = nearest if nearest and _RECIPIENT.search(nearest["list"]) else None
    candidates = (found, _ADDRESSED_LINE.search(lines), _ADDRESSED.search(lines))
    listed = next((text for m in candidates if m and (text := _addressees(m["list"]))), "")
    return split_recipients(listed) if listed else ()


def _addressees(listed: str) -> str:
    """The last lines of what stands before a colon, as far as they are addressees; "" where they are none."""
    listed = re.split(r"20\d\d）?第?\d{1,4}号|文件\n", listed)[-1].strip("\n）")
    *above, last = listed.split("\n")
    while above and not _BLOCK_END.search(above[-1]):
        last = above.pop() + last
    return "" if _NO_RECIPIENT.search(last) or not _RECIPIENT.search(last) else last


def _contact(everything: str) -> Contact | None:
    person, phone = _PERSON.search(everything), _PHONE.search(everything)
    if not person and not phone:
        return None
    return Contact(person["name"] if person else None, phone["phone"] if phone else None)


def _deadlines(texts: Iterable[str], year: int | None) -> tuple[ReportDeadline, ...]:
    out: list[ReportDeadline] = []
    for text in texts:
        for sentence in re.split(r"[。；\n]", text):
            if _REPORT_NOUN.search(sentence):
                out += _sentence_deadlines(sentence, year)
    unique = {deadline.due: deadline for deadline in reversed(out)}
    return tuple(sorted(unique.values(), key=lambda d: d.due))


def _sentence_deadlines(sentence: str, year: int | None) -> list[ReportDeadline]:
    if _RECURRING.search(sentence):
        sentence = "，".join(part for part in sentence.split("，") if not _RECURRING.search(part))
    verb = _REPORT_VERB.search(sentence)
    if verb is None or _RECURRING.search(sentence) or not _REPORT_TO.search(sentence):
        return []
    days = [
        d.day
        for d in dates(sentence, year)
        if re.match(r"前|底|和|、|分别|之前|以前|，", sentence[d.end :] or "，")
        or sentence[d.end - 1] in "前底末内"
    ]
    what = _WHAT.search(sentence) or _REPORTED.search(sentence)
    names = _named_reports(what["what"] if what else "工作完成情况", len(days))
    return [ReportDeadline(name, day) for name, day in zip(names, days, strict=True)]


def _named_reports(what: str, count: int) -> list[str]:
    """`半年度和年度工作完成情况` for two days: one name each."""
    split = re.match(
        r"^(?P<first>上?半年度?)[和、及与](?P<second>全年度?|下半年度?|年度?)(?P<rest>.*)$", what
    )
    if count == 2 and split:
        return [split["first"] + split["rest"], split["second"] + split["rest"]]
    return [what] * count
