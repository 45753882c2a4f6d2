"""What the jobs of these tests do; the audit log counts how often it was done."""

from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.running import JobRefused, Lease


def note(job: Lease, *, word: str = "") -> None:
    with job.finishing():
        event_append(verb="tests.note", target=job.job, word=word)


def stumble(job: Lease) -> None:
    with job.finishing():
        event_append(verb="tests.note", target=job.job)
        raise ValueError("The film is torn.")


def step(job: Lease) -> None:
    job.progress(done=1, total=2)
    with job.finishing():
        event_append(verb="tests.note", target=job.job)


def forget(job: Lease) -> None:
    """Return without finishing."""


def slow(job: Lease) -> None:
    from tests.jobs import slow_import  # noqa: F401  (it takes its time)

    note(job)


def refuse(job: Lease) -> None:
    raise JobRefused("There is no such film.")


def mourn(job: Job) -> None:
    event_append(verb="tests.mourn", target=job, error=job.error)


def mourn_badly(job: Job) -> None:
    event_append(verb="tests.mourn", target=job)
    raise LookupError("There is nobody to tell.")


def tick() -> None:
    event_append(verb="tests.tick")


def tick_badly() -> None:
    raise LookupError("There is no clock.")
