"""Taking in DICOM and JPEG in process, and DICOM over HTTP from four senders: files a second, beside the build before.

In process, `ingest` is what an upload waits for (checked, de-identified, hashed, stored, committed); `ingest_render` adds
the job that decodes and packs the pixels. The bare limit parses the same bytes in this process with pydicom or Pillow
and writes them once; for `ingest_render` it decodes the pixels too.

Over HTTP, four senders with a connection each post files of 0.1 to 2 MB to the REST interface of the web process, as
the Procfile starts it; `cpu_ms_per_instance` is the processor time of all its processes. No worker runs beside it.

Every figure is the median of rounds in which the two builds take turns.
"""

from __future__ import annotations

import http.client
import io
import json
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.asked import Asked
from tests.bench.builds import BEFORE, ROOT, build, environment_of
from tests.bench.deployment import begin, databases, deployment
from tests.bench.part import Unfinished, part
from tests.bench.rows import OURS, Row
from tests.bench.server import Served, serving

SIZES = (512, 2000)
SENDERS = 4
WARM_UP = 6 * SENDERS  # files, until every child that will open some has started
# The older build has no function for this, so both are told as text.
PREPARE = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
from knox.models import AuthToken
from overread.projects.models import Role
from tests.factories import make_member, make_project
project = make_project()
_, token = AuthToken.objects.create(make_member(project, Role.ML_ENGINEER))
print(json.dumps({"token": token, "path": f"/api/v1/projects/{project.slug}/images/"}))
"""
Files = list[tuple[str, bytes]]
Figures = dict[tuple[str, str, str], list[float]]  # by case, metric and system


def run(asked: Asked) -> Iterator[Row]:
    rounds = 1 if asked.quick else 3
    with builds() as roots:
        for database in databases(asked):
            found: Figures = defaultdict(list)
            for _ in range(rounds):
                in_process(database, roots, asked, found)
            over_http(database, roots, asked, rounds, found)
            for (case, metric, system), values in found.items():
                yield Row(case, metric, statistics.median(values), system)


@contextmanager
def builds() -> Iterator[dict[str, Path]]:
    """The folder of each build by its system's name; ours alone where the history does not reach back."""
    with ExitStack() as stack:
        roots = {OURS: ROOT}
        try:
            roots = {"before": stack.enter_context(build(BEFORE)), **roots}
        except Unfinished as missing:
            print(f"ingest: without the system before, for {missing}", file=sys.stderr)
        yield roots


# ── in process ──────────────────────────────────────────────────────────────────────────────────────────────────────


def in_process(database: str, roots: dict[str, Path], asked: Asked, found: Figures) -> None:
    sides = asked.sizes or SIZES
    count = asked.cases or (6 if asked.quick else 24)
    for kind, side in [*(("dicom", side) for side in sides), ("jpeg", max(sides))]:
        for system, root in roots.items():
            with deployment(database) as env:
                stages = part(
                    measure, env={**env, **environment_of(root)}, root=root, kind=kind, side=side, count=count
                )
            for stage, rates in stages.items():
                case = f"{database}/{kind}_{side}/{stage}"
                for name, rate in rates.items():
                    if name == OURS:
                        found[case, "instances_per_s", system].append(rate)
                    elif system == OURS:
                        found[case, "instances_per_s", name].append(rate)


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


# ── over HTTP ───────────────────────────────────────────────────────────────────────────────────────────────────────


def over_http(database: str, roots: dict[str, Path], asked: Asked, rounds: int, found: Figures) -> None:
    from tests.bench.films import codings

    count = asked.cases or (40 if asked.quick else 240)
    files = [content for _, content in codings(1024, WARM_UP + rounds * count)]
    case = f"{database}/http_{SENDERS}_senders"
    with ExitStack() as stack:
        posts = {
            system: stack.enter_context(receiving(database, root, files[:WARM_UP])) for system, root in roots.items()
        }
        for number in range(rounds):
            start = WARM_UP + number * count
            for system, (served, headers, path) in posts.items():
                wall, cpu = send(served, headers, path, files[start : start + count])
                found[case, "instances_per_s", system].append(count / wall)
                found[case, "cpu_ms_per_instance", system].append(cpu * 1000 / count)


@contextmanager
def receiving(database: str, root: Path, warm_up: list[bytes]) -> Iterator[tuple[Served, dict[str, str], str]]:
    """A deployment of that build's web process, which has taken in the first files: (process, headers, path)."""
    with deployment(database) as env:
        env = {**env, **environment_of(root)}
        room = prepared(root, env)
        with serving(env, root) as served:
            headers = {"Authorization": f"Token {room['token']}", "Content-Type": "application/dicom"}
            send(served, headers, room["path"], warm_up)
            yield served, headers, room["path"]


def prepared(root: Path, env: dict[str, str]) -> dict[str, str]:
    """A new project of that build's deployment: the path to send to, and the token of an account that may."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", PREPARE], cwd=root, env=env, capture_output=True, text=True
    )
    if done.returncode:
        raise Unfinished(f"no project could be made in {root}: {done.stderr[-500:]}")
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


def send(served: Served, headers: dict[str, str], path: str, files: list[bytes]) -> tuple[float, float]:
    """Seconds by the clock and of the server's processors that it took. Raises Unfinished if one file is not taken in."""
    work = list(files)
    refused: list[str] = []
    senders = [threading.Thread(target=_sender, args=(served, headers, path, work, refused)) for _ in range(SENDERS)]
    cpu, start = served.cpu_s(), time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    wall = time.perf_counter() - start
    if refused:
        raise Unfinished(f"{len(refused)} of {len(files)} files were not taken in: {refused[0]}")
    return wall, served.cpu_s() - cpu


def _sender(served: Served, headers: dict[str, str], path: str, work: list[bytes], refused: list[str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=120)
    while work:
        try:
            content = work.pop()
        except IndexError:  # another sender took the last
            break
        try:
            connection.request("POST", path, body=content, headers=headers)
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            refused.append(type(error).__name__)
            continue
        if answer.status != 201:
            refused.append(f"{answer.status} {json.loads(told)}")
    connection.close()
