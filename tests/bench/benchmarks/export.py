"""A million answers out, as CSV and as Parquet: rows a second, beside PostgreSQL's own COPY of the same columns.

100,000 images of two data sets, each read once, ten findings. `overread_csv` and `overread_parquet` are what
`manage.py export_dataset` does, with every column and part; `postgres_copy` is `COPY (SELECT …) TO STDOUT (FORMAT csv)` of
the columns with their joins, by the server, received and written to a file. The three take turns; the fastest of each
counts. On SQLite there is no COPY, and ours stands alone (`answers_sqlite`).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.bench.asked import Asked
from tests.bench.deployment import begin, databases, deployment
from tests.bench.measure import Held
from tests.bench.part import part
from tests.bench.rows import Row

ROWS, QUICK, FINDINGS = 1_000_000, 100_000, 10
COPY = """
    COPY (
        SELECT a.id, r.image_id, p.pseudonym, p.reference, i.sha256, d.file, d.number, d.lines, d.file_sha256, s.name,
            d.split, f.slug, f.name, f.kind, f.unit, a.value, a.exposure, a.origin, a.bulk, a.contradiction, r.id,
            r.reader_id, u.name, r.phase, t.purpose, m.number, r.supersedes_id, r.extra, r.confidence, r.active_ms,
            r.comment, r.reason, r.created_at
        FROM labeling_answer a
        JOIN projects_finding f ON f.id = a.finding_id
        JOIN labeling_read r ON r.id = a.read_id
        JOIN labeling_assignment t ON t.id = r.assignment_id
        JOIN accounts_user u ON u.id = r.reader_id
        JOIN archive_image i ON i.id = r.image_id
        JOIN archive_study y ON y.id = i.study_id
        JOIN archive_patient p ON p.id = y.patient_id
        LEFT JOIN inference_prediction q ON q.id = r.prediction_id
        LEFT JOIN inference_pipeline m ON m.id = q.pipeline_id
        LEFT JOIN training_datasetrow d ON d.image_id = i.id
        LEFT JOIN training_datasetimport s ON s.id = d.dataset_id
        WHERE r.project_id = %s
        ORDER BY a.id
    ) TO STDOUT (FORMAT csv, HEADER)
"""


def run(asked: Asked) -> Iterator[Row]:
    rows = asked.cases or (QUICK if asked.quick else ROWS)
    for database in databases(asked):
        case = "answers" if database == "postgresql" else "answers_sqlite"
        if not asked.wants(case):
            continue
        with deployment(database) as env:
            found = part(measure, env=env, rows=rows, rounds=1 if asked.quick else 2)
        for system, metrics in found.items():
            for metric, value in metrics.items():
                yield Row(case, metric, value, system)


def measure(rows: int, rounds: int) -> dict[str, dict[str, float]]:
    begin()
    from django.db import connection

    from training.exports import formats  # noqa: F401  (loading Arrow is no part of an export)

    project = made(rows)
    systems: dict[str, Callable[[Path], int]] = {
        "overread_csv": lambda path: exported(project, "csv", path),
        "overread_parquet": lambda path: exported(project, "parquet", path),
    }
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        systems["postgres_copy"] = lambda path: copied(project, path)
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for system, work in systems.items():
            told = once(work, rows)
            known = best.setdefault(system, told)
            known["rows_per_s"] = max(known["rows_per_s"], told["rows_per_s"])
            known["peak_rss_mb"] = max(known["peak_rss_mb"], told["peak_rss_mb"])
    return best


def once(work: Callable[[Path], int], rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder, Held() as held:
        start = time.perf_counter()
        written = work(Path(folder) / "out")
        spent = time.perf_counter() - start
    assert written == rows, f"{written} rows of {rows}"
    return {"rows_per_s": rows / spent, "peak_rss_mb": held.most_mb}


def exported(project: Any, format: str, path: Path) -> int:
    from overread.archive.files import DurableFiles
    from training.exports.parts import Parts
    from training.exports.scope import Scope
    from training.exports.writing import Plan, export_write

    plan = Plan(Scope(project), "reads", format)
    plan.check()
    with path.open("w+b") as out:
        return export_write(plan, Parts(DurableFiles(location=path.parent), "parts"), out, lambda rows: None).rows


def copied(project: Any, path: Path) -> int:
    """The lines that were received, but for the header; no cell of these has a line break in it."""
    from overread.postgresql.copying import copy_out

    with path.open("wb") as out:
        copy_out(COPY, [project.pk], out)
    with path.open("rb") as read:
        return sum(block.count(b"\n") for block in iter(lambda: read.read(1 << 20), b"")) - 1


def made(rows: int) -> Any:
    """The project, with so many answers."""
    from labeling.models import Answer, Assignment, Read
    from tests.bench.benchmarks.reorder import images_made
    from tests.factories import make_project, make_user
    from training.models import DatasetImport, DatasetRow

    findings = tuple({"slug": f"f-{place}", "name": f"Finding {place}"} for place in range(FINDINGS))
    project, reader = make_project(findings=findings), make_user("reader")
    images = images_made(project, rows // FINDINGS)
    dataset = DatasetImport.objects.create(project=project, sha256="0" * 64, name="Benchmark")
    entries, cases, reads = [], [], []
    for place, image in enumerate(images):
        file = {"file": f"images/{place:08d}.png", "file_sha256": uuid4().hex * 2, "split": "train"}
        entries.append(DatasetRow(dataset=dataset, number=place + 2, image=image, **file))
        case = Assignment(
            project=project, image=image, reader=reader, purpose="exploit", state="done", blind=True, rank=float(place)
        )
        cases.append(case)
        said = {"comment": "Seen, as before." if place % 10 == 0 else "", "active_ms": 9_000 + place % 5_000}
        reads.append(
            Read(assignment=case, project=project, image=image, reader=reader, key=uuid4(), phase="blind", **said)
        )
    for model, made_of in ((DatasetRow, entries), (Assignment, cases), (Read, reads)):
        model.objects.bulk_create(made_of, batch_size=5_000)
    asked = list(project.findings.all())
    for start in range(0, len(reads), 1_000):
        Answer.objects.bulk_create(
            Answer(
                read=read,
                finding=finding,
                value="present" if finding.pk % 7 == place % 7 else "absent",
                exposure="none",
            )
            for place, read in enumerate(reads[start : start + 1_000])
            for finding in asked
        )
    return project
