"""Jobs of chasing: the sheets of all units as one zip."""

from __future__ import annotations

from anlan.kernel import jobs
from anlan.kernel.jobs import Progress
from anlan.kernel.scope import Actor
from anlan.kernel.writing import Refused
from anlan.programmes.actions import chase_fill_out
from anlan.programmes.models import Programme


@jobs.handler("fill-out-all")
def fill_out_all(actor: Actor, progress: Progress, programme: int) -> str:
    """One workbook a unit, in one zip."""
    found = Programme.objects.visible_to(actor).filter(pk=programme).first()
    if found is None:
        raise Refused("没有这份要点，或者不在您的职责范围内。")
    units = chase_fill_out.units_in(actor, found)
    if not units:
        raise Refused("这份要点现在没有要填报的任务。")
    progress(0, total=len(units), message="正在生成填报表")
    data, count = chase_fill_out.archive(actor, found, units, progress)
    progress.result(f"{found.title}填报表.zip").write_bytes(data)
    return f"共 {count} 家单位，每家一份。"
