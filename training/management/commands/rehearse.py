import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from labeling.selection import strategies
from labeling.selection.pool import FindingOutput
from labeling.services import label_import_open, labels_import
from labeling.services.selection import StrategyFailed, strategy_try
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from overread.projects.services import FindingSpec, membership_add, project_create
from training.datasets.errors import DatasetError
from training.datasets.options import Options, Source
from training.datasets.table_file import TableFile
from training.models import DatasetRow, Rehearsal
from training.services.importing import data_set_import
from training.services.opening import OpenDataset, data_set_open
from training.services.rehearsing import RehearsalPlan, RehearsalRound, rehearsal_remove, rehearse

# A gate that lets any model through that can be judged: a rehearsal measures the learning curve, and not the gate.
GATE = {
    "minimum_macro": 0.0,
    "minimum_finding": 0.0,
    "minimum_positives": 2,
    "minimum_negatives": 2,
    "calibration_limit": 1.0,
}
DECLARATION = "The table's truth, for a rehearsal."
NOT_LABELS = {"monochrome1"}  # columns of 0 and 1 that say something of the file and not of the patient
REMAINS = (
    "Project {slug} remains with the images it took in and what was read of them, which is never deleted, and so do its "
    "{readers} simulated readers, {slug}-…@rehearsal.invalid, who cannot sign in. To be able to throw a rehearsal away, run "
    "it with OVERREAD_DATA, and DATABASE_URL where that is set, naming a place of its own."
)
STRATEGY = f"""One of {", ".join(strategies.names())}, or another library's by its dotted path such as
modAL.uncertainty:margin_sampling (default: %(default)s)."""


