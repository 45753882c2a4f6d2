"""Taking in DICOM 512² and 2000² and JPEG 2000², then rendering them: files a second, beside a bare parse and write.

One process and its one limited child. `ingest` is what an upload waits for (checked, de-identified, hashed, stored,
committed); `ingest_render` adds the job that decodes and packs the pixels. The bare limit parses the same bytes in
this process with pydicom or Pillow and writes them once; for `ingest_render` it decodes the pixels too.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.asked import Asked
from tests.bench.deployment import begin, databases, deployment
from tests.bench.part import part
from tests.bench.rows import Row

SIZES = (512, 2000)
Files = list[tuple[str, bytes]]


def run(asked: Asked) -> Iterator[Row]:
    sides = asked.sizes or SIZES
    for database in databases(asked):
        for kind, side in [*(("dicom", side) for side in sides), ("jpeg", max(sides))]:
            with deployment(database) as env:
                found = part(measure, env=env, kind=kind, side=side, count=asked.cases or (6 if asked.quick else 24))
            for stage, systems in found.items():
                for system, rate in systems.items():
                    yield Row(f"{database}/{kind}_{side}/{stage}", "instances_per_s", rate, system)


def measure(kind: str, side: int, count: int) -> dict[str, dict[str, float]]:
    """Files a second by stage and system."""
    begin()
    from django.conf import settings

    from overread.archive.models import Image
    from tests.bench import films
    from tests.factories import make_project

    project = make_project()
    first, *files = (films.dicoms if kind == "dicom" else films.jpegs)(side, count + 1)
    take_in(project, [first])  # starts the child
    render_all()
    taken = seconds(lambda: take_in(project, files))
    rendered = seconds(render_all)
    assert Image.objects.filter(status=Image.Status.READY).count() == count + 1
    parse, decode = (dicom_parse, dicom_decode) if kind == "dicom" else (jpeg_parse, jpeg_decode)
    folder = Path(settings.DATA) / "bare"
    folder.mkdir()
    bare = seconds(lambda: read_and_write(files, parse, folder))
    bare_decoded = seconds(lambda: read_and_write(files, decode, folder))
    return {
        "ingest": {"overread": count / taken, "bare_parse_write": count / bare},
        "ingest_render": {"overread": count / (taken + rendered), "bare_decode_write": count / bare_decoded},
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_in(project: object, files: Files) -> None:
    from overread.archive.services import image_ingest

    for patient, content in files:
        assert image_ingest(project=project, content=content, source="import", patient=patient).new  # type: ignore[arg-type]


def render_all() -> None:
    from overread.jobs.running import run_all

    run_all(queues=("io",))


def read_and_write(files: Files, read: Callable[[bytes], object], folder: Path) -> None:
    for patient, content in files:
        read(content)
        (folder / patient).write_bytes(content)


def dicom_parse(content: bytes) -> object:
    from pydicom import dcmread

    return dcmread(io.BytesIO(content))


def dicom_decode(content: bytes) -> object:
    from pydicom import dcmread

    return dcmread(io.BytesIO(content)).pixel_array


def jpeg_parse(content: bytes) -> object:
    from PIL import Image

    return Image.open(io.BytesIO(content))


def jpeg_decode(content: bytes) -> object:
    from PIL import Image

    return Image.open(io.BytesIO(content)).load()
