import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from inference.models import Pipeline
from inference.queries import champion_of
from inference.services.file_tables import CsvTable, ParquetTable, Table, TableShape
from inference.services.files import FileScore, files_score, files_under
from overread.projects.models import Project


class Command(BaseCommand):
    help = (
        "Score files or folders with a project's model, without storing them. Exit status 2 where files were refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="DICOM, PNG or JPEG files, or folders of them."
        )
        parser.add_argument("--project", required=True, help="Its short name (slug).")
        parser.add_argument(
            "--model", type=int, help="The number of a model; left out, the one in use, or else the newest."
        )
        into = parser.add_mutually_exclusive_group()
        into.add_argument("--csv", type=Path, help="Where the table goes; the terminal if left out.")
        into.add_argument("--parquet", type=Path, help="Where the table goes, as Parquet.")

    def handle(self, *args: Any, **options: Any) -> None:
        pipeline = self.pipeline(options["project"], options["model"])
        if missing := [str(path) for path in options["paths"] if not path.exists()]:
            raise CommandError(f"There is no {', '.join(missing)}.")
        files = files_under(options["paths"])
        if not files:
            raise CommandError("No file was found under what you named.")
        with self.table(pipeline, options) as table:
            scores = tqdm(files_score(pipeline=pipeline, files=files), total=len(files), unit="file", disable=None)
            refused, abstained = self.write(table, scores)
        told = f"{len(files) - refused} files seen by {pipeline.name}, {abstained} without a prediction, {refused} refused."
        self.stderr.write(told)
        if refused:
            raise CommandError(f"{refused} of {len(files)} files were refused; the table says why.", returncode=2)

    @contextmanager
    def table(self, pipeline: Pipeline, options: dict[str, Any]) -> Iterator[Table]:
        """Where the rows go. Raises CommandError where a file cannot be written."""
        shape = TableShape(pipeline.classifier.card["layout"], pipeline.number)
        path = options["parquet"] or options["csv"]
        if path is None:
            yield CsvTable(shape, sys.stdout)
            return
        try:
            with ExitStack() as stack:
                if options["parquet"]:
                    yield stack.enter_context(ParquetTable(shape, path))
                else:
                    yield CsvTable(shape, stack.enter_context(path.open("w", newline="", encoding="utf-8")))
        except OSError as error:
            raise CommandError(f"{path} cannot be written ({error.strerror}).") from error

    def pipeline(self, slug: str, number: int | None) -> Pipeline:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project {slug!r}.")
        models = Pipeline.objects.filter(project=project).order_by("-number")
        newest = models.first()
        if newest is None:
            raise CommandError(f"{project} has no model yet. Train one first: manage.py train --project {slug}")
        if number is None:
            return champion_of(project) or newest
        found = models.filter(number=number).first()
        if found is None:
            raise CommandError(f"{project} has no model {number}; its newest is model {newest.number}.")
        return found

    def write(self, table: Table, scores: "tqdm[FileScore]") -> tuple[int, int]:
        """Write one row per file, as soon as its batch is scored. Returns how many were refused, and how many abstained from."""
        refused = 0
        abstained = 0
        for score in scores:
            refused += bool(score.reason)
            abstained += score.abstained
            table.add(score)
        return refused, abstained
