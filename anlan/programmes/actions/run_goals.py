"""By which measure a goal of the document is judged: a person confirms it, or says that there is none."""

from __future__ import annotations

from django.db import transaction

from anlan.kernel import audit, registry
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused, require
from anlan.programmes.models import Target


def bind(actor: Actor, target: Target, measure: str) -> bool:
    """Judge a goal by a measure, by its key; empty: no source. Gives whether anything changed.

    Needs `duties.decide` at the level that issued the document. Raises Refused.
    """
    require(actor, "duties.decide")
    paths = actor.seat.region_paths if actor.seat else ()
    if not actor.system and target.programme.region_path not in paths:
        raise Refused("目标的数据来源由制发要点的安委办确认。")
    if measure and measure not in {one.key for one in registry.declared("MEASURES")}:
        raise Refused("没有这个指标。请从列表中选择。")
    with transaction.atomic():
        locked = Target.objects.select_for_update().get(pk=target.pk)
        if locked.measure == measure:
            return False
        audit.record(
            actor, "bind", target.programme, {"measure": [locked.measure, measure]}, note=locked.quote[:400]
        )
        Target.objects.filter(pk=target.pk).update(measure=measure)
    return True
