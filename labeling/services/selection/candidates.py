"""Which images may be chosen. Unread images come as arrays, a hundred thousand in a few queries; images to be read again
come one by one. For workers only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

import numpy as np
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from numpy.typing import NDArray

from inference.memmap_cache import ID, Ids, ids_of_text, uuids_of
from inference.models import Exposure, Pipeline
from labeling.models import AnswersSeen, Assignment, ExposureKind, Purpose, Read, ReferenceLabel, Selection
from labeling.queries.referrals import MET
from labeling.selection.draw import ARMS, CandidateList
from labeling.selection.reasons import CONTROL
from labeling.services.selection.pool import label_issues_of
from overread.archive.models import Enrolment, Image
from overread.archive.queries import readable_in
from overread.projects.models import Membership, Project
from overread.projects.rules import READING

State = Assignment.State
OPEN = (State.QUEUED, *Assignment.RESERVED)

# Rows in memory as Python objects at a time: a hundred thousand at once would take ten times what the arrays do.
ROWS_AT_ONCE = 10_000

# Origins of a label that is known without the project's own first readers, so that it can tell how they read.
KNOWN = ("imported", "adjudicated")

# Taken off the score of an image that one reader has read. Two label issues differ by less, so that these come first.
SINGLE_FIRST = 1.0


@dataclass(frozen=True)
class UnreadImages:
    """Images (N,), ascending by id, and the key of each one's patient (N,)."""

    images: Ids
    patients: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)

    def image(self, row: int) -> UUID:
        return uuids_of(self.images[row : row + 1])[0]


def unread_of(project: Project) -> QuerySet[Image]:
    """Images that may be chosen for training: ready, not of the reference set, not read, not labelled, not in the
    queue.
    """
    images = readable_in(project).filter(study__patient__reference=False)
    for taken in _taken(project):
        images = images.exclude(Exists(taken.filter(image=OuterRef("pk"))))
    return images


def unread_find(project: Project, *, before: Selection | None = None) -> UnreadImages:
    """The images of `unread_of` as arrays. With `before`, those that this selection queued count as unread, too."""
    enrolled = Enrolment.objects.filter(
        project=project, mismatch="", image__status=Image.Status.READY, image__study__patient__reference=False
    )
    # As text, since making a UUID of each of a hundred thousand rows takes longer than the query.
    rows = enrolled.annotate(hex=Cast("image_id", TextField())).values_list("hex", "image__study__patient")
    ids, patients = _arrays(rows)
    order = np.argsort(ids)
    # What is taken is subtracted as arrays; `unread_of` asks the same by three subqueries a row.
    taken = np.concatenate([_ids(rows) for rows in _taken(project, before)])
    free = order[~np.isin(ids[order], taken)]
    return UnreadImages(ids[free], patients[free])


def _arrays(found: QuerySet[Enrolment, tuple[str, int]]) -> tuple[Ids, NDArray[np.int64]]:
    """Images in hexadecimal and their patients as arrays, a few thousand rows in memory as objects at a time."""
    images = [np.empty(0, ID)]
    patients = [np.empty(0, np.int64)]
    rows = found.iterator(ROWS_AT_ONCE)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        images.append(ids_of_text([image for image, _patient in part]))
        patients.append(np.array([patient for _image, patient in part], np.int64))
    return np.concatenate(images), np.concatenate(patients)


def patients_waiting(project: Project, *, before: Selection | None = None) -> NDArray[np.int64]:
    """The keys of the patients (w,) whose images wait to be read, one for each image; without this selection's own.

    Empty while the queue is empty: a cap that counts what readers hold would keep the other images from them.
    """
    open_cases = Assignment.objects.filter(project=project, state__in=OPEN)
    if before is not None:
        open_cases = open_cases.exclude(selection=before)
    if not open_cases.filter(state=Assignment.State.QUEUED).exists():
        return np.empty(0, np.int64)
    images = open_cases.order_by().values_list("image", "image__study__patient").distinct()
    return np.array([patient for _image, patient in images], np.int64)


def _taken(
    project: Project, before: Selection | None = None
) -> tuple[QuerySet[Read], QuerySet[ReferenceLabel], QuerySet[Assignment]]:
    """What takes an image out of the candidates: a read, a label, a place in the queue."""
    queued = Assignment.objects.filter(project=project).exclude(state=Assignment.State.WITHDRAWN)
    if before is not None:
        queued = queued.exclude(selection=before)
    return Read.objects.filter(project=project), ReferenceLabel.objects.filter(project=project), queued


def _ids(rows: QuerySet[Read] | QuerySet[ReferenceLabel] | QuerySet[Assignment]) -> Ids:
    hexadecimal = rows.order_by().annotate(hex=Cast("image_id", TextField())).values_list("hex", flat=True)
    return ids_of_text(list(hexadecimal.distinct()))


@dataclass(frozen=True)
class Candidate:
    """An image that could be read again: its patient, its score if the arm ranks, and why."""

    image: UUID
    patient: int
    reason: str = CONTROL
    score: float = 0.0
    for_reader: int | None = None


def candidates_by_arm(
    project: Project, pipeline: Pipeline | None, sizes: Mapping[str, float], seed: int
) -> dict[str, list[Candidate]]:
    """Arm → its candidates, in the order of ARMS. sizes: arm → how many a batch is to have of it.

    An arm has none if a batch's share of it waits already, so that unread cases do not pile up. For repeats that is
    decided reader by reader.
    """
    found: dict[str, list[Candidate]] = {}
    waiting = Counter(Assignment.objects.filter(project=project, state=State.QUEUED).values_list("purpose", flat=True))
    for arm in ARMS:
        size = sizes.get(arm, 0.0)
        if size <= 0:
            continue
        if arm == Purpose.REPEAT:
            found[arm] = _repeats(project, size)
        elif waiting[arm] >= size:
            continue
        elif arm == Purpose.GOLD:
            found[arm] = _gold(project)
        elif arm == Purpose.RELABEL and pipeline is not None:
            found[arm] = _relabels(project, pipeline, seed)
    return found


