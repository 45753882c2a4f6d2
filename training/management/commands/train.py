import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from inference.engine.basis import from_dicts
from inference.models import ModelVersion
from overread.jobs.models import Job
from overread.jobs.running import work, worker_name
from overread.jobs.services import job_claim
from overread.projects.models import Project
from training.engine import recipes
from training.jobs import judge_key, run_key
from training.models import Run, Verdict
from training.services import NothingToLearn, RunActive, run_cancel, run_request

METRICS = ("auroc", "balanced_accuracy", "brier", "accuracy", "mean_absolute_error", "covered")


class Command(BaseCommand):
    help = "Freeze a project's labels and train on them, here and now, with progress; then ask the gate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="Its short name (slug).")
        parser.add_argument(
            "--recipe", metavar="NAME", help=f"In place of the project's own recipe: {', '.join(recipes.names())}."
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="A field of the recipe, e.g. epochs=20."
        )
        parser.add_argument("--why", default="", help="Why, for the record.")
        parser.add_argument("--json", action="store_true", help="Print the result as one JSON object on the last line.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            fields = recipes.find(options["recipe"]).to_dict() if options["recipe"] else {}
            fields |= overrides(options["set"])
            run = run_request(project=project, trigger="command", why=options["why"], **fields)
        except (RunActive, NothingToLearn, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        try:
            self.follow(run)
        except KeyboardInterrupt:
            run_cancel(run=run, actor=None)
            raise CommandError(f"Run {run.number} cancelled.") from None
        self.tell(run, options["json"])

    def follow(self, run: Run) -> None:
        """Do the run and its gate here. Where a worker was quicker, watch it."""
        self.stdout.write(
            f"Run {run.number}: {run.snapshot.images} images of {run.snapshot.patients} patients, snapshot {run.snapshot.number}."
        )
        for note in label_notes(run):
            self.stdout.write(f"  {note}")
        self.do(run_key(run))
        run.refresh_from_db()
        if run.state != Run.State.FINISHED or run.pipeline is None:
            raise CommandError(f"Run {run.number} {run.state}: {run.error}")
        self.do(judge_key(run.pipeline))

    def do(self, key: str) -> None:
        job = Job.objects.get(key=key)
        with tqdm(total=100, bar_format="{desc:60} {bar} {elapsed}", leave=False) as bar:
            from threading import Event, Thread

            over = Event()
            watcher = Thread(target=self.watch, args=(job, bar, over), daemon=True)
            watcher.start()
            self.work_or_wait(job)
            over.set()
            watcher.join()
        job.refresh_from_db()
        if job.state != "done":
            raise CommandError(f"The job {job.state}: {job.error}")

    def work_or_wait(self, job: Job) -> None:
        """Do the job here, or wait until the worker that has it ends it. A job that is queued again is done here."""
        unfinished = Job.objects.filter(pk=job.pk, state__in=["queued", "running"])
        while True:
            claimed = job_claim(pk=job.pk, worker=worker_name())
            if claimed:
                work(claimed)
            elif unfinished.exists():
                time.sleep(1)
            else:
                return

    def watch(self, job: Job, bar: "tqdm[Any]", over: Any) -> None:
        """Draw the progress until the job is over. Runs in a thread, since the job itself blocks this one."""
        from django.db import connection

        while not over.wait(0.5):
            progress = Job.objects.filter(pk=job.pk).values_list("progress", flat=True).first() or {}
            bar.set_description_str(words(progress))
            bar.n = share(progress)
            bar.refresh()
        # The thread has a connection of its own, which nobody else closes.
        connection.close()

    def tell(self, run: Run, as_json: bool) -> None:
        assert run.version is not None
        facts = run.version.card["facts"]
        verdict = Verdict.objects.filter(challenger=run.pipeline).order_by("-created_at").first()
        held_out = facts.get("held_out", {"images": 0, "patients": 0, "findings": {}})
        self.stdout.write(
            f"Model {run.version.number} on {held_out['images']} images of {held_out['patients']} patients it never saw:"
        )
        for name, figures in held_out["findings"].items():
            shown = [f"n {figures['known_count']:.0f}"]
            shown += [f"{key} {figures[key]:.3f}" for key in METRICS if key in figures]
            self.stdout.write(f"  {name:24} {'  '.join(shown)}")
        for warning in calibration_notes(run.version):
            self.stdout.write(f"  {warning}")
        for name, views in facts.get("shortcuts", {}).items():
            shown = [f"{view} {area:.3f}" for view, area in views.items()]
            self.stdout.write(f"  {name:24} shortcuts: {'  '.join(shown)}")
        if verdict:
            self.stdout.write(verdict.report["sentence"])
        if as_json:
            self.stdout.write(
                json.dumps(
                    {
                        "run": run.number,
                        "model": run.version.number,
                        "held_out": held_out,
                        "basis": run.version.card.get("basis", {}),
                        "shortcuts": facts.get("shortcuts", {}),
                        "gate_passed": bool(verdict and verdict.passed),
                    }
                )
            )


def label_notes(run: Run) -> list[str]:
    """What is wrong with the labels of the run's snapshot, a line for each finding."""
    counts = run.snapshot.counts
    notes = [
        f"{slug}: {count} labels left out that do not fit it" for slug, count in counts.get("left_out", {}).items()
    ]
    for slug, far in counts.get("outliers", {}).items():
        values = ", ".join(f"{value} ({count})" for value, count in far.items())
        notes.append(f"{slug}: labels far outside the others, trained on all the same: {values}")
    return notes


def calibration_notes(version: ModelVersion) -> list[str]:
    """The findings whose calibration, threshold or interval rests on nothing or on little, a line each."""
    notes = []
    for name, basis in from_dicts(version.card.get("basis", {})).items():
        cases = f"{basis.cases} calibration cases"
        if basis.positives is not None:
            cases += f", {basis.positives} with it"
        if basis.calibration == "none":
            notes.append(f"{name:24} not calibrated ({cases})")
        if basis.calibration == "few":
            notes.append(f"{name:24} calibrated on few cases ({cases})")
        if basis.threshold == "default":
            notes.append(f"{name:24} threshold {version.card['thresholds'][name]:.2f}, not chosen from data")
        if basis.calibration is None and name not in version.card.get("intervals", {}):
            notes.append(f"{name:24} no interval ({cases})")
    return notes


def overrides(pairs: list[str]) -> dict[str, Any]:
    """Fields of the recipe from FIELD=VALUE. A value that is JSON is read as such. Raises ValueError."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"--set takes FIELD=VALUE, not {pair!r}.")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def words(progress: dict[str, Any]) -> str:
    """A job's progress in words. Scoring, which the gate does first, tells no stage."""
    if progress.get("stage") != "training":
        return f"{progress.get('stage', 'scoring')} {progress.get('done', '')}"
    text = f"epoch {progress['epoch']} of {progress['epochs']}, loss {progress['train_loss']:.3f}"
    auroc = progress.get("validation_auroc")
    if auroc:
        text += f", AUROC {auroc:.3f}"
    return text


def share(progress: dict[str, Any]) -> float:
    """How much of the work is done, in percent."""
    if progress.get("stage") == "training":
        epochs = progress["epoch"] - 1 + progress["step"] / progress["steps"]
        return 100 * float(epochs) / max(int(progress["epochs"]), 1)
    return 100 * float(progress.get("done", 0)) / max(int(progress.get("total", 1)), 1)
