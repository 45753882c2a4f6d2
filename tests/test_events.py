"""How news goes up, and what the rooms above make of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from inference.events import ScoresChanged
from labeling.events import LabelsChanged
from overread.archive.events import ImageReady
from overread.events import LISTENERS, announce, listen
from overread.jobs.models import Job
from overread.projects.events import PolicyChanged


@dataclass(frozen=True)
class FilmTorn:
    film: int


@dataclass(frozen=True)
class FilmFound:
    film: int


@pytest.fixture
def of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who listens is forgotten after the test."""
    for event in (FilmTorn, FilmFound):
        monkeypatch.setitem(LISTENERS, event, [])


def test_everybody_who_listens_hears_it_in_turn(of_its_own: None) -> None:
    heard: list[tuple[str, FilmTorn]] = []
    listen(FilmTorn)(lambda event: heard.append(("first", event)))
    listen(FilmTorn)(lambda event: heard.append(("second", event)))
    announce(FilmTorn(3))
    assert heard == [("first", FilmTorn(3)), ("second", FilmTorn(3))]


def test_nobody_hears_of_what_they_do_not_listen_to(of_its_own: None) -> None:
    heard: list[FilmTorn] = []
    listen(FilmTorn)(heard.append)
    announce(FilmFound(3))
    assert heard == []


def test_what_a_listener_raises_is_raised_to_the_announcer(of_its_own: None) -> None:
    @listen(FilmTorn)
    def refuse(event: FilmTorn) -> None:
        raise LookupError(f"There is no film {event.film}.")

    with pytest.raises(LookupError, match="no film 3"):
        announce(FilmTorn(3))


PROJECT = uuid4()


def asked() -> list[tuple[str, UUID | None, str]]:
    return list(Job.objects.order_by("created_at").values_list("kind", "project_id", "arguments__of"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        (ScoresChanged(PROJECT, anew=False), ["labeling.fill"]),
        (ScoresChanged(PROJECT, anew=True), ["labeling.reorder", "labeling.fill"]),
        (LabelsChanged(PROJECT), ["training.due"]),
        (PolicyChanged(PROJECT, frozenset({"batch_size"})), []),
        (PolicyChanged(PROJECT, frozenset({"blind_share"})), ["labeling.blind"]),
        (PolicyChanged(PROJECT, frozenset({"blind_first", "blind_share"})), ["labeling.blind"]),
        (
            PolicyChanged(PROJECT, frozenset({"urgent", "strategy", "blind_first"})),
            ["labeling.blind", "labeling.reorder", "labeling.urgency"],
        ),
        (PolicyChanged(PROJECT, frozenset({"urgent_orders_blind"})), ["labeling.urgency"]),
    ],
)
def test_news_has_the_rooms_above_ask_for_their_jobs(event: object, kinds: list[str]) -> None:
    announce(event)
    assert asked() == [(kind, PROJECT, str(PROJECT)) for kind in kinds]


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "queue"), [("upload", "interactive"), ("import", "inference")])
def test_a_ready_image_is_scored_at_once_where_somebody_waits(source: str, queue: str) -> None:
    image = uuid4()
    announce(ImageReady(image, PROJECT, source))
    job = Job.objects.get()
    assert (job.kind, job.key) == ("inference.predict", f"inference.predict:{PROJECT}:{image}")
    assert (job.queue, job.project_id) == (queue, PROJECT)
    assert job.arguments == {"image": str(image), "of": str(PROJECT)}