def candidate_list(arm: str, candidates: list[Candidate]) -> CandidateList:
    """The candidates of an arm as arrays, as `draw.compose` takes them."""
    owners = np.array([candidate.patient for candidate in candidates], dtype=np.int64)
    if arm != Purpose.RELABEL:
        return CandidateList(owners)
    scores = np.array([candidate.score for candidate in candidates], dtype=float)
    return CandidateList(owners, "confident learning", scores)


def _gold(project: Project) -> list[Candidate]:
    """Images outside the reference set with an independent label, that some reader has not met."""
    known = ReferenceLabel.objects.filter(
        project=project, independent=True, exposure=ExposureKind.NONE, value__isnull=False, origin__in=KNOWN
    )
    images = _free(project).filter(Exists(known.filter(image=OuterRef("pk"))), study__patient__reference=False)
    return [Candidate(image, patient) for image, patient in _eligible(project, images)]


def _relabels(project: Project, pipeline: Pipeline, seed: int) -> list[Candidate]:
    """Images whose label the other labels contradict, those of a single reader first."""
    issues = {issue.image: issue for issue in label_issues_of(project, pipeline, seed)}
    images = _free(project).filter(pk__in=issues, study__patient__reference=False)
    read = ReferenceLabel.objects.filter(project=project, image__in=images, origin="read").order_by()
    readers = dict(read.values_list("image").annotate(most=Max("readers")))
    candidates = []
    for image, patient in _eligible(project, images.filter(pk__in=list(readers))):
        issue = issues[image]
        score = -issue.score
        if readers[image] == 1:
            score -= SINGLE_FIRST
        reason = f"Second look: the answer and the model's view of similar images differ on {issue.finding}"
        candidates.append(Candidate(image, patient, reason[:200], score))
    return candidates


def _repeats(project: Project, size: float) -> list[Candidate]:
    """What readers of the project read blind before the washout and have not met since. Nothing is repeated twice."""
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
    first = first.filter(created_at__lte=since, image__in=_free(project))
    for excluded in (own, seen, again, met):
        first = first.exclude(Exists(excluded))
    rows = first.order_by("image", "reader").values_list("image", "image__study__patient", "reader").distinct()
    return [Candidate(image, patient, for_reader=reader) for image, patient, reader in rows]


def readers_of(project: Project) -> set[int]:
    """Who reads in the project."""
    members = Membership.objects.filter(project=project, role__in=READING, user__is_active=True)
    return set(members.values_list("user", flat=True))


def _free(project: Project) -> QuerySet[Image]:
    """Images of the project that can be read, are not queued, and that no reader holds."""
    taken = Assignment.objects.filter(project=project, image=OuterRef("pk"), state__in=OPEN)
    return readable_in(project).exclude(Exists(taken))


def _eligible(project: Project, images: QuerySet[Image]) -> list[tuple[UUID, int]]:
    """Those of the images, with their patients, that some reader can still read blind, in a fixed order."""
    readers = readers_of(project)
    met = exposed_readers(project, Q(image__in=images))
    rows = images.order_by("pk").values_list("pk", "study__patient")
    return [(image, patient) for image, patient in rows if readers - met.get(image, set())]


def exposed_readers(project: Project, which: Q) -> dict[UUID, set[int]]:
    """Image → the users who have read it, held it, or been shown others' answers or a prediction.

    `which`: a condition on rows that have an `image`.
    """
    found: dict[UUID, set[int]] = defaultdict(set)
    read = Read.objects.filter(which, project=project).values_list("image", "reader")
    held = Assignment.objects.filter(which, project=project, state__in=MET).values_list("image", "reader")
    seen = AnswersSeen.objects.filter(which).values_list("image", "user")
    shown = Exposure.objects.filter(which).values_list("image", "user")
    for rows in (read, held, seen, shown):
        for image, who in rows:
            found[image].add(who)
    return found


def unreadable_withdraw(*, project: Project) -> int:
    """Withdraw cases that nobody can read any more. Returns how many.

    These are repeats whose reader has left or has read the image since, and second looks and known answers that every
    reader has met.
    """
    queued = Assignment.objects.filter(project=project, state=State.QUEUED)
    readers = readers_of(project)
    since = Read.objects.filter(
        project=project, image=OuterRef("image"), reader=OuterRef("for_reader"), created_at__gte=OuterRef("created_at")
    )
    repeats = queued.filter(purpose=Purpose.REPEAT)
    stale = repeats.filter(~Q(for_reader__in=readers) | Q(Exists(since))).values_list("pk", flat=True)
    others = list(queued.filter(purpose__in=[Purpose.GOLD, Purpose.RELABEL]).values_list("pk", "image"))
    met = exposed_readers(project, Q(image__in=[image for _case, image in others])) if others else {}
    unreadable = [case for case, image in others if not readers - met.get(image, set())]
    # Asked again whether they still wait: a reader may have taken one since.
    waiting = Assignment.objects.filter(pk__in=[*stale, *unreadable], state=State.QUEUED)
    return waiting.update(state=State.WITHDRAWN, version=F("version") + 1, finished_at=timezone.now())
