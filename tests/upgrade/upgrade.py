"""Makes the older build's database, upgrades it to today's, and prints what became of it. `test_upgrade.py` runs it in a
process of its own, as an operator's `migrate` is one, on an empty database.
"""

from __future__ import annotations

import io
import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

KEYS = {
    name: f"the older build's own {name}".ljust(40, ".")
    for name in ("SECRET_KEY", "PSEUDONYM_KEY", "REFERENCE_KEY", "AUDIT_KEY")
}
"""The keys of the older build's deployment: pseudonyms and the audit log's signatures were made by them."""


def main(older: dict[str, Any], questions: list[list[str]]) -> dict[str, Any]:
    import django

    django.setup()
    from django.apps import apps
    from django.core.management import call_command

    from tests.upgrade.ask import answers_to
    from tests.upgrade.rows import rows_of

    older_make(older)
    triggers = triggers_there()
    call_command("migrate", verbosity=0)
    return {
        "rows": rows_of(apps),
        "triggers": {"before": triggers, "after": triggers_there()},
        "audit": [said("verify_audit"), seal(), said("verify_audit")],
        "answers": answers_to(questions),
    }


def older_make(older: dict[str, Any]) -> None:
    """The database at the older build's last migrations, with its rows, and its stored files."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from tests.upgrade.rows import rows_put, unpacked

    executor = MigrationExecutor(connection)
    state = executor.migrate(list(older["migrations"].items()))
    with transaction.atomic():
        rows_put(state.apps, unpacked(older["rows"]))
    for name, content in older["files"].items():
        path = Path(settings.DATA) / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(content))


def triggers_there() -> list[str]:
    """The names of what the database itself refuses rows by."""
    from django.db import connection

    asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return sorted(name for (name,) in cursor.fetchall())


def said(command: str) -> str:
    from django.core.management import call_command

    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue().strip()


def seal() -> int:
    from overread.audit.services import events_seal

    return events_seal()


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
