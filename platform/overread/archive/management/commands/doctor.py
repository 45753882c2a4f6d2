"""manage.py doctor: whether everything this deployment depends on works, one line each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import uuid4

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from overread.archive import dicom

FREEDOMS = {
    "network": "reach the network: this kernel takes no seccomp filter from it",
    "processes": "start processes: this kernel takes no seccomp filter from it",
    "files": "read files of this account, keys among them: this kernel has no Landlock (Linux 5.13 and later)",
}
Finding = tuple[bool, str]


class Command(BaseCommand):
    help = "Checks the database, the broker, the files and the decoder. Ends with 1 where a line is a warning."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [*database(), broker(), files(), *decoder()]
        for fine, text in findings:
            self.stdout.write(f"{'ok' if fine else 'warning':8}{text}")
        if warnings := sum(not fine for fine, _ in findings):
            raise CommandError(f"{warnings} of {len(findings)} lines are warnings.")


def database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error as error:
        yield False, f"The database does not answer ({type(error).__name__})."
        return
    yield True, f"The database answers ({connection.vendor})."
    if missing:
        yield False, f"The database lacks {missing} migrations: run manage.py migrate."


def broker() -> Finding:
    try:
        with current_app.connection_for_write() as link:
            link.default_channel  # noqa: B018  (opens it, and asks a Redis whether it is there)
    except Exception as error:  # noqa: BLE001  (whatever the transport raises)
        return False, f"The broker does not answer ({type(error).__name__}); work waits until the reaper can ring."
    return True, "The broker answers."


def files() -> Finding:
    try:
        name = default_storage.save(f"doctor/{uuid4()}", ContentFile(b"doctor"))
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001  (whatever the storage raises)
        return False, f"Files cannot be written ({type(error).__name__})."
    return True, "Files can be written."


def decoder() -> Iterator[Finding]:
    try:
        with dicom.Reader() as reader:
            left = reader.freedoms()
    except (dicom.Refused, OSError) as error:
        yield False, f"The process that opens files does not start ({error}); no image can be taken in."
        return
    yield from confinement(left)


def confinement(left: Collection[str]) -> Iterator[Finding]:
    """What the child that opens hostile files can still do here."""
    for freedom, text in FREEDOMS.items():
        deed, _, _why = text.partition(":")
        if freedom in left:
            yield False, f"The process that opens files can {text}."
        else:
            yield True, f"The process that opens files cannot {deed}."
