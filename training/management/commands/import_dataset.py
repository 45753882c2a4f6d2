from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from overread.archive.jobs import render_jobs
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project
from training.datasets.errors import DatasetError
from training.datasets.guessing import table_guess
from training.datasets.items import ColumnKind
from training.datasets.layouts import LAYOUTS
from training.datasets.options import Options, Source
from training.datasets.survey import Survey
from training.datasets.translation import EVERYTHING_ELSE, LEFT_OUT
from training.services.import_types import UNDECLARED, Declaration, ImportCounts
from training.services.importing import data_set_import, project_for_data_set
from training.services.opening import OpenDataset, data_set_open, finding_kinds
from training.services.survey_words import near_lines, survey_lines
from training.services.surveying import data_set_survey

REASONS_SHOWN = 20  # a whole table of bad rows would scroll the first reasons away
REFUSED = 2  # exit status where images were refused
COLUMN_KINDS: tuple[ColumnKind, ...] = ("binary", "categorical", "measurement", "names")


class Command(BaseCommand):
    help = """Take a data set into a project, or with --dry-run tell what that would do. Exits with 2 where images were
    refused, and with 1 where nothing was done."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("layout", choices=sorted(LAYOUTS), help="How the data set is laid out.")
        parser.add_argument("folder", nargs="?", type=Path, help="The data set; the table's own folder if left out.")
        parser.add_argument("--project", required=True, help="Its short name (slug); made if there is none.")
        parser.add_argument("--name", default="", help="Of a project that is made.")
        parser.add_argument("--modality", default="", help="Of a project that is made, such as: chest radiograph.")
        parser.add_argument("--dry-run", action="store_true", help="Tell what would be done, and do nothing.")
        parser.add_argument(
            "--near-duplicates",
            action="store_true",
            help="Look for pictures that look the same in different patients; a dry run of up to 2,000 does it unasked.",
        )
        parser.add_argument("--replace", action="store_true", help="The newest counts where imports contradict.")
        self.add_files(parser)
        self.add_columns(parser)
        self.add_names(parser)
        self.add_declaration(parser)

    def add_files(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", type=Path, help="The table, where the layout does not know its name.")
        parser.add_argument(
            "--images", type=Path, help="Where images lie; the table's or data set's folder if left out."
        )
        parser.add_argument("--prefix", default="", help="To be taken off the names of images.")
        parser.add_argument("--suffix", default="", help="To be put onto the names of images, such as .png.")
        parser.add_argument("--delimiter", default="", help="Between cells; found out if left out. \\t is a tab.")
        parser.add_argument("--encoding", default="", help="Of the table (UTF-8), such as cp1252.")
        parser.add_argument(
            "--decimal", default="", choices=[".", ","], help="The decimal sign; found out if left out."
        )

    def add_columns(self, parser: CommandParser) -> None:
        parser.add_argument("--image-column", default="")
        parser.add_argument(
            "--patient-column", default="", help="Whose image it is; without it every image is a patient of its own."
        )
        parser.add_argument(
            "--patient-pattern",
            default="",
            help="A regular expression; its first group is the patient in a file's path.",
        )
        parser.add_argument(
            "--patient-ids",
            default="",
            choices=["as-written", "numbers"],
            help="Whether 007, 7 and 7.0 are one patient (numbers).",
        )
        parser.add_argument(
            "--indication-column", default="", help="Why the image was asked for; readers see it. It may name nobody."
        )
        parser.add_argument("--split-column", default="", help="The data set's own split, kept as it is stated.")
        parser.add_argument("--sex-column", default="")
        parser.add_argument("--age-column", default="", help="In years.")
        parser.add_argument("--view-column", default="", help="Such as PA, AP, LL.")
        parser.add_argument("--label-column", action="append", default=[], help="May be given several times.")
        parser.add_argument("--separator", default="", help="Between several names in one cell; found out if left out.")
        parser.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="COLUMN=KIND",
            help=f"How a column is read: {', '.join(COLUMN_KINDS)}.",
        )
        parser.add_argument(
            "--options", action="append", default=[], metavar="COLUMN=A,B,…", help="Of a categorical one."
        )
        parser.add_argument("--unit", action="append", default=[], metavar="[COLUMN=]UNIT", help="Of a measurement.")

    def add_names(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--map", action="append", default=[], metavar="NAME=FINDING", help="What a name in the data set means."
        )
        parser.add_argument("--leave-out", action="append", default=[], metavar="NAME", help="A name that is not read.")
        parser.add_argument(
            "--leave-out-others", action="store_true", help="Read no name that is neither a finding's nor mapped."
        )
        parser.add_argument(
            "--distinct-names", action="store_true", help="Names that differ by a letter are findings of their own."
        )

        parser.add_argument("--structure", default="", help="What masks outline, such as lungs.")
        parser.add_argument(
            "--exhaustive",
            action="store_true",
            help="You vouch that what an annotation file does not mark in an image is not there.",
        )

    def add_declaration(self, parser: CommandParser) -> None:
        parser.add_argument("--declaration", default=UNDECLARED, help="How the labels came to be: by whom, from what.")
        parser.add_argument(
            "--independent",
            action="store_true",
            help="Declare the labels an independent standard: the gate may use them.",
        )
        parser.add_argument("--exposed", action="store_true", help="A model was in view when the labels were given.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        try:
            source = self.guessed(self.source(options), project, options)
            opened = data_set_open(
                layout=options["layout"], source=source, project=project, mapping=self.mapping(options)
            )
            told = self.survey(opened, dry_run=options["dry_run"])
            if options["dry_run"]:
                self.stdout.write("\n".join(survey_lines(told)))
                return
            if told.to_decide:
                raise CommandError("\n".join(["Nothing was imported. To be decided first:", *told.to_decide]))
            counts = self.take_in(project or self.make_project(opened, options), opened, options)
        except (DatasetError, ValueError) as wrong:
            raise CommandError(str(wrong)) from wrong
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        self.tell(counts, told)

    def source(self, options: dict[str, Any]) -> Source:
        table = options["csv"]
        if table is not None and not table.is_file():
            raise DatasetError(f"There is no file {table}.")
        folder = options["folder"] or (table.parent if table else None)
        if folder is None:
            raise DatasetError("Name the data set's folder, or its table with --csv.")
        for place in (folder, options["images"]):
            if place is not None and not place.is_dir():
                raise DatasetError(f"There is no folder {place}.")
        return Source(folder, read_options(options), table, options["images"])

    def guessed(self, source: Source, project: Project | None, options: dict[str, Any]) -> Source:
        """The source with columns that a table probably has, for a dry run. An import needs them named."""
        if options["layout"] != "table" or source.options.image_column:
            return source
        guess = table_guess(source, finding_kinds(project) if project else {})
        found = replace(source, options=guess.options(source.options))
        if not options["dry_run"]:
            raise DatasetError(f"Name the columns. They are probably: {column_flags(found.options)}")
        self.stdout.write(f"Columns, as they probably are: {column_flags(found.options)}")
        return found

    def mapping(self, options: dict[str, Any]) -> dict[str, str]:
        mapping = dict(pair(text, "--map") for text in options["map"])
        mapping |= dict.fromkeys(options["leave_out"], LEFT_OUT)
        if options["leave_out_others"]:
            mapping[EVERYTHING_ELSE] = LEFT_OUT
        return mapping

    def survey(self, opened: OpenDataset, *, dry_run: bool) -> Survey:
        with tqdm(unit="image", desc="Looking", disable=None) as bar:
            return data_set_survey(opened, on_item=bar.update, dry_run=dry_run)

    def make_project(self, opened: OpenDataset, options: dict[str, Any]) -> Project:
        slug = options["project"]
        name = options["name"] or slug.replace("-", " ").capitalize()
        project = project_for_data_set(slug=slug, name=name, modality=options["modality"] or "image", opened=opened)
        names = ", ".join(f"{finding.name} ({finding.kind})" for finding in project.findings.all())
        self.stdout.write(f"Project {slug} made, with: {names}.")
        return project

    def take_in(self, project: Project, opened: OpenDataset, options: dict[str, Any]) -> ImportCounts:
        told = 0

        def refused(number: int, reason: str) -> None:
            nonlocal told
            told += 1
            if told <= REASONS_SHOWN:
                tqdm.write(f"{number} refused: {reason}")

        declared = Declaration(options["declaration"], options["independent"], options["exposed"])
        with tqdm(unit="image", desc="Taking in", disable=None) as bar:
            _, counts = data_set_import(
                project=project,
                opened=opened,
                declaration=declared,
                replace=options["replace"],
                on_batch=lambda counts: bar.update(counts.images - bar.n),
                on_refusal=refused,
            )
        self.decode(project)
        return counts

    def decode(self, project: Project) -> None:
        """Decode what the import left to jobs here, beside any worker that runs."""
        waiting = render_jobs().filter(project_id=project.pk, state="queued")
        with tqdm(total=waiting.count(), unit="image", desc="Decoding", disable=None) as bar:
            while run_all(queues=("io",), limit=20):
                bar.update(bar.total - waiting.count() - bar.n)
        for image in Image.objects.filter(enrolments__project=project, status=Image.Status.QUARANTINED)[:REASONS_SHOWN]:
            self.stdout.write(f"Quarantined: {image.pk}: {image.reason}")

    def tell(self, counts: ImportCounts, told: Survey) -> None:
        words = (
            f"{counts.images} images: {counts.stored} taken in, {counts.known} there before, "
            f"{counts.labelled} labelled, {counts.refused} refused."
        )
        if counts.replaced:
            words += f" {counts.replaced} earlier labels no longer count."
        for name, count in told.unknown_names.most_common(REASONS_SHOWN):
            near = f"; the nearest finding is {told.nearest[name]!r}" if told.nearest[name] else ""
            self.stdout.write(f"{name!r} is no finding of the project ({count} images{near}).")
        if told.near is not None:
            self.stdout.write("\n".join(near_lines(told.near)))
        if counts.refused:
            raise CommandError(words, returncode=REFUSED)
        self.stdout.write(words)


def read_options(options: dict[str, Any]) -> Options:
    """How the data set is read, as the command line says."""
    kinds: dict[str, ColumnKind] = {}
    for text in options["kind"]:
        column, kind = pair(text, "--kind")
        known = next((each for each in COLUMN_KINDS if each == kind), None)
        if known is None:
            raise DatasetError(f"{kind!r} is no kind for {column}. There are {', '.join(COLUMN_KINDS)}.")
        kinds[column] = known
    choices = {}
    for text in options["options"]:
        column, listed = pair(text, "--options")
        choices[column] = tuple(option.strip() for option in listed.split(",") if option.strip())
    units = dict(text.split("=", 1) for text in options["unit"] if "=" in text)
    unit = next((text for text in options["unit"] if "=" not in text), "")
    return Options(
        image_column=options["image_column"],
        patient_column=options["patient_column"],
        patient_pattern=options["patient_pattern"],
        patient_ids=options["patient_ids"],
        indication_column=options["indication_column"],
        split_column=options["split_column"],
        sex_column=options["sex_column"],
        age_column=options["age_column"],
        view_column=options["view_column"],
        label_columns=tuple(options["label_column"]),
        separator=options["separator"],
        delimiter=options["delimiter"].replace("\\t", "\t"),
        decimal=options["decimal"],
        encoding=options["encoding"],
        prefix=options["prefix"],
        suffix=options["suffix"],
        kinds=kinds,
        choices=choices,
        units=units,
        unit=unit,
        distinct_names=options["distinct_names"],
        structure=options["structure"],
        exhaustive=options["exhaustive"],
        near_duplicates=options["near_duplicates"],
    )


def column_flags(options: Options) -> str:
    """The columns as the command line names them."""
    flags = []
    for name in ("image_column", "patient_column", "split_column", "sex_column", "age_column", "view_column"):
        if column := getattr(options, name):
            flags.append(f"--{name.replace('_', '-')} {shlex.quote(column)}")
    flags += [f"--label-column {shlex.quote(column)}" for column in options.label_columns]
    return " ".join(flags) or "none of them holds the names of files; say where images lie with --images."


def pair(text: str, option: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE. The last = divides: a name may hold one."""
    name, sign, value = text.rpartition("=")
    if not sign or not name:
        raise DatasetError(f"{option} takes NAME=VALUE, not {text!r}.")
    return name.strip(), value.strip()
