"""What a role may do and how far it sees (security administrator)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from anlan.kernel import acts, clock, registry
from anlan.kernel.requests import ActorRequest, whole
from anlan.kernel.scope import Reach
from anlan.kernel.writing import Stale, write
from anlan.org.admin_pages.access import needs
from anlan.org.models import Post, Role
from anlan.org.models.dated import on_day
from anlan.org.rules.administrators import misplaced

ACTS = (
    ("view", "查看"),
    ("add", "登记"),
    ("change", "修改"),
    ("remove", "删除"),
    ("import", "导入"),
    ("export", "导出"),
)
# Permissions of pages that are no ledgers, and further acts on ledgers.
MORE = (
    ("roles.view", "看角色"),
    ("roles.add", "新建角色"),
    ("roles.change", "改角色"),
    ("people.reset", "发初始密码"),
    ("locks.release", "解锁、解除动态验证码"),
    ("people.disable", "停用与启用账号"),
    ("online.view", "看在线人员"),
    ("online.end", "强制下线"),
    ("parameters.view", "看参数"),
    ("parameters.change", "改参数"),
    ("health.view", "看运行状况"),
    ("jobs.view", "看自己发起的作业"),
    ("jobs.monitor", "看作业监视"),
    ("jobs.retry", "重做失败的作业"),
    ("audit.verify", "核验操作日志"),
)


@require_GET
@needs("roles.view")
def role_list(request: ActorRequest) -> HttpResponse:
    """Every role: how far it sees, how much it may do, how many hold it today."""
    held = Count("posts", on_day(clock.today(), "posts__"))
    roles = Role.objects.visible_to(request.actor).annotate(held=held).order_by("position", "id")
    rows = [(role, Reach(role.reach).label, _count(role.permissions)) for role in roles]
    may_change = request.actor.may("roles.change")
    acts = []
    if request.actor.may("roles.add"):
        acts.append({"label": "新建角色", "url": reverse("admin-role-new"), "primary": True, "icon": "plus"})
    page = {
        "title": "角色与数据范围",
        "crumbs": [{"label": "安全管理"}],
        "facts": [f"{len(rows)} 个角色", "系统、安全、审计三员不得由一人兼任"],
        "acts": acts,
    }
    return render(request, "org/admin/roles.html", {"page": page, "rows": rows, "may_change": may_change})


@require_http_methods(["GET", "POST"])
@needs("roles.view", post="roles.change")
def role_form(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """Change a role, or make one."""
    row = Role.objects.visible_to(request.actor).filter(pk=pk).first() if pk else Role(reach=Reach.UNIT)
    if row is None or not request.actor.may("roles.change" if pk else "roles.add"):
        raise Http404
    form = RoleForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("version", "")
        try:
            write(
                request.actor,
                row,
                form.change(),
                "change" if pk else "add",
                seen=whole(seen) if pk else None,
            )
            messages.success(request, f"已保存角色“{row.label}”，持有它的人下一次操作即生效。")
            return HttpResponseRedirect(reverse("admin-roles"))
        except Stale:
            form.add_error(None, "另一位管理员刚改过这个角色。请放弃后重新打开，在新内容上修改。")
        except ValidationError as error:
            form.take(error)
    back = reverse("admin-roles")
    page = {
        "title": row.label if pk else "新建角色",
        "crumbs": [{"label": "角色与数据范围", "url": back}, {"label": "修改" if pk else "新建"}],
        "cancel_url": back,
        "version": row.version if pk else None,
    }
    context = {"page": page, "form": form, "table": form.table(), "more": form.more(), "acts": ACTS}
    if pk:
        context["holders"] = _holders(row)
    status = 422 if request.method == "POST" else 200
    return render(request, "org/admin/role.html", context, status=status)


class RoleForm(forms.Form):
    """A role's own fields; the permissions come as checkboxes named `may`."""

    label = forms.CharField(label="名称", max_length=60, error_messages={"required": "此项必填。"})
    reach = forms.ChoiceField(
        label="数据范围",
        choices=Reach.choices,
        widget=forms.RadioSelect,
        help_text="持有这个角色的岗位能看到哪些行。",
    )
    industry_bound = forms.BooleanField(label="只看本岗位主管的行业", required=False)
    demands_code = forms.BooleanField(label="登录须用动态验证码", required=False)

    def __init__(self, row: Any, data: Any = None) -> None:
        self.row = row
        initial = {name: getattr(row, name) for name in ("label", "reach", "industry_bound", "demands_code")}
        super().__init__(data, initial=initial)
        self.held = set(data.getlist("may")) if data is not None else self._spread(row.permissions)

    def clean(self) -> Any:
        """Administrators and business stay apart."""
        offered = {cell["name"] for line in self.table() for cell in line["cells"] if cell["offered"]}
        offered |= {name for name, _ in (*MORE, *_further())} | self._spread(self.row.permissions)
        strange = sorted(self.held - offered)
        if strange:
            raise ValidationError(f"没有“{strange[0]}”这项权限。请刷新本页后重新勾选。")
        wrong = misplaced(self.row.key, self.held)
        if wrong:
            raise ValidationError(wrong)
        return super().clean()

    def change(self) -> dict[str, Any]:
        """What is written."""
        change = dict(self.cleaned_data) | {"permissions": sorted(self._gathered())}
        if not self.row.pk:
            change["key"] = f"custom-{Role.objects.unscoped('a free key').count() + 1}-{clock.now():%H%M%S}"
        return change

    def take(self, error: ValidationError) -> None:
        """Show what the writing door found."""
        for name, found in (
            error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        ).items():
            for message in found:
                self.add_error(name if name in self.fields else None, message)

    def table(self) -> list[dict[str, Any]]:
        """Ledgers × acts."""
        return [
            {
                "label": ledger.label,
                "cells": [
                    {
                        "name": ledger.permission(act),
                        "label": f"{ledger.label}：{word}",
                        "offered": act == "view" or act in ledger.acts,
                        "on": ledger.permission(act) in self.held,
                    }
                    for act, word in ACTS
                ],
            }
            for ledger in registry.ledgers()
        ]

    def more(self) -> list[tuple[str, str, bool]]:
        """What is no ledger's act; also what the role holds and nobody here knows."""
        known = {cell["name"] for line in self.table() for cell in line["cells"]}
        found = [(name, word, name in self.held) for name, word in (*MORE, *_further()) if name not in known]
        named = known | {name for name, *_ in found}
        return found + [(name, name, True) for name in sorted(self.held - named)]

    def _spread(self, permissions: list[str]) -> set[str]:
        """ "people.*" as the single permissions that are known; unknown ones stay as they are."""
        found = set(permissions)
        for name in permissions:
            prefix, _, act = name.partition(".")
            if act == "*":
                found.discard(name)
                found |= self._all(prefix) or {name}
        return found

    def _gathered(self) -> set[str]:
        """All of a ledger's permissions become "ledger.*" again, so that later acts are included."""
        found = set(self.held)
        for prefix in {name.partition(".")[0] for name in found}:
            whole = self._all(prefix)
            if len(whole) > 1 and whole <= found:
                found = {name for name in found if not name.startswith(f"{prefix}.")} | {f"{prefix}.*"}
        return found

    @staticmethod
    def _all(prefix: str) -> set[str]:
        found = {name for name, _ in (*MORE, *_further()) if name.startswith(f"{prefix}.")}
        for ledger in registry.ledgers():
            if ledger.key == prefix:
                found |= {ledger.permission(act) for act, _ in ACTS if act == "view" or act in ledger.acts}
        return found


