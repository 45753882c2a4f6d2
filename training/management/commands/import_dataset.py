from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from overread.archive.jobs import render_jobs
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project
from training.services.importing import ImportCounts, dataset_import, project_for_table
from training.services.label_table import UNDECLARED, LabelTable, TableFormat
from training.services.tables import TableError

REASONS_SHOWN = 20  # a whole table of bad rows would scroll the first reasons away


class Command(BaseCommand):
    help = "Take a data set into a project. `table`: a CSV file that names an image file on every line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("layout", choices=["table"], help="How the data set is laid out.")
        parser.add_argument(
            "--csv", required=True, type=Path, help="The table. Image files are named relative to its folder."
        )
        parser.add_argument(
            "--project",
            required=True,
            help="Its short name (slug); made, with findings from the labels, if there is none.",
        )
        parser.add_argument("--image-column", required=True)
        parser.add_argument(
            "--patient-column", default="", help="Whose image it is; without it every image is a patient of its own."
        )
        parser.add_argument(
            "--indication-column", default="", help="Why the image was asked for; readers see it. It may name nobody."
        )
        parser.add_argument("--label-column", action="append", default=[], help="May be given several times.")
        parser.add_argument("--separator", default="|", help="Between several names in one cell (|).")
        parser.add_argument("--unit", default="", help="Of a measurement, when the project is made.")
        parser.add_argument("--declaration", default=UNDECLARED, help="How the labels came to be: by whom, from what.")
        parser.add_argument(
            "--independent",
            action="store_true",
            help="Declare the labels an independent standard: the gate may use them.",
        )
        parser.add_argument("--exposed", action="store_true", help="A model was in view when the labels were given.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["csv"].is_file():
            raise CommandError(f"There is no file {options['csv']}.")
        try:
            table_format = TableFormat(
                image_column=options["image_column"],
                patient_column=options["patient_column"],
                indication_column=options["indication_column"],
                label_columns=tuple(options["label_column"]),
                separator=options["separator"],
                unit=options["unit"],
                declaration=options["declaration"],
                independent=options["independent"],
                exposed=options["exposed"],
            )
            table = LabelTable(options["csv"], table_format)
            project = self.project(options["project"], table)
            counts = self.take_in(project, table)
        except TableError as wrong:
            raise CommandError(str(wrong)) from wrong
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        self.decode(project)
        self.stdout.write(
            f"{counts.rows} rows: {counts.stored} images taken in, {counts.known} there before, "
            f"{counts.labelled} labelled, {counts.refused} refused."
        )

    def project(self, slug: str, table: LabelTable) -> Project:
        if found := Project.objects.filter(slug=slug).first():
            return found
        project = project_for_table(slug=slug, table=table)
        names = ", ".join(f"{finding.name} ({finding.kind})" for finding in project.findings.all())
        self.stdout.write(f"Project {slug} made, with: {names}.")
        return project

    def take_in(self, project: Project, table: LabelTable) -> ImportCounts:
        told = 0

        def refused(line: int, reason: str) -> None:
            nonlocal told
            told += 1
            if told <= REASONS_SHOWN:
                tqdm.write(f"Line {line} refused: {reason}")

        with tqdm(total=table.length(), unit="row", desc="Taking in", disable=None) as bar:
            return dataset_import(
                project=project, table=table, on_row=lambda counts: bar.update(counts.rows - bar.n), on_refusal=refused
            )

    def decode(self, project: Project) -> None:
        """Decode the imported images here, beside any worker that runs."""
        waiting = render_jobs().filter(project_id=project.pk, state="queued")
        with tqdm(total=waiting.count(), unit="image", desc="Decoding", disable=None) as bar:
            while run_all(queues=("io",), limit=20):
                bar.update(bar.total - waiting.count() - bar.n)
        for image in Image.objects.filter(enrolments__project=project, status=Image.Status.QUARANTINED)[:REASONS_SHOWN]:
            self.stdout.write(f"Quarantined: {image.pk}: {image.reason}")
