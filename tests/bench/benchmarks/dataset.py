"""Importing a data set by manage.py import_dataset: images and rows a second, and memory, beside the build before.

`folders`: 5,000 small JPEGs in two folders of classes. `table`: a million rows about 2,000 such images, 500 an image, in
no order of images; `table_tenth`: a tenth of those rows, to see whether memory grows with them. Each is one run of the
command on an empty deployment: looked through, taken in, decoded.

The build before knows tables alone and would take hours, so that it gets fewer: 500 of the images with a table that says the
same, and 2,000 rows with as many rows an image, which all say the same: it refuses an image whose rows list several findings.
Builds take turns; a figure is the median of its rounds. `peak_rss_mb` is the
memory of the whole tree of processes, looked at twenty times a second; pages that they share count for each.
"""

from __future__ import annotations

import csv
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.asked import Asked
from tests.bench.benchmarks.ingest import builds
from tests.bench.builds import environment_of
from tests.bench.deployment import databases, deployment
from tests.bench.part import Unfinished
from tests.bench.rows import OURS, Row
from tests.bench.tree import Tree

SIDE = 224
CLASSES = ("NORMAL", "PNEUMONIA")
FINDINGS = ("Effusion", "Mass", "Nodule")


@dataclass(frozen=True)
class Size:
    """How much each case holds; `before` is what the other build gets of it."""

    images: int = 5_000
    images_before: int = 500
    rows: int = 1_000_000
    rows_before: int = 2_000
    rows_an_image: int = 500


QUICK = Size(images=400, images_before=60, rows=20_000, rows_before=400, rows_an_image=200)


@dataclass(frozen=True)
class Work:
    """One command on one build. `count` images or rows, as `metric` says."""

    case: str
    metric: str
    count: int
    words: tuple[str, ...]


def run(asked: Asked) -> Iterator[Row]:
    size = QUICK if asked.quick else Size()
    if asked.cases:
        size = replace(size, images=asked.cases, images_before=asked.cases)
    rounds = 1 if asked.quick else 2
    with builds() as roots, tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
        work = {OURS: ours(Path(folder), size, asked), "before": before(Path(folder), size, asked)}
        for database in databases(asked):
            found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
            for _ in range(rounds):
                for system, root in roots.items():
                    for each in work[system]:
                        rate, peak_mb = imported(database, root, each)
                        found[each.case, each.metric, system].append(rate)
                        found[each.case, "peak_rss_mb", system].append(peak_mb)
            for (case, metric, system), values in found.items():
                named = case if database == "sqlite" else f"{case}_{database}"
                yield Row(named, metric, statistics.median(values), system)


# ── what is imported ────────────────────────────────────────────────────────────────────────────────────────────────


def ours(folder: Path, size: Size, asked: Asked) -> list[Work]:
    work = []
    if asked.wants("folders"):
        classes = folders(folder / "folders", size.images)
        work.append(Work("folders", "images_per_s", size.images, ("folders", str(classes))))
    for case, rows in (("table_tenth", size.rows // 10), ("table", size.rows)):
        if asked.wants(case):
            # As many images in both: what grows with images is not what is looked for.
            path = long_table(folder / case, rows, images=size.rows // size.rows_an_image)
            work.append(Work(case, "rows_per_s", rows, of_table(path)))
    return work


def before(folder: Path, size: Size, asked: Asked) -> list[Work]:
    work = []
    if asked.wants("folders"):
        classes = folders(folder / "before_folders", size.images_before)
        path = class_table(classes)
        words = ("table", f"--csv={path}", "--image-column=file", "--label-column=label")
        work.append(Work("folders", "images_per_s", size.images_before, words))
    if asked.wants("table"):
        path = long_table(
            folder / "before_table", size.rows_before, images=size.rows_before // size.rows_an_image, listed=1
        )
        work.append(Work("table", "rows_per_s", size.rows_before, of_table(path)))
    return work


def of_table(path: Path) -> tuple[str, ...]:
    return ("table", f"--csv={path}", "--image-column=image", "--patient-column=patient", "--label-column=finding")


def folders(folder: Path, images: int) -> Path:
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
    for number, content in enumerate(jpegs(images)):
        (folder / CLASSES[number % 2] / f"{number:06}.jpeg").write_bytes(content)
    return folder


def class_table(folder: Path) -> Path:
    path = folder / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label"])
        for image in sorted(folder.rglob("*.jpeg")):
            writer.writerow([image.relative_to(folder), image.parent.name])
    return path


def long_table(folder: Path, rows: int, *, images: int, listed: int = 3) -> Path:
    """A row for each image and reader, who names one of `listed` findings; an image's rows lie all over the table."""
    folder.mkdir()
    for number, content in enumerate(jpegs(images)):
        (folder / f"{number:06}.jpeg").write_bytes(content)
    path = folder / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "patient", "finding", "reader"])
        for row in range(rows):
            image = row % images
            finding = "No Finding" if image % 3 == 0 else FINDINGS[row // images % listed]
            writer.writerow([f"{image:06}.jpeg", f"P{image // 2}", finding, f"R{row // images}"])
    return path


def jpegs(count: int) -> Iterator[bytes]:
    """Films of which no two are the same: one is drawn, and gets a noise of its own."""
    import numpy as np
    from PIL import Image

    import phantom

    shown = phantom.render(1, size=SIDE).display().astype(np.int16)
    for number in range(count):
        noise = np.random.default_rng(number).integers(-6, 7, shown.shape)
        out = io.BytesIO()
        Image.fromarray(np.clip(shown + noise, 0, 255).astype(np.uint8)).save(out, "jpeg", quality=90)
        yield out.getvalue()


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def imported(database: str, root: Path, work: Work) -> tuple[float, float]:
    """Images or rows a second, and the most memory in MB. Raises Unfinished where not everything was taken in."""
    with deployment(database) as env:
        env = {**env, **environment_of(root)}
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--verbosity=0"], cwd=root, env=env, check=True)
        start = time.perf_counter()
        with tempfile.TemporaryFile("w+") as told:
            command = [*manage, "import_dataset", *work.words, "--project=bench"]
            process = subprocess.Popen(command, cwd=root, env=env, stdout=told, stderr=told)
            with Tree(process.pid) as tree:
                status = process.wait()
            spent = time.perf_counter() - start
            told.seek(0)
            if status or " 0 refused" not in (words := told.read()):
                raise Unfinished(f"{work.case}: the import ended with {status}: {words[-500:]}")
    return work.count / spent, tree.most_mb
