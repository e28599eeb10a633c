"""The peers' own tables and one superuser."""

from __future__ import annotations

import os

import django
import psycopg

NAME, PASSWORD = "bench", "Ceshi-2023-Anlan"


def main() -> None:
    """Make the schema, migrate, add the user; settings and database come from the environment."""
    # Seen alone, or the product's tables of the same name would count as theirs.
    os.environ["BENCH_SEARCH_PATH"] = "peers"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS peers")
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not User.objects.filter(username=NAME).exists():
        User.objects.create_superuser(NAME, password=PASSWORD)


if __name__ == "__main__":
    main()
