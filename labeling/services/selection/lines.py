"""Who and what gold, repeat and relabel could be drawn from. For workers only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from inference.models import Exposure, Pipeline
from labeling.models import AnswersSeen, Assignment, ExposureKind, Purpose, Read, ReferenceLabel
from labeling.queries.sent import MET
from labeling.selection.draw import ARMS, CandidateList
from labeling.selection.reasons import CONTROL
from labeling.services.selection.candidates import OPEN
from labeling.services.selection.suspecting import suspects_of
from overread.archive.models import Image
from overread.archive.queries import readable_in
from overread.projects.models import Membership, Project
from overread.projects.rules import READING

State = Assignment.State
KNOWN = ("imported", "adjudicated")
SINGLE_FIRST = 1.0
"""Taken off the score of an image that one reader has read: more than a suspicion can differ by."""


@dataclass(frozen=True)
class Offer:
    """An image that could be offered again: whose it is, its score where an arm ranks, and why."""

    image: UUID
    patient: int
    reason: str = CONTROL
    score: float = 0.0
    for_reader: int | None = None


def offers_of(
    project: Project, pipeline: Pipeline | None, sizes: Mapping[str, float], seed: int
) -> dict[str, list[Offer]]:
    """Arm → its candidates, in the order of ARMS. sizes: arm → how many a batch is to have of it.

    An arm of which a batch's part waits unread already offers nothing, so that cases nobody comes to read do not pile
    up; of repeats that holds for each reader.
    """
    found: dict[str, list[Offer]] = {}
    waiting = Counter(Assignment.objects.filter(project=project, state=State.QUEUED).values_list("purpose", flat=True))
    for arm in ARMS:
        room = sizes.get(arm, 0.0) > 0 and (arm == Purpose.REPEAT or waiting[arm] < sizes[arm])
        if arm == Purpose.GOLD and room:
            found[arm] = _gold(project)
        elif arm == Purpose.REPEAT and room:
            found[arm] = _repeats(project, sizes[arm])
        elif arm == Purpose.RELABEL and room and pipeline:
            found[arm] = _relabels(project, pipeline, seed)
    return found


def line_of(arm: str, offers: list[Offer]) -> CandidateList:
    """The same as the composer takes it."""
    owners = np.array([offer.patient for offer in offers], dtype=np.int64)
    if arm != Purpose.RELABEL:
        return CandidateList(owners)
    return CandidateList(owners, "confident learning", np.array([offer.score for offer in offers], dtype=float))


def _gold(project: Project) -> list[Offer]:
    """Images outside the reference set whose answer independent labels tell, and that somebody has not met."""
    known = ReferenceLabel.objects.filter(
        project=project, independent=True, exposure=ExposureKind.NONE, value__isnull=False, origin__in=KNOWN
    )
    images = _again(project).filter(Exists(known.filter(image=OuterRef("pk"))), study__patient__reference=False)
    return [Offer(image, patient) for image, patient in _fresh(project, images)]


def _relabels(project: Project, pipeline: Pipeline, seed: int) -> list[Offer]:
    """Images whose label the other labels contradict, those of a single reader first."""
    suspects = {suspect.image: suspect for suspect in suspects_of(project, pipeline, seed)}
    images = _again(project).filter(pk__in=suspects, study__patient__reference=False)
    read = ReferenceLabel.objects.filter(project=project, image__in=images, origin="read").order_by()
    readers = dict(read.values_list("image").annotate(most=Max("readers")))
    offers = []
    for image, patient in _fresh(project, images.filter(pk__in=list(readers))):
        suspect, single = suspects[image], SINGLE_FIRST if readers[image] == 1 else 0.0
        reason = "Second look: the answer and the model's view of similar images differ"
        offers.append(Offer(image, patient, f"{reason} on {suspect.finding}"[:200], -suspect.score - single))
    return offers


def _repeats(project: Project, size: float) -> list[Offer]:
    """What readers here read blind before the washout, and have not met since; nothing is repeated twice."""
    since = timezone.now() - timedelta(days=project.washout_days)
    same = {"image": OuterRef("image")}
    own = Read.objects.filter(project=project, reader=OuterRef("reader"), created_at__gt=since, **same)
    seen = AnswersSeen.objects.filter(user=OuterRef("reader"), at__gt=since, **same)
    again = Assignment.objects.filter(project=project, for_reader=OuterRef("reader"), **same)
    again = again.exclude(state=State.WITHDRAWN)
    met = Assignment.objects.filter(project=project, reader=OuterRef("reader"), state__in=MET, **same)
    queued = Assignment.objects.filter(project=project, state=State.QUEUED, purpose=Purpose.REPEAT)
    waiting = Counter(queued.values_list("for_reader", flat=True))
    readers = {reader for reader in readers_of(project) if waiting[reader] < size}
    first = Read.objects.filter(project=project, phase=Read.Phase.BLIND, superseded_by=None, reader__in=readers)
    first = first.filter(created_at__lte=since, image__in=_again(project))
    for excluded in (own, seen, again, met):
        first = first.exclude(Exists(excluded))
    rows = first.order_by("image", "reader").values_list("image", "image__study__patient", "reader").distinct()
    return [Offer(image, patient, for_reader=reader) for image, patient, reader in rows]


def readers_of(project: Project) -> set[int]:
    """Who reads in the project."""
    members = Membership.objects.filter(project=project, role__in=READING, user__is_active=True)
    return set(members.values_list("user", flat=True))


def _again(project: Project) -> QuerySet[Image]:
    """Images of the project that can be read, and that are in nobody's hands and not in the queue."""
    taken = Assignment.objects.filter(project=project, image=OuterRef("pk"), state__in=OPEN)
    return readable_in(project).exclude(Exists(taken))


def _fresh(project: Project, images: QuerySet[Image]) -> list[tuple[UUID, int]]:
    """Those of the images, with their patients, that some reader could still read blind, in a fixed order."""
    readers, met = readers_of(project), met_by(project, Q(image__in=images))
    rows = images.order_by("pk").values_list("pk", "study__patient")
    return [(image, patient) for image, patient in rows if readers - met.get(image, set())]


def met_by(project: Project, which: Q) -> dict[UUID, set[int]]:
    """Image → who has read it, had it in hand, or been shown its answers or a prediction; `which`: of what has an image."""
    found: dict[UUID, set[int]] = defaultdict(set)
    read = Read.objects.filter(which, project=project).values_list("image", "reader")
    held = Assignment.objects.filter(which, project=project, state__in=MET).values_list("image", "reader")
    seen = AnswersSeen.objects.filter(which).values_list("image", "user")
    shown = Exposure.objects.filter(which).values_list("image", "user")
    for rows in (read, held, seen, shown):
        for image, who in rows:
            found[image].add(who)
    return found
