import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from overread.projects.services import membership_add, project_create
from training.models import DatasetRow
from training.services.importing import Reading, Table, dataset_import
from training.services.rehearsing import Plan, Point, rehearse
from training.services.tables import TableWrong, columns_of, finding_specs, labels_of

GATE = {
    "minimum_macro": 0.0,
    "minimum_finding": 0.0,
    "minimum_positives": 2,
    "minimum_negatives": 2,
    "calibration_limit": 1.0,
}
DECLARATION = "The table's truth, for a rehearsal."
NOT_LABELS = {"monochrome1"}


class Command(BaseCommand):
    help = "Simulated readers label a data set of known truth through the product's own services; prints the learning curve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--csv", required=True, type=Path, help="The table of truth; image files are named relative to its folder."
        )
        parser.add_argument("--rounds", type=int, required=True)
        parser.add_argument("--per-round", type=int, required=True)
        parser.add_argument("--readers", type=int, default=3)
        parser.add_argument("--error-rate", type=float, default=0.0, help="How often a reader says the opposite.")
        parser.add_argument("--strategy", default="uherding")
        parser.add_argument("--audit-share", type=float, default=0.0)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--retrain-every", type=int, default=0, help="Rounds between slow runs; 0: only the first model."
        )
        parser.add_argument("--image-column", default="file")
        parser.add_argument("--patient-column", default="patient_id")
        parser.add_argument(
            "--label-column", action="append", default=[], help="The columns of truth; those of 0 and 1 if left out."
        )
        parser.add_argument("--separator", default="|")
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="A field of the recipe.")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="Draw every round again by the pure strategy, from the stored arrays and seed, and compare.",
        )
        parser.add_argument("--project", default="", help="The name of the project it makes.")
        parser.add_argument("--json", action="store_true", help="Print the curve as one JSON object on the last line.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["csv"].is_file():
            raise CommandError(f"There is no file {options['csv']}.")
        if options["readers"] < 1 or options["seed"] < 0:
            raise CommandError("A rehearsal has one reader at least, and a seed of 0 or more.")
        try:
            plan = Plan(
                **{
                    name: options[name]
                    for name in ("rounds", "per_round", "error_rate", "strategy", "seed", "retrain_every")
                }
            )
            table = self.table(options)
            project, readers = self.project(table, options)
            truth = self.take_in(project, table)
            self.stdout.write(
                f"{len(truth)} images in project {project.slug}, {len(readers)} readers, strategy {plan.strategy}."
            )
            self.stdout.write("round  labels  positives  model  AUROC   AP")
            result = rehearse(
                project=project,
                truth=truth,
                readers=readers,
                plan=plan,
                on_round=self.tell,
                verify=options["verify"],
            )
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        except (TableWrong, ValueError, KeyError, RuntimeError) as wrong:
            raise CommandError(str(wrong)) from wrong
        if any(point["identical"] is False for point in result.curve):
            raise CommandError("The picks of a round are not those of the pure strategy.")
        if options["json"]:
            self.stdout.write(json.dumps({"rehearsal": str(result.pk), "project": project.slug, "curve": result.curve}))

    def tell(self, point: Point) -> None:
        def told(figure: float | None) -> str:
            return "–    " if figure is None else f"{figure:.3f}"

        picks = {None: "", True: "   picks identical", False: "   PICKS DIFFER"}[point.identical]
        model = "–" if point.model is None else str(point.model)
        self.stdout.write(
            f"{point.round:5}  {point.labels:6}  {point.positives:9}  {model:>5}  "
            f"{told(point.macro_auroc)}   {told(point.macro_average_precision)}{picks}"
        )

    def table(self, options: dict[str, Any]) -> Table:
        reading = Reading(
            options["image_column"], options["patient_column"], tuple(options["label_column"]), options["separator"]
        )
        table = Table(options["csv"], reading)
        return table if reading.label_columns else Table(table.path, Reading(*yes_or_no(table)))

    def project(self, table: Table, options: dict[str, Any]) -> tuple[Project, list[User]]:
        from training.management.commands.train import overrides

        slug = options["project"] or f"rehearsal-{uuid4().hex[:8]}"
        if Project.objects.filter(slug=slug).exists():
            raise CommandError(f"A rehearsal needs a project of its own; {slug} is there already.")
        project = project_create(
            slug=slug,
            name=f"Rehearsal {slug}",
            modality="rehearsal",
            findings=finding_specs(table.values(), separator=table.reading.separator, unit=""),
            strategy=options["strategy"],
            audit_share=options["audit_share"],
            auto_fill=False,
            recipe=overrides(options["set"]),
            gate_policy=GATE,
        )
        readers = [
            User.objects.create_user(f"{slug}-{n}@rehearsal.invalid", name=f"Simulated reader {n}")
            for n in range(1, options["readers"] + 1)
        ]
        for reader in readers:
            membership_add(project=project, user=reader, role=Role.READER)
        return project, readers

    def take_in(self, project: Project, table: Table) -> dict[Any, dict[str, str]]:
        """Take the images in without their labels; only the reference set's are imported, to measure on."""
        unlabelled = Table(table.path, Reading(table.reading.image_column, table.reading.patient_column))
        tally = dataset_import(
            project=project,
            table=unlabelled,
            on_refusal=lambda line, why: self.stdout.write(f"Line {line} refused: {why}"),
        )
        if not tally.stored:
            raise CommandError("No image could be taken in.")
        run_all(queues=("io",))
        truth = self.truth(project, table)
        source = label_import_open(
            project=project, name=table.path.name, sha256=table.sha256(), declaration=DECLARATION, independent=True
        )
        reference = Image.objects.filter(pk__in=truth, study__patient__reference=True).select_related("study__patient")
        labels_import(source=source, labels=[(image, truth[image.pk]) for image in reference])
        return truth

    def truth(self, project: Project, table: Table) -> dict[Any, dict[str, str]]:
        findings = {finding.slug: finding for finding in project.findings.all()}
        columns = columns_of(table.reading.label_columns, findings, table.values(), table.reading.separator)
        entries = DatasetRow.objects.filter(dataset__project=project, reason="")
        images = dict(entries.values_list("number", "image_id"))
        said = {
            images[line]: labels_of(row, columns, findings, table.reading.separator)
            for line, row in table
            if line in images
        }
        if any(set(labels) != set(findings) for labels in said.values()):
            raise TableWrong("A rehearsal needs the truth of every finding on every image; some cells are empty.")
        return said


def yes_or_no(table: Table) -> tuple[str, str, tuple[str, ...]]:
    """The table's way of reading with every column that holds only 0 and 1 as a label."""
    found: dict[str, set[str]] = {}
    for _, row in table:
        for name, cell in row.items():
            found.setdefault(name, set()).add(cell)
    labels = tuple(name for name, cells in found.items() if cells == {"0", "1"} and name not in NOT_LABELS)
    if not labels:
        raise TableWrong("No column holds only 0 and 1. Name the columns of truth with --label-column.")
    return table.reading.image_column, table.reading.patient_column, labels
