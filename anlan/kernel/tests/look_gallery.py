"""A gallery of every template of the look with sample data, for the tests alone: one address each."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from anlan.kernel.tests.look_pages import (
    CodeForm,
    SampleForm,
    SignInForm,
    UploadForm,
    accounts,
    chart,
    conflict,
    detail_page,
    import_page,
    job,
    list_page,
    mapping,
    preview,
    shell,
)

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]


def samples(request: HttpRequest) -> dict[str, tuple[str, dict[str, Any]]]:
    """{address: (template, context)}."""
    bound = SampleForm(
        {"description": "V-102 储罐液位计失灵", "level": "major", "due": "2023-06-15", "enterprise": "7"}
    )
    form_page = {
        "title": "登记隐患",
        "crumbs": [{"label": "隐患治理", "url": "/list/"}, {"label": "登记"}],
        "action": "/form/",
        "idempotency": "once",
        "cancel_url": "/list/",
        "save_label": "保存并下达整改",
        "side": detail_page()["side"],
        "form_acts": [{"name": "draft", "label": "存草稿"}],
    }
    columns = [
        {"label": "描述", "required": True, "note": "写清部位和现象"},
        {"label": "企业", "required": True},
    ]
    empty = {
        **list_page(0),
        "empty": {
            "state": "今年还没有发过提醒函",
            "basis": "有 4 家单位的义务已逾期，可以据此起草。",
            "act": {"label": "从 4 家逾期单位起草", "url": "/form/", "primary": True},
            "other": {"label": "先看任务总表", "url": "/list/"},
            "next": "到期前提醒不发函，逾期后才发函。",
        },
    }
    options = [
        {"key": "due", "label": "期限", "on": True, "locked": True},
        {"key": "no", "label": "编号", "on": True},
    ]
    account = {"title": "账号", "cancel_url": "/list/"}
    body = "kernel/list_body.html" if getattr(request, "htmx", False) else "kernel/list.html"
    return {
        "list": (body, {"page": list_page(50 if "after" in request.GET else 12)}),
        "empty": ("kernel/list.html", {"page": empty}),
        "detail": ("kernel/detail.html", {"page": detail_page()}),
        "form": (
            "kernel/form.html",
            {"form": bound if "wrong" in request.GET else SampleForm(), "page": form_page},
        ),
        "conflict": ("kernel/conflict.html", conflict()),
        "remove": ("kernel/remove.html", {"page": {**form_page, "noun": "隐患", "back_url": "/detail/"}}),
        "import_upload": (
            "kernel/import_upload.html",
            {
                "page": import_page("导入隐患台账", 0),
                "form": UploadForm(),
                "columns": columns,
                "template_url": "/list/",
                "limits": "不超过 50 MB",
            },
        ),
        "import_map": (
            "kernel/import_map.html",
            {
                "page": import_page("导入隐患台账", 1),
                "mapping": mapping(),
                "missing": ["整改人"],
                "again_url": "/import_upload/",
            },
        ),
        "import_preview": ("kernel/import_preview.html", preview()),
        "import_done": ("kernel/import_done.html", {**preview(), "page": import_page("已导入 411 行", 2)}),
        "job": ("kernel/job.html", job(request.GET.get("state", "running"))),
        "job_body": ("kernel/job_body.html", job("done")),
        "print": (
            "kernel/print.html",
            {
                "page": {
                    **list_page(50),
                    "wide": True,
                    "back_url": "/list/",
                    "printed_by": "陈立新",
                    "printed_at": "2023-06-20 08:42",
                    "basis": "未销号，按期限从近到远",
                }
            },
        ),
        "columns": (
            "kernel/columns.html",
            {"page": {"title": "隐患治理"}, "columns": {"options": options, "url": "/list/"}},
        ),
        "signin": (
            "kernel/signin.html",
            {
                "form": SignInForm(),
                "demo_accounts": accounts(),
                "demo_password": "demo-demo",
                "version": "0.1.0",
                "providers": [{"url": "/list/", "label": "统一身份认证"}],
            },
        ),
        "password": ("kernel/account/password_change.html", {"form": SignInForm(), "page": account}),
        "totp": ("kernel/account/totp_setup.html", {"form": CodeForm(), "page": account}),
        "recovery": ("kernel/account/recovery_codes.html", {"unused_codes": ["3f8a-91c2", "77d0-4be1"]}),
        "signout": ("kernel/account/signout.html", {}),
        "404": ("kernel/404.html", {}),
        "403": ("kernel/403.html", {"reason": "只有验收人可以销号。"}),
        "500": ("kernel/500.html", {}),
        "400": ("kernel/400.html", {}),
        "offline": ("kernel/offline.html", {}),
        "parts": ("look_tests/parts.html", {"page": {"title": "部件表"}, "chart": chart()}),
    }


def show(request: HttpRequest, name: str) -> HttpResponse:
    """One sample."""
    found = samples(request).get(unquote(name))
    if found is None:
        raise Http404
    template, context = found
    return render(request, template, {"shell": shell(), **context})


def pick(request: HttpRequest) -> JsonResponse:
    """A tree of two levels, searched by name."""
    tree = {
        "": [("36", "江西省", False)],
        "36": [("3611", "上饶市", False), ("3604", "九江市", True)],
        "3611": [("361124", "铅山县", True), ("361130", "婺源县", True)],
    }
    text, under = request.GET.get("q", ""), request.GET.get("under", "")
    rows = (
        [one for level in tree.values() for one in level if text in one[1]] if text else tree.get(under, [])
    )
    return JsonResponse(
        [{"id": key, "label": label, "note": key, "leaf": leaf} for key, label, leaf in rows], safe=False
    )


def worker(request: HttpRequest) -> HttpResponse:
    """The offline script, from the root as in the house."""
    script = Path(settings.ROOT) / "frontend" / "sw.js"
    return HttpResponse(script.read_bytes(), content_type="text/javascript")


urlpatterns = [
    path("pick/", pick),
    path("offline", show, {"name": "offline"}, name="offline"),
    path("sw.js", worker, name="service-worker"),
    path("find/", show, {"name": "list"}, name="search"),
    path("notices/", show, {"name": "list"}, name="notices"),
    path("help/", show, {"name": "list"}, name="help"),
    path("account/", show, {"name": "password"}, name="account"),
    path("out/", show, {"name": "signout"}, name="account_logout"),
    path("in/", show, {"name": "signin"}, name="account_login"),
    path("post/", show, {"name": "list"}, name="post-choose"),
    path("row/<int:n>/", lambda request, n: show(request, "detail")),
    path("<str:name>/", show),
]


def samples_names() -> list[str]:
    """The addresses of all samples."""
    return list(samples(HttpRequest()))
