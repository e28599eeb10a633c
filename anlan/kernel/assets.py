"""Front-end parts from node_modules: which dist files are served, and the icons set into pages.

Nothing foreign is committed and nothing is bundled: `npm ci` fetches the packages, this finder lists
exactly the files that are taken from them, with their licences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# served name -> file inside node_modules
DIST: Final = {
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/htmx.LICENSE": "htmx.org/LICENSE",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
    "vendor/echarts.LICENSE": "echarts/LICENSE",
    "vendor/tabler-icons.LICENSE": "@tabler/icons/LICENSE",
}

_ICON_FOLDER: Final = "@tabler/icons/icons/outline"
_SVG_INNER: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def node_modules() -> Path:
    """The folder `npm ci` fills; NODE_MODULES in the settings wins over ROOT/node_modules."""
    return Path(getattr(settings, "NODE_MODULES", None) or Path(settings.ROOT) / "node_modules")


class NodeModulesFinder(BaseFinder):
    """Serves the files of DIST under vendor/, and no other file of node_modules."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a served name; empty list when the name is not ours or not installed."""
        source = DIST.get(path)
        if source is None or not (node_modules() / source).is_file():
            return []
        found = str(node_modules() / source)
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """(served name, storage) of each file, for collectstatic."""
        for served, source in DIST.items():
            if (node_modules() / source).is_file():
                yield served, _OneFile(served, node_modules() / source)


class _OneFile(FileSystemStorage):
    """A storage of one file that answers to another name than it has on disk."""

    def __init__(self, served: str, source: Path) -> None:
        super().__init__(location=str(source.parent))
        self._served, self._source, self.prefix = served, source, ""

    def path(self, name: str) -> str:
        """The real file, whatever name it is served under."""
        return str(self._source) if name == self._served else super().path(name)


_known: dict[str, str] = {}


def _icon_paths(name: str) -> str:
    """The shapes inside an icon's svg; empty where `npm ci` has not run, since words stand beside it."""
    if name in _known:
        return _known[name]
    folder = node_modules() / _ICON_FOLDER
    if not folder.is_dir():
        return ""
    try:
        found = _SVG_INNER.search((folder / f"{name}.svg").read_text("utf-8"))
    except FileNotFoundError as missing:
        raise ImproperlyConfigured(f"没有名为 {name} 的图标。请在 {folder} 中选一个文件名。") from missing
    if found is None:
        raise ImproperlyConfigured(f"图标 {name} 不是完整的 SVG。请重新执行 npm ci。")
    return _known.setdefault(name, " ".join(found[1].split()))


def icon(name: str, label: str = "") -> SafeString:
    """An icon of Tabler's outline set as inline SVG, read once a process.

    Beside words it is hidden from screen readers; alone it needs a label. Raises ImproperlyConfigured
    for a name that the set does not have.
    """
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(
        f'<svg class="i" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        f'stroke-linejoin="round" {told}>{_icon_paths(name)}</svg>'
    )
