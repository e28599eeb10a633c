"""Every template renders with sample data, obeys the content policy, and its icons exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from anlan.kernel import assets
from anlan.kernel.tests import look_gallery
from anlan.kernel.tests.look_settings import gallery

ROOT = Path(settings.ROOT)
TEMPLATES = sorted((ROOT / "anlan").glob("*/templates/**/*.html"))
SCRIPTS = sorted((ROOT / "frontend").rglob("*.js"))
STYLES = sorted((ROOT / "frontend").rglob("*.css"))
NAMES = [*look_gallery.samples_names(), "form/?wrong=1", "job/?state=failed", "job/?state=stopped"]
icons_installed = pytest.mark.skipif(
    not (assets.node_modules() / "@tabler").is_dir(), reason="npm ci has not run: no icons, no vendor scripts"
)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_under_the_content_policy(name: str) -> None:
    with override_settings(**gallery()):
        answer = Client().get(f"/{name if '?' in name else name + '/'}")
    html = answer.content.decode()
    assert answer.status_code == 200 and len(html) > 200
    assert not re.search(r"<[^>]+\sstyle=", html), "a style attribute"
    assert not re.search(r"<[^>]+\son[a-z]+=", html), "an event attribute"
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", html), "an inline script"
    assert "<style" not in html


def test_the_answer_to_htmx_is_the_body_alone_and_refreshes_what_stands_outside() -> None:
    with override_settings(**gallery()):
        html = Client().get("/list/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in html and 'id="list-views"' in html and html.count('hx-swap-oob="true"') == 3


def test_typing_into_the_filter_does_not_replace_the_filter() -> None:
    with override_settings(**gallery()):
        client = Client(headers={"hx-request": "true", "hx-trigger": "list-filter"})
        html = client.get("/list/").content.decode()
    assert 'id="list-filter"' not in html
    # Export and column choice carry the filter in their address and must follow it.
    assert 'id="page-head"' in html and 'id="filter-end"' in html


def test_data_in_a_list_cannot_become_markup() -> None:
    with override_settings(**gallery()):
        html = Client().get("/list/").content.decode()
    assert "私拉 &lt;b&gt;" in html


def test_each_error_of_a_form_is_named_at_the_top_and_leads_to_its_field() -> None:
    with override_settings(**gallery()):
        html = Client().get("/form/?wrong=1").content.decode()
    assert "没有保存，有 2 处要改" in html
    for anchor in re.findall(r'href="#([^"]+)"', html.split("没有保存")[1].split("</div>")[0]):
        assert f'id="{anchor}"' in html
    assert 'aria-describedby="id_due_error"' in html and 'id="id_due_error"' in html


def test_absent_and_forbidden_are_told_in_the_same_words() -> None:
    from django.template.loader import render_to_string

    with override_settings(**gallery()):
        assert render_to_string("kernel/404.html") == render_to_string("kernel/403.html")


@icons_installed
def test_every_icon_that_is_named_exists() -> None:
    named = {
        name for file in TEMPLATES for name in re.findall(r'{% icon "([a-z0-9-]+)"', file.read_text("utf-8"))
    }
    declared = {
        name
        for file in (ROOT / "anlan").rglob("*.py")
        for name in re.findall(r'\bicon="([a-z0-9-]+)"', file.read_text("utf-8"))
    }
    missing = {name for name in named | declared if not (_folder() / f"{name}.svg").is_file()}
    assert named and not missing


@icons_installed
def test_an_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="no-such-icon"):
        assets.icon("no-such-icon")


def test_pages_work_before_the_icons_are_installed(tmp_path: Path) -> None:
    with override_settings(NODE_MODULES=tmp_path):
        assert assets.icon("wind-turbine-2").startswith('<svg class="i"')


@icons_installed
def test_only_the_listed_files_of_node_modules_are_served() -> None:
    assert find("vendor/htmx.min.js") and find("vendor/echarts.LICENSE")
    assert not find("htmx.org/package.json") and not find("vendor/package.json")
    served = {name for name, _ in assets.NodeModulesFinder().list([])}
    assert served == set(assets.DIST)


def test_every_script_and_style_a_template_names_exists() -> None:
    for file in TEMPLATES:
        for name in re.findall(r"{% static '([^']+)' %}", file.read_text("utf-8")):
            assert name.startswith("vendor/") or (ROOT / "frontend" / name).is_file(), f"{file.name}: {name}"


@pytest.mark.parametrize("file", [*SCRIPTS, *STYLES], ids=lambda file: file.name)
def test_front_end_files_stay_readable(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= 500
    assert not re.search(r"\beval\(|new Function|innerHTML\s*=|document\.write", text)


def _folder() -> Path:
    return assets.node_modules() / "@tabler/icons/icons/outline"
