"""Readers claiming and answering at once over HTTP: cycles a second, waiting time, and that none is doubled or lost.

Sixteen readers, and forty beside a steady upload, each with a connection of their own, claim a case by the REST interface
of the web process, as the Procfile starts it, and answer it; they go on without a pause for thought. `next_submit_p95_ms`
is what a reader waits for both; `cpu_s_per_read` is the processor time of all processes of the web process. Both builds
take turns, each on a deployment of its own. No worker runs beside them.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.asked import Asked
from tests.bench.benchmarks.ingest import builds
from tests.bench.builds import environment_of
from tests.bench.deployment import databases, deployment
from tests.bench.measure import percentile_ms
from tests.bench.part import Unfinished
from tests.bench.rows import Row
from tests.bench.server import Served, serving

CROWDS = (16, 40)
UPLOADING = 40  # so many read beside a steady upload
ROUNDS = 3
# The older build has no function for this, so both are told as text.
PREPARE = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
from knox.models import AuthToken
from labeling.services.selection import queue_fill
from overread.projects.models import Role
from tests.factories import make_member, make_project
from tests.services.crowd import enrol
project = make_project(batch_size={cases})
enrol(project, {cases})
queue_fill(project=project)
tokens = [AuthToken.objects.create(make_member(project, Role.READER))[1] for _ in range({readers})]
findings = [finding.slug for finding in project.findings.all()]
print(json.dumps({{"slug": project.slug, "tokens": tokens, "findings": findings}}))
"""
AUDIT = """
import json
from labeling.models import Holding, Read
held = Holding.objects.values_list("assignment_id", flat=True)
print(json.dumps({"reads": [str(key) for key in Read.objects.values_list("key", flat=True)],
    "images": [str(image) for image in Read.objects.values_list("image_id", flat=True)],
    "held": [str(case) for case in held]}))
"""
Figures = dict[tuple[str, str], list[float]]  # by metric and system


@dataclass
class Shift:
    """What the readers of one deployment did: keys of answers that were accepted, and seconds waited for each."""

    keys: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """A deployment of one build whose web process runs, with a queue and readers."""

    served: Served
    env: dict[str, str]
    root: Path
    slug: str
    tokens: list[str]
    findings: list[str]
    shift: Shift = field(default_factory=Shift)


def run(asked: Asked) -> Iterator[Row]:
    rounds = 1 if asked.quick else ROUNDS
    with builds() as roots:
        for database in databases(asked):
            for readers in CROWDS:
                case = f"{database}/{readers}_readers"
                cases = asked.cases or readers * (3 if asked.quick else 12)
                for (metric, system), values in crowd(database, roots, readers, cases, rounds).items():
                    yield Row(case, metric, statistics.median(values), system)


def crowd(database: str, roots: dict[str, Path], readers: int, cases: int, rounds: int) -> Figures:
    """The figures of each round, in which so many cases are read."""
    found: Figures = defaultdict(list)
    with ExitStack() as stack:
        rooms = {
            system: stack.enter_context(opened(database, root, readers, readers + rounds * cases))
            for system, root in roots.items()
        }
        for room in rooms.values():
            read(room, readers)  # what it imports is there now
        for _ in range(rounds):
            for system, room in rooms.items():
                with uploading(room, steady=readers == UPLOADING):
                    for metric, value in speed(room, cases).items():
                        found[metric, system].append(value)
        for system, room in rooms.items():
            for metric, value in faults(room).items():
                found[metric, system].append(value)
    return found


@contextmanager
def opened(database: str, root: Path, readers: int, cases: int) -> Iterator[Room]:
    with deployment(database) as env:
        env = {**env, **environment_of(root)}
        room = told(root, env, PREPARE.format(cases=cases, readers=readers))
        with serving(env, root) as served:
            yield Room(served, env, root, **room)


def told(root: Path, env: dict[str, str], program: str) -> dict[str, Any]:
    """What a program that runs in that build's shell prints last, as JSON."""
    command = [sys.executable, "manage.py", "shell", "-c", program]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    if done.returncode:
        raise Unfinished(f"the shell of {root} failed: {done.stderr[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def speed(room: Room, cases: int) -> dict[str, float]:
    before, cpu, start = len(room.shift.waits), room.served.cpu_s(), time.perf_counter()
    read(room, cases)
    wall, cpu = time.perf_counter() - start, room.served.cpu_s() - cpu
    waits = room.shift.waits[before:]
    if len(waits) != cases:
        raise Unfinished(f"{len(waits)} of {cases} cases were read: {room.shift.refused[:1]}")
    return {
        "cycles_per_s": cases / wall,
        "next_submit_p50_ms": percentile_ms(waits, 50),
        "next_submit_p95_ms": percentile_ms(waits, 95),
        "cpu_s_per_read": cpu / cases,
    }


def read(room: Room, cases: int) -> None:
    """So many cases, by all readers at once."""
    left = list(range(cases))
    together([threading.Thread(target=_reader, args=(room, token, left)) for token in room.tokens])


def _reader(room: Room, token: str, left: list[int]) -> None:
    ask = asking(room, token)
    cases = f"/api/v1/projects/{room.slug}/assignments/"
    answers = dict.fromkeys(room.findings, "absent")
    while left:
        try:
            left.pop()
        except IndexError:  # another reader took the last
            break
        key, start = str(uuid4()), time.perf_counter()
        try:
            case = ask(f"{cases}claim/", {})
            ask(f"{cases}{case['id']}/read/", {"key": key, "answers": answers})
        except Unfinished as refusal:
            room.shift.refused.append(str(refusal))
            continue
        room.shift.waits.append(time.perf_counter() - start)
        room.shift.keys.append(key)


def asking(room: Room, token: str) -> Callable[[str, Any], Any]:
    """What posts JSON by a connection that is kept open, and gives the answer. It raises Unfinished."""
    connection = http.client.HTTPConnection(urlsplit(room.served.address).netloc, timeout=120)
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def ask(path: str, body: Any) -> Any:
        try:
            connection.request("POST", path, body=json.dumps(body), headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Unfinished(f"{path}: {type(error).__name__}") from error
        if answer.status not in (200, 201):
            raise Unfinished(f"{path}: {answer.status} {content[:300]!r}")
        return json.loads(content)

    return ask


def together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def uploading(room: Room, *, steady: bool) -> Iterator[None]:
    """With one client that sends a small file ten times a second, where asked."""
    over = threading.Event()
    sender = threading.Thread(target=_uploader, args=(room, over))
    if steady:
        sender.start()
    try:
        yield
    finally:
        over.set()
        if steady:
            sender.join()


def _uploader(room: Room, over: threading.Event) -> None:
    from tests.bench.films import dicoms

    connection = http.client.HTTPConnection(urlsplit(room.served.address).netloc, timeout=120)
    headers = {"Authorization": f"Token {room.tokens[0]}", "Content-Type": "application/dicom"}
    for _, content in dicoms(256, 10_000):
        if over.wait(0.1):
            break
        connection.request("POST", f"/api/v1/projects/{room.slug}/images/", body=content, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 201):
            room.shift.refused.append(f"upload: {answer.status}")


def faults(room: Room) -> dict[str, float]:
    """Cases that went to two readers or were answered twice, answers accepted and not there, and requests refused."""
    found = told(room.root, room.env, AUDIT)
    held, images, stored = Counter(found["held"]), Counter(found["images"]), set(found["reads"])
    return {
        "double_served_count": sum(held.values()) - len(held) + sum(images.values()) - len(images),
        "lost_count": len(set(room.shift.keys) - stored),
        "refused_count": len(room.shift.refused),
    }
