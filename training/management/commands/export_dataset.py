from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from overread.archive.files import DurableFiles
from overread.projects.queries import project_named
from training.exports.formats import FORMS
from training.exports.parts import Parts
from training.exports.scope import FILTERS, Scope
from training.exports.tables import TABLES
from training.exports.writing import NotExported, Plan, Written, export_write


class Command(BaseCommand):
    help = (
        "Write a project's labels, reads, scores or regions into one file. Stopped, it goes on where it was by the same "
        "command: what is done lies in OUTPUT.part until the file is whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(TABLES), help="What is exported.")
        parser.add_argument("--project", required=True, help="Its short name (slug).")
        parser.add_argument("--format", choices=list(FORMS), default="csv")
        parser.add_argument("--output", required=True, type=Path, help="The file; one that is there is replaced.")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"Only what fits, as in the data room; may be repeated. NAME is one of {', '.join(FILTERS)}.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self.plan(options)
        output: Path = options["output"]
        unfinished = output.with_name(f"{output.name}.part")
        try:
            written = self.write(plan, unfinished)
            os.replace(unfinished / "file", output)  # noqa: PTH105  (in one step, also over an older one)
        except OSError as error:
            raise CommandError(
                f"{output} cannot be written ({error.strerror}). {unfinished} keeps what is done."
            ) from error
        shutil.rmtree(unfinished)
        self.stdout.write(f"{written.rows:,} rows, {written.bytes:,} bytes, SHA-256 {written.sha256}: {output}")

    def plan(self, options: dict[str, Any]) -> Plan:
        project = project_named(options["project"])
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        plan = Plan(Scope(project, filters_read(options["filter"])), options["kind"], options["format"])
        try:
            plan.check()
        except NotExported as refusal:
            raise CommandError(str(refusal)) from refusal
        return plan

    def write(self, plan: Plan, folder: Path) -> Written:
        parts = Parts(DurableFiles(location=folder), plan.digest)
        for other in folder.glob("*"):
            if other.name not in (plan.digest, "unfinished", "file"):
                raise CommandError(f"{folder} holds what is done of another export. Delete it, or name another file.")
        folder.mkdir(parents=True, exist_ok=True)
        with tqdm(unit="row", disable=None) as bar, (folder / "file").open("w+b") as out:

            def told(rows: int) -> None:
                bar.update(rows - bar.n)

            written = export_write(plan, parts, out, told)
            os.fsync(out.fileno())
        return written


def filters_read(words: list[str]) -> dict[str, list[str]]:
    """NAME=VALUE, each as often as there are values. Raises CommandError."""
    filters: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise CommandError(f"--filter takes NAME=VALUE, not {word!r}.")
        filters.setdefault(name, []).append(value)
    return filters
