"""Workflows as data: what is open to whom and why not, and what makes a declaration unsound."""

from __future__ import annotations

from dataclasses import replace

from anlan.kernel.workflow import Facts, Move, State, Workflow, faults, moves_open


def dry(facts: Facts) -> str | None:
    """Only in dry weather."""
    return "下雨" if facts["rain"] else None


FLOW = Workflow(
    key="roof",
    ledger="roofs",
    label="屋面",
    states=(State("open", "未修", public="处理中"), State("work", "在修"), State("done", "修好", final=True)),
    moves=(
        Move("begin", "开工", ("open",), "work", guards=(dry,)),
        Move("drop", "不修", ("open", "work"), "done", permission="roofs.decide"),
        Move("end", "完工", ("work",), "done"),
    ),
)


def test_moves_are_shown_with_the_reason_why_not() -> None:
    offers = moves_open(FLOW, "open", {"rain": True}, {"roofs.begin"}.__contains__)
    assert [(one.move.key, one.permitted, one.reason) for one in offers] == [
        ("begin", True, "下雨"),
        ("drop", False, "当前岗位没有“不修”的权限"),
    ]


def test_a_move_is_open_when_permission_and_guards_agree() -> None:
    offers = moves_open(FLOW, "open", {"rain": False}, {"roofs.begin", "roofs.decide"}.__contains__)
    assert all(one.allowed for one in offers)


def test_the_public_reads_its_own_label() -> None:
    assert (FLOW.state("open").public_label, FLOW.state("work").public_label) == ("处理中", "在修")


def test_a_sound_flow_has_no_faults() -> None:
    assert faults(FLOW) == []


def test_unsound_flows_say_what_is_wrong() -> None:
    island = replace(FLOW, states=(*FLOW.states, State("lost", "失踪")))
    corner = replace(
        FLOW,
        states=(*FLOW.states, State("stuck", "卡住")),
        moves=(*FLOW.moves, Move("jam", "卡", ("work",), "stuck")),
    )
    typo = replace(FLOW, moves=(*FLOW.moves, Move("fly", "飞", ("work",), "sky", required=("wing",))))
    double = replace(FLOW, moves=(*FLOW.moves, FLOW.moves[0]))
    assert "roof: state lost cannot be reached" in faults(island)
    assert "roof: state stuck never leads to an end" in faults(corner)
    assert faults(typo) == [
        "roof: move fly: no state sky",
        "roof: move fly requires ['wing'] but does not ask for it",
    ]
    assert faults(double) == ["roof: move begin is declared twice"]
