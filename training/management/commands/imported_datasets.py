from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from labeling.jobs import withdrawal_request
from labeling.services import label_import_withdraw
from overread.jobs.running import work, worker_name
from overread.jobs.services import job_claim
from overread.projects.models import Project
from overread.projects.queries import project_named
from training.datasets.errors import DatasetError
from training.datasets.options import Options, Source, source_inside
from training.models import DatasetImport
from training.queries.data_sets import imports_of
from training.services.comparing import KINDS, Comparison, Kind, data_set_compare
from training.services.opening import OpenDataset, data_set_open

DIFFERS = 2  # exit status where the files are not as they were imported
WORDS: dict[Kind, str] = {
    "same": "the same",
    "changed": "with another answer",
    "other_file": "with the same answers, and another file under the name",
    "new": "new in the files",
    "gone": "no longer in the files",
    "mended": "refused then, and not now",
    "broken": "taken in then, and refused now",
    "refused": "refused then and now",
}


class Command(BaseCommand):
    help = """List the data sets that a project imported, compare one with its files as they are now, or withdraw its
    labels. Exits with 2 where the files differ from the import, and with 1 where nothing was done."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="With --compare: the data set as it is now.")
        parser.add_argument("--project", required=True, help="Its short name (slug).")
        parser.add_argument("--json", action="store_true", help="Tell it as JSON.")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--compare", metavar="ID|NAME", help="Compare this import with its files.")
        what.add_argument("--withdraw", metavar="ID", help="Its labels no longer count; images and reads stay.")
        parser.add_argument("--csv", type=Path, help="With --compare: the table, where it was named at the import.")
        parser.add_argument("--images", type=Path, help="With --compare: where images lie, where it was named.")
        parser.add_argument("--reason", default="", help="With --withdraw: why.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            if options["compare"]:
                self.compare(project, options)
            elif options["withdraw"]:
                self.withdraw(project, options["withdraw"], options["reason"])
            else:
                self.list(project, as_json=options["json"])
        except (DatasetError, ValueError) as wrong:
            raise CommandError(str(wrong)) from wrong
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong

    def list(self, project: Project, *, as_json: bool) -> None:
        facts = [facts_of(dataset) for dataset in imports_of(project)]
        if as_json:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        if not facts:
            self.stdout.write("Nothing was imported.")
        for fact in facts:
            state = " withdrawn" if fact["withdrawn"] else ""
            self.stdout.write(
                f"{fact['id']}  {fact['imported']:.10}  {fact['layout']:<11} {fact['taken']:>9,} images "
                f"{fact['refused']:>7,} refused  {fact['name']}{state}"
            )

    def compare(self, project: Project, options: dict[str, Any]) -> None:
        dataset = self.dataset(project, options["compare"])
        opened = opened_again(dataset, options["folder"], options["csv"], options["images"])
        with tqdm(unit="image", desc="Comparing", disable=None) as bar:
            told = data_set_compare(dataset, opened, on_batch=bar.update)
        if options["json"]:
            self.stdout.write(json.dumps(comparison_facts(told), indent=2))
        else:
            self.stdout.write("\n".join(comparison_lines(told)))
        if told.differs:
            raise CommandError(f"The files differ from the import {dataset.name}.", returncode=DIFFERS)

    def withdraw(self, project: Project, asked: str, reason: str) -> None:
        dataset = self.dataset(project, asked)
        if dataset.labels is None:
            raise DatasetError("This import came without labels: there is nothing to withdraw.")
        label_import_withdraw(source=dataset.labels, actor=None, reason=reason)
        # One key, one job: this is the one that the withdrawal has asked for, unless a worker has it already.
        job = job_claim(pk=withdrawal_request(source=dataset.labels).pk, worker=worker_name())
        if job is not None:
            work(job)
        self.stdout.write(f"The labels of {dataset.name} no longer count.")

    def dataset(self, project: Project, asked: str) -> DatasetImport:
        """The import of this key or name. Raises DatasetError where there is none, or several have the name."""
        found = [each for each in imports_of(project) if asked in (str(each.pk), each.name)]
        if not found:
            raise DatasetError(f"The project imported no {asked!r}. Without --compare they are listed.")
        if len(found) > 1:
            raise DatasetError(
                f"Several imports are called so. Name one by {', '.join(str(each.pk) for each in found)}."
            )
        return found[0]


def facts_of(dataset: DatasetImport) -> dict[str, Any]:
    labels = dataset.labels
    return {
        "id": str(dataset.pk),
        "name": dataset.name,
        "layout": dataset.layout,
        "imported": dataset.created_at.isoformat(),
        "finished": dataset.finished_at.isoformat() if dataset.finished_at else None,
        "taken": dataset.taken,  # type: ignore[attr-defined]  # imports_of counts them
        "refused": dataset.refused,  # type: ignore[attr-defined]
        "declaration": labels.declaration if labels else None,
        "independent": labels.independent if labels else None,
        "exposure": labels.exposure if labels else None,
        "withdrawn": withdrawn_words(dataset),
    }


def withdrawn_words(dataset: DatasetImport) -> str | None:
    """Why its labels no longer count; None where they do."""
    withdrawal = getattr(dataset.labels, "withdrawal", None)
    return withdrawal.reason if withdrawal else None


def opened_again(dataset: DatasetImport, folder: Path | None, table: Path | None, images: Path | None) -> OpenDataset:
    """The files, read as the import read them. Raises DatasetError."""
    stored = dict(dataset.options)
    mapping = stored.pop("mapping", {})
    options = Options.of(stored)
    if table is not None and not table.is_file():
        raise DatasetError(f"There is no file {table}.")
    folder = folder or (table.parent if table else None)
    if folder is None:
        raise DatasetError("Name the data set's folder, or its table with --csv.")
    for place in (folder, images):
        if place is not None and not place.is_dir():
            raise DatasetError(f"There is no folder {place}.")
    source = Source(folder, options, table, images) if table else source_inside(folder, options)
    return data_set_open(layout=dataset.layout, source=source, project=dataset.project, mapping=mapping)


def comparison_lines(told: Comparison) -> list[str]:
    """What differs, in lines: counts first, then examples."""
    lines = [f"{told.counts[kind]:>9,} images {words}." for kind, words in WORDS.items()]
    for answer in told.answers:
        lines.append(
            f"{answer.number} ({answer.file}), {answer.finding}: {answer.stored or 'nothing'} is stored, "
            f"{answer.now or 'nothing'} is said now."
        )
    for kind, places in told.examples.items():
        if kind != "changed":
            lines += [f"{place.number} ({place.file}), {WORDS[kind]}. {place.reason}".rstrip() for place in places]
    return lines


def comparison_facts(told: Comparison) -> dict[str, Any]:
    """The same for programs."""
    return {
        "counts": {kind: told.counts[kind] for kind in KINDS},
        "answers": [asdict(answer) for answer in told.answers],
        "examples": {kind: [asdict(place) for place in places] for kind, places in told.examples.items()},
    }