def _further() -> list[tuple[str, str]]:
    """What else may be done in a ledger: its moves, its further acts, and what the shipped roles name."""
    words, usual = acts.words(), {act for act, _ in ACTS} | {"*"}
    found: dict[str, str] = {}
    ledgers = {one.key: one for one in registry.ledgers()}
    for flow in registry.declared("WORKFLOWS"):
        found.update({flow.permission(move): move.label for move in flow.moves})
    named = {ledger.permission(act) for ledger in ledgers.values() for act in ledger.acts}
    for role in Role.objects.unscoped("the names of all permissions").only("shipped"):
        named |= set(role.shipped)
    known = {name for name, _ in MORE}
    for name in sorted(named - known - found.keys()):
        found[name] = words.get(name.partition(".")[2], name.partition(".")[2])
    return [
        (name, f"{ledgers[prefix].label}：{word}")
        for name, word in sorted(found.items())
        if (prefix := name.partition(".")[0]) in ledgers and name.partition(".")[2] not in usual
    ]


def _holders(role: Any) -> Any:
    posts = Post.objects.unscoped("who holds a role, for the administrator who sets it")
    return (
        posts.filter(on_day(clock.today()), role=role)
        .select_related("person", "unit", "role")
        .order_by("region_path", "id")[:50]
    )


def _count(permissions: list[str]) -> str:
    ledgers = {name.partition(".")[0] for name in permissions}
    return f"{len(ledgers)} 类事项"
