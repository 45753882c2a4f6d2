"""Who looked at which image: written down as it happens, and brought into the audit log a minute or two later.

Looking at a case is many requests, which must wait for no database; nor may a view be lost with the process that served it. So
a line is appended to a file before the answer leaves, by one system call, and outlives the process. Once a minute the
file is set aside; a later round brings it in, when nobody can be writing to it any more. Where the process ends between storing
and deleting, a view stands in the log twice, but is never lost.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from overread.accounts.models import User
from overread.audit.lines import line_append
from overread.audit.models import Event
from overread.origin import origin

VERB = "image.view"
THUMB = "thumb"  # those of one person and project stand together in one event
MOST_IMAGES = 500  # in one event
SETTLING = timedelta(seconds=30)  # for so long after a file was set aside, somebody may still be writing to it


class ViewNote(TypedDict):
    """A line of the file that views are written to; `at` in ISO 8601, keys and UUIDs as text."""

    at: str
    user: int
    image: str
    what: str
    project: str | None
    origin: dict[str, str]


def view_note(*, user: User, image: UUID, what: str, project: UUID | None = None) -> None:
    """Write down that a user is shown something of an image: "page", "full", "thumb", "map" and the like."""
    current = origin()
    note: ViewNote = {
        "at": timezone.now().isoformat(),
        "user": user.pk,
        "image": str(image),
        "what": what,
        "project": str(project) if project else None,
        "origin": current.as_detail() if current else {},
    }
    line = json.dumps(note, separators=(",", ":")).encode()
    folder = _folder()
    try:
        line_append(folder / "notes", line)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        line_append(folder / "notes", line)


def views_collect(*, settling: timedelta = SETTLING) -> int:
    """Bring what was set aside into the log, and set aside what was written since. Called about once a minute.

    Returns how many events were made: none where another process is collecting. What a process that died had set aside waits
    for the next, and nobody takes a file that was set aside less than `settling` ago.
    """
    folder = _folder()
    made = 0
    with _alone(folder) as alone:
        if not alone:
            return 0
        settled = _aside(timezone.now() - settling)
        for path in (path for path in sorted(folder.glob("aside-*")) if path.name < settled):
            events = _by_known_actors(list(_events(_notes(path))))
            Event.objects.bulk_create(events, batch_size=500)
            path.unlink(missing_ok=True)
            made += len(events)
        if (folder / "notes").exists():
            (folder / "notes").rename(folder / f"{_aside(timezone.now())}-{uuid4().hex[:8]}")
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process is collecting. The lock ends with the process that holds it, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _aside(at: datetime) -> str:
    """How the name of a file begins that was set aside at that time; later ones sort after it."""
    return f"aside-{at:%Y%m%dT%H%M%S}"


def _folder() -> Path:
    return Path(settings.DATA) / "views"


def _notes(path: Path) -> Iterator[ViewNote]:
    """The lines of a file. One that a full disk or a killed process cut short is left out: its viewer was shown nothing."""
    for line in path.read_bytes().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _events(notes: Iterable[ViewNote]) -> Iterator[Event]:
    """One event a view, and one for the thumbnails of one project that one person was shown from one address."""
    thumbs: dict[tuple[int, str, str | None], list[ViewNote]] = {}
    for note in notes:
        if note["what"] == THUMB:
            key = (note["user"], note["origin"].get("address", ""), note["project"])
            thumbs.setdefault(key, []).append(note)
        else:
            yield _event(note, [note["image"]])
    for several in thumbs.values():
        images = list(dict.fromkeys(note["image"] for note in several))
        for start in range(0, len(images), MOST_IMAGES):
            yield _event(several[0], images[start : start + MOST_IMAGES])


def _by_known_actors(events: list[Event]) -> list[Event]:
    """An event of a deleted account names it in its detail only: as the actor it would make the whole insert fail."""
    known = User.objects.in_bulk({event.actor_id for event in events})
    for event in events:
        if event.actor_id not in known:
            event.detail["user"] = event.actor_id
            event.actor_id = None
    return events


def _event(note: ViewNote, images: list[str]) -> Event:
    event = Event(
        verb=VERB,
        actor_id=note["user"],
        project_id=note["project"],
        target_type="archive.image",
        detail={"what": note["what"], "seen_at": note["at"], **note["origin"]},
    )
    if len(images) == 1:
        event.target_id = images[0]
    else:
        event.detail["images"] = images
    return event
