"""A browser's share of the work: one connection kept open, cookies, a sign-in, and a stop-watch."""

from __future__ import annotations

import http.client
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

# What the browser sends when something in the filter line changes.
HTMX = {"HX-Request": "true", "HX-Target": "list-body", "HX-Trigger": "list-filter"}


@dataclass
class Browser:
    """One keep-alive connection with cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def send(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and whole body; cookies are kept."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= headers or {}
        body = None
        if form is not None:
            sent |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}{path}",
            }
            body = urlencode(form)
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        for one in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(one).items():
                self.cookies[name] = morsel.value
        return answer.status, content

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """The body of a page that must be there."""
        status, content = self.send("GET", path, headers=headers)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {content[:300]!r}")
        return content

    def sign_in(self, path: str, form: dict[str, str]) -> Browser:
        """Fill in the form at `path`; the server answers with a redirect when it agrees."""
        page = self.get(path).decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        status, content = self.send("POST", path, {**form, "csrfmiddlewaretoken": token[1] if token else ""})
        if status not in {301, 302}:
            raise RuntimeError(f"sign-in at {path}: {status} {content[:300]!r}")
        return self


def milliseconds(act: Callable[[str], object], paths: Iterable[str], warm_up: int = 5) -> list[float]:
    """How long each path took; the first `warm_up` are done and not counted."""
    times = []
    for n, path in enumerate(paths):
        begun = time.perf_counter()
        act(path)
        if n >= warm_up:
            times.append((time.perf_counter() - begun) * 1000)
    return times


def per_second(make: Callable[[], Browser], path: str, seconds: float = 5.0, connections: int = 4) -> float:
    """Requests per second over several connections at once."""
    counts = [0] * connections
    browsers = [make() for _ in range(connections)]
    end = time.perf_counter() + seconds

    def work(number: int) -> None:
        while time.perf_counter() < end:
            browsers[number].get(path)
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(counts) / seconds


def median(times: list[float]) -> float:
    """p50."""
    return statistics.median(times)


def high(times: list[float]) -> float:
    """p95."""
    return sorted(times)[int(len(times) * 0.95)]