class Command(BaseCommand):
    help = "Simulated readers label a data set of known truth through the product's own services; prints the learning curve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--csv", required=True, type=Path, help="The table of truth; image files are named relative to its folder."
        )
        parser.add_argument("--rounds", type=int, required=True, help="It ends sooner where no image is left to read.")
        parser.add_argument("--per-round", type=int, required=True, help="Cases in a round.")
        parser.add_argument("--readers", type=int, default=3, help="Simulated readers (default: %(default)s).")
        parser.add_argument(
            "--error-rate", type=float, default=0.0, help="How often a reader says the opposite (default: %(default)s)."
        )
        parser.add_argument("--strategy", default="uherding", help=STRATEGY)
        parser.add_argument(
            "--audit-share", type=float, default=0.0, help="Share of a round drawn at random (default: %(default)s)."
        )
        parser.add_argument("--seed", type=int, default=0, help="Of every lot that is drawn (default: %(default)s).")
        parser.add_argument(
            "--retrain-every",
            type=int,
            default=0,
            help="Rounds between slow runs; 0: only the first model (default: %(default)s).",
        )
        parser.add_argument("--image-column", default="file", help="Of the image's file name (default: %(default)s).")
        parser.add_argument("--patient-column", default="patient_id", help="Of the patient (default: %(default)s).")
        parser.add_argument(
            "--label-column", action="append", default=[], help="The columns of truth; those of 0 and 1 if left out."
        )
        parser.add_argument("--separator", default="|", help="Between several labels in a cell (default: %(default)s).")
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="A field of the recipe.")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="Draw every round again by the pure strategy, from the stored arrays and seed, and compare.",
        )
        parser.add_argument(
            "--project", default="", help="The short name (slug) of the project it makes; made up if left out."
        )
        parser.add_argument("--json", action="store_true", help="Print the curve as one JSON object on the last line.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["csv"].is_file():
            raise CommandError(f"There is no file {options['csv']}.")
        if options["readers"] < 1 or options["seed"] < 0:
            raise CommandError("A rehearsal has one reader at least, and a seed of 0 or more.")
        try:
            plan = RehearsalPlan(
                rounds=options["rounds"],
                per_round=options["per_round"],
                error_rate=options["error_rate"],
                strategy=options["strategy"],
                seed=options["seed"],
                retrain_every=options["retrain_every"],
            )
            table = data_set_open(layout="table", source=self.source(options), project=None)
            findings = list(table.specs)
            strategy_try(plan.strategy, strategy_outputs(findings))
            project, readers = self.project(findings, options)
            result = self.rehearse(project, readers, table, plan, verify=options["verify"])
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        except (DatasetError, ValueError, KeyError, RuntimeError, StrategyFailed) as wrong:
            raise CommandError(str(wrong)) from wrong
        if any(point["identical"] is False for point in result.curve):
            raise CommandError("The picks of a round are not those of the pure strategy.")
        if len(result.curve) < plan.rounds:
            self.stdout.write(f"No image is left to read: it ended after {len(result.curve)} of {plan.rounds} rounds.")
        if options["json"]:
            self.stdout.write(json.dumps({"rehearsal": str(result.pk), "project": project.slug, "curve": result.curve}))

    def rehearse(
        self, project: Project, readers: list[User], table: OpenDataset, plan: RehearsalPlan, *, verify: bool
    ) -> Rehearsal:
        """Run the rehearsal and print its curve. When it ends early, what it leaves is removed or named."""
        try:
            truth = self.take_in(project, table)
            self.stdout.write(
                f"{len(truth)} images in project {project.slug}, {len(readers)} readers, strategy {plan.strategy}."
            )
            self.stdout.write("round  labels  positives  model  AUROC   AP")
            return rehearse(project=project, truth=truth, readers=readers, plan=plan, on_round=self.tell, verify=verify)
        except BaseException:  # Ctrl-C as well
            if not rehearsal_remove(project=project, readers=readers):
                self.stderr.write(REMAINS.format(slug=project.slug, readers=len(readers)))
            raise

    def tell(self, point: RehearsalRound) -> None:
        """Print one line of the curve."""
        picks = {None: "", True: "   picks identical", False: "   PICKS DIFFER"}[point.identical]
        model = "–" if point.model is None else str(point.model)
        self.stdout.write(
            f"{point.round:5}  {point.labels:6}  {point.positives:9}  {model:>5}  "
            f"{three_decimals(point.macro_auroc)}   {three_decimals(point.macro_average_precision)}{picks}"
        )

    def source(self, options: dict[str, Any]) -> Source:
        labels = tuple(options["label_column"]) or yes_no_columns(options["csv"])
        read = Options(
            image_column=options["image_column"],
            patient_column=options["patient_column"],
            label_columns=labels,
            separator=options["separator"],
        )
        return Source(options["csv"].parent, read, options["csv"])

    @transaction.atomic
    def project(self, findings: list[FindingSpec], options: dict[str, Any]) -> tuple[Project, list[User]]:
        from training.management.commands.train import overrides

        slug = options["project"] or f"rehearsal-{uuid4().hex[:8]}"
        if Project.objects.filter(slug=slug).exists():
            raise CommandError(f"A rehearsal needs a project of its own; {slug} is there already.")
        project = project_create(
            slug=slug,
            name=f"Rehearsal {slug}",
            modality="rehearsal",
            findings=findings,
            strategy=options["strategy"],
            audit_share=options["audit_share"],
            auto_fill=False,
            recipe=overrides(options["set"]),
            gate_policy=GATE,
        )
        readers = []
        for number in range(1, options["readers"] + 1):
            # .invalid is reserved (RFC 2606): no mail to a simulated reader ever arrives anywhere.
            reader = User.objects.create_user(f"{slug}-{number}@rehearsal.invalid", name=f"Simulated reader {number}")
            membership_add(project=project, user=reader, role=Role.READER)
            readers.append(reader)
        return project, readers

    def take_in(self, project: Project, table: OpenDataset) -> dict[Any, dict[str, str]]:
        """Import the images without their labels, and the reference set's labels to measure on. Returns the truth."""
        source = replace(table.source, options=replace(table.source.options, label_columns=()))
        _, counts = data_set_import(
            project=project,
            opened=data_set_open(layout="table", source=source, project=project),
            on_refusal=lambda line, why: self.stdout.write(f"Line {line} refused: {why}"),
        )
        if not counts.stored:
            raise CommandError("No image could be taken in.")
        run_all(queues=("io",))
        truth = self.truth(project, table)
        labels = label_import_open(
            project=project,
            name=table.source.folder.name,
            sha256=table.key(),
            declaration=DECLARATION,
            independent=True,
        )
        reference = Image.objects.filter(pk__in=truth, study__patient__reference=True).select_related("study__patient")
        labels_import(source=labels, labels=[(image, truth[image.pk]) for image in reference])
        return truth

    def truth(self, project: Project, table: OpenDataset) -> dict[Any, dict[str, str]]:
        slugs = set(project.findings.values_list("slug", flat=True))
        entries = DatasetRow.objects.filter(dataset__project=project, reason="")
        images = dict(entries.values_list("number", "image_id"))
        truth = {}
        for item in table.dataset.items():
            if item.number not in images:
                continue
            answers = table.translation.answers(item, table.dataset.decimals())
            if set(answers) != slugs:
                raise DatasetError("A rehearsal needs the truth of every finding on every image; some cells are empty.")
            truth[images[item.number]] = {slug: said.value for slug, said in answers.items()}
        return truth


def strategy_outputs(findings: list[FindingSpec]) -> list[FindingOutput]:
    """Findings as a strategy is shown them."""
    outputs = []
    for finding in findings:
        outputs.append(FindingOutput(finding["name"], finding.get("kind", "binary"), tuple(finding.get("options", ()))))
    return outputs


def three_decimals(value: float | None) -> str:
    if value is None:
        return "–    "
    return f"{value:.3f}"


def yes_no_columns(path: Path) -> tuple[str, ...]:
    """Every column of a table that holds only 0 and 1. Raises DatasetError without one."""
    table = TableFile(path)
    found: dict[str, set[str]] = {name: set() for name in table.header if name not in NOT_LABELS}
    for row in table.rows():
        for name, cells in found.items():
            cells.add(row.cells.get(name, ""))
    labels = tuple(name for name, cells in found.items() if cells == {"0", "1"})
    if not labels:
        raise DatasetError("No column holds only 0 and 1. Name the columns of truth with --label-column.")
    return labels
