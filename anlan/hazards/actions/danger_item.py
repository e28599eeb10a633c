"""The item of the key points that a danger serves: proposed by rule, confirmed or cleared by people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from anlan.hazards.models import HiddenDanger
from anlan.hazards.rules import danger_item
from anlan.hazards.rules.danger_item import Candidate
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, write
from anlan.org.models import Industry
from anlan.programmes.models import Item, Obligation, Programme

MOST = 20_000
RULES = "which item the dangers of an industry serve is proposed by rule, whoever sees the document"
By = HiddenDanger.ItemBy
# What was tied by rule to an item that a new edition ended is proposed anew.
ENDED = """
UPDATE hazards_hiddendanger SET item_id = NULL, item_by = ''
 WHERE item_by = 'rule' AND item_id IN (SELECT id FROM programmes_item WHERE ended_id IS NOT NULL)
"""
TIE = """
UPDATE hazards_hiddendanger d SET item_id = v.item, item_by = 'rule'
  FROM unnest(%(industries)s::text[], %(levels)s::text[], %(items)s::bigint[]) AS v(industry, level, item)
 WHERE d.industry = v.industry AND d.level = v.level AND d.id IN (
       SELECT id FROM hazards_hiddendanger
        WHERE item_id IS NULL AND item_by = '' AND state <> 'void'
          AND found_on >= make_date(%(year)s, 1, 1) AND found_on < make_date(%(year)s + 1, 1, 1)
          AND region_path >= %(path)s AND region_path < %(end)s AND industry = ANY(%(industries)s)
        LIMIT %(most)s)
"""


def tie(actor: Actor, row: HiddenDanger, item: Item | None) -> None:
    """Say which item a danger serves, or that none fits. Offices only. Raises Refused or ValidationError."""
    if actor.seat is None or actor.seat.unit_id is None:
        raise Refused("对应哪一条要点由监管部门或安委办确定。")
    by = By.PERSON if item else By.CLEARED
    note = f"{item.programme.number or item.programme.title} 第{item.no}条" if item else "不对应要点条目"
    write(actor, row, {"item": item, "item_by": by}, "tie", permission="dangers.change", note=note)


def catch_up(most: int = MOST) -> int:
    """Tie by rule what nobody has tied yet, of each running document's year and territory; how many.

    The lowest level's document comes first. Statements past the door: a proposal follows from industry and
    level, and is marked as one. At most so many rows a document, the rest the next night.
    """
    done = 0
    running = Programme.objects.unscoped(RULES).filter(state=Programme.State.RUNNING)
    with connection.cursor() as cursor:
        cursor.execute(ENDED)
        for programme in sorted(running, key=lambda one: (-one.region_path.count("/"), -one.pk)):
            proposed = proposals(programme)
            if not proposed:
                continue
            cursor.execute(
                TIE,
                {
                    "industries": [industry for industry, _ in proposed],
                    "levels": [level for _, level in proposed],
                    "items": list(proposed.values()),
                    "year": programme.year,
                    "path": programme.region_path,
                    "end": programme.region_path[:-1] + "0",
                    "most": most,
                },
            )
            done += cursor.rowcount
    return done


def proposals(programme: Programme, industry: str = "") -> dict[tuple[str, str], int]:
    """{(industry, level): item} that the rule proposes in one document, for all industries or for one."""
    items = candidates(programme)
    rows = Industry.objects.unscoped(RULES)
    rows = rows.filter(slug=industry) if industry else rows
    industries = list(rows.values_list("slug", "name", "parent__slug", "parent__name"))
    found = {}
    for slug, name, parent, parent_name in industries:
        own = danger_item.words_of(slug, name)
        above = danger_item.words_of(parent, parent_name) if parent else ()
        for level in HiddenDanger.Grade.values:
            item = danger_item.propose(items, own, above, major=level == HiddenDanger.Grade.MAJOR)
            if item is not None:
                found[slug, level] = item
    return found


def proposed(row: HiddenDanger, items: Iterable[Item]) -> Item | None:
    """What the rule proposes for a danger among `items`, nearest documents of the year it was found first."""
    of_year = [one for one in items if one.programme.year == row.found_on.year]
    for programme in dict.fromkeys(one.programme for one in of_year):
        key = proposals(programme, row.industry).get((row.industry, row.level))
        if key is not None:
            return next((one for one in of_year if one.pk == key), None)
    return None


def candidates(programme: Programme) -> list[Candidate]:
    """The items of a document in their order, with the measures of their obligations."""
    measures: dict[int, list[str]] = defaultdict(list)
    rows = (
        Obligation.objects.unscoped(RULES).filter(item__programme=programme, ended=None).exclude(measure="")
    )
    for item, measure in rows.values_list("item_id", "measure"):
        measures[item].append(measure)
    items: Iterable[Item] = Item.objects.unscoped(RULES).filter(programme=programme, ended=None)
    return [Candidate(one.pk, one.title, one.text, tuple(measures[one.pk])) for one in items]
