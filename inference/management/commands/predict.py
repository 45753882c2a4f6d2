import csv
import sys
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from inference.models import Pipeline
from inference.queries import champion_of
from inference.services.files import FileScore, files_score, files_under
from overread.projects.models import Project

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # spreadsheets take a cell that begins so for a formula


class Command(BaseCommand):
    help = "Score files or folders with a project's model, without storing them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="DICOM, PNG or JPEG files, or folders of them."
        )
        parser.add_argument("--project", required=True, help="Its short name (slug).")
        parser.add_argument(
            "--model", type=int, help="The number of a model; left out, the one in use, or else the newest."
        )
        parser.add_argument("--csv", type=Path, help="Where the table goes; the terminal if left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        pipeline = self.pipeline(options["project"], options["model"])
        if missing := [str(path) for path in options["paths"] if not path.exists()]:
            raise CommandError(f"There is no {', '.join(missing)}.")
        files = files_under(options["paths"])
        if not files:
            raise CommandError("No file was found under what you named.")
        scores = tqdm(files_score(pipeline=pipeline, files=files), total=len(files), unit="file", disable=None)
        if options["csv"] is None:
            self.write(pipeline, scores, sys.stdout)
            return
        try:
            table = options["csv"].open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['csv']} cannot be written ({error.strerror}).") from error
        with table:
            refused = self.write(pipeline, scores, table)
        self.stdout.write(
            f"{len(files) - refused} files scored by {pipeline.name}, {refused} refused: {options['csv']}"
        )

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

    def write(self, pipeline: Pipeline, scores: "tqdm[FileScore]", file: TextIO) -> int:
        """Write one row per file, as soon as its batch is scored. Returns how many were refused."""
        layout = pipeline.classifier.card["layout"]
        table = csv.writer(file)
        header = []
        for output in layout:
            header += columns(output)
        table.writerow(["file", "model", *header, "refused"])
        refused = 0
        for score in scores:
            if score.reason:
                refused += 1
            cells = []
            for output in layout:
                cells += values(output, score.outputs.get(output["name"]))
            table.writerow([plain(str(score.path)), pipeline.number, *cells, plain(score.reason)])
        return refused


def columns(output: dict[str, Any]) -> list[str]:
    """The column names of one finding."""
    name = output["name"]
    if output["kind"] == "binary":
        return [name, f"{name}_threshold", f"{name}_above"]
    if output["kind"] == "categorical":
        return [f"{name}={option}" for option in output["options"]]
    return [f"{name} ({output['unit']})"]


def values(output: dict[str, Any], prediction: dict[str, Any] | None) -> list[str]:
    """The cells of one finding, in the order of `columns`. Empty cells for a file that was refused."""
    if prediction is None:
        return [""] * len(columns(output))
    if output["kind"] == "binary":
        above = str(int(prediction["above"]))
        return [f"{prediction['probability']:.6f}", f"{prediction['threshold']:.6f}", above]
    if output["kind"] == "categorical":
        return [f"{prediction['probabilities'][option]:.6f}" for option in output["options"]]
    return [f"{prediction['value']:.6f}"]


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: file names come from elsewhere."""
    if text.startswith(DANGEROUS):
        return f"'{text}"
    return text
