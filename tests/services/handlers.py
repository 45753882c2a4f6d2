"""Work that can be counted, and held up: what the workers of these tests do."""

import threading
from pathlib import Path

from django.conf import settings

from overread.audit.services import event_append
from overread.jobs.registry import job
from overread.jobs.running import Lease


@job("tests.count", queue="io", attempts=8)
def count(job: Lease, *, number: int) -> None:
    """Count `number`, in the transaction that finishes the job; wait there, or before, while a test says so."""
    wait(number, "before")
    with job.finishing():
        event_append(verb="tests.count", number=number)
        wait(number, "inside")


def wait(number: int, where: str) -> None:
    """While the file `from-<where>` stands in the data folder, numbers from the one it holds on go no further."""
    limit = Path(settings.DATA) / f"from-{where}"
    pause = threading.Event()
    while number >= int(_text(limit) or 1_000_000):
        (Path(settings.DATA) / f"held-{where}").touch()
        pause.wait(0.05)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
