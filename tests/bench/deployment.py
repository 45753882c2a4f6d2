"""A deployment of a benchmark's own: an empty data folder and database, gone afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.asked import Asked

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
FOREIGN = ("S3_BUCKET", "REDIS_URL", "OVERREAD_PRODUCTION", "OVERREAD_HTTPS", "STATIC_ROOT")


def databases(asked: Asked) -> tuple[str, ...]:
    """SQLite always; PostgreSQL too where it was asked for, or DATABASE_URL names a server."""
    named = os.environ.get("DATABASE_URL", "").startswith("postgres")
    return ("sqlite", "postgresql") if asked.services or named else ("sqlite",)


@contextmanager
def deployment(database: str = "sqlite") -> Iterator[dict[str, str]]:
    """The environment of processes of one deployment; jobs' bells ring in its own folder. On PostgreSQL it is a
    database of its own on the server; the one that is named there is only connected to."""
    with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
        env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        env |= {"OVERREAD_DATA": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "WARNING"}
        if database == "sqlite":
            yield env | {"DATABASE_URL": f"sqlite:///{folder}/overread.sqlite3"}
        else:
            with _database() as url:
                yield env | {"DATABASE_URL": url}


@contextmanager
def _database() -> Iterator[str]:
    import psycopg
    from psycopg.sql import SQL, Identifier

    server = os.environ.get("DATABASE_URL", "")
    server = server if server.startswith("postgres") else POSTGRES
    name = f"overread_bench_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def begin() -> None:
    """In a process of the deployment: start Django and bring the database to its newest form."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
