"""One page that counts its visits in the database."""

import os
from collections.abc import Callable, Iterable

import psycopg

Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, object], start_response: Start) -> Iterable[bytes]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO visits DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM visits").fetchone()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [str(row[0] if row else 0).encode()]
