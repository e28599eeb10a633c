"""A recorded act in words: what was done, to what, and each changed value old → new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anlan.kernel import drawing, parameters, registry
from anlan.kernel.pages.rows import ACTS as LEDGER_ACTS
from anlan.kernel.pages.rows import field_label, shown
from anlan.kernel.scope import Actor

ACTS = {
    **LEDGER_ACTS,
    "reset_password": "发初始密码",
    "change_password": "改密码",
    "disable_account": "停用账号",
    "enable_account": "启用账号",
    "unlock": "解锁账号",
    "force_off": "强制下线",
    "leave_elsewhere": "退出其他设备",
    "choose_post": "换岗位",
    "bind_authenticator": "绑定动态验证码",
    "unbind_authenticator": "解除动态验证码",
    "unlink_identity": "解除统一身份绑定",
    "retry_job": "重做作业",
    "verify_audit": "核验操作日志",
}
PLACES = {"people": "人员", "posts": "岗位", "jobs": "作业", "parameters": "参数", "audit": "操作日志"}


def act_label(act: str) -> str:
    """The act in words; an unknown one as it is."""
    return ACTS.get(act, act)


def ledger_label(key: str) -> str:
    """The ledger's name."""
    try:
        return registry.ledger(key).label
    except KeyError:
        return PLACES.get(key, key)


def subject_label(entry: Any) -> str:
    """What the act was about; a parameter by its name."""
    if entry.ledger == "parameters":
        found = parameters.declared().get(entry.subject)
        return found.label if found else entry.subject
    return str(entry.subject)


def difference_rows(actor: Actor, entry: Any) -> Mapping[str, Any]:
    """What the panel of one entry shows: the act, its ledger, and [(label, old, new)]."""
    names = drawing.Names()
    try:
        ledger = registry.ledger(entry.ledger)
    except KeyError:
        ledger = None
    changes = []
    for name, values in entry.differences.items():
        old, new = values if isinstance(values, list) and len(values) == 2 else (None, values)
        if ledger is None:
            changes.append((WORDS.get(name, name), old, new))
            continue
        changes.append(
            (
                field_label(ledger, name),
                shown(ledger, name, old, names),
                shown(ledger, name, new, names),
            )
        )
    place, what = ledger_label(entry.ledger), subject_label(entry)
    what = what if what.startswith(place) else f"{place} {what}"
    return {
        "changes": changes,
        "words": act_label(entry.act),
        "what": what,
    }


WORDS = {"post": "岗位", "value": "值", "key": "键"}
