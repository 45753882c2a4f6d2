"""What a user may see of an image: predictions, others' answers, the reason why it waits."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from labeling.models import Assignment, Read
from labeling.queries.blind_first import reads_blind
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project
from overread.rows import PreparedQuery, whether


def _waiting_blind(project: Project) -> QuerySet[Assignment]:
    over = [Assignment.State.DONE, Assignment.State.WITHDRAWN, Assignment.State.ESCALATED]
    waiting = Assignment.objects.filter(project=project, blind=True, for_reader=None)
    return waiting.exclude(state__in=over)


def _repeats_waiting(project: Project, reader: User) -> QuerySet[Assignment]:
    """The repeats that wait for this reader, or that they have open and not answered."""
    waiting = (Assignment.State.QUEUED, Assignment.State.CLAIMED, Assignment.State.DEFERRED)
    return Assignment.objects.filter(project=project, for_reader=reader, state__in=waiting)


READ_AGAIN = PreparedQuery(
    lambda project, reader, image: _repeats_waiting(project, reader).filter(image=image), Project, User, Image
)
READ = PreparedQuery(
    lambda project, reader, image: Read.objects.filter(project=project, reader=reader, image=image),
    Project,
    User,
    Image,
)
WAITS_BLIND = PreparedQuery(lambda project, image: _waiting_blind(project).filter(image=image), Project, Image)


def prediction_allowed(*, user: User, project: Project, image: Image) -> bool:
    """Whether a prediction of this image may leave the server for this user.

    A reader of the project gets none before their own first read is stored if the image is read blind first, or waits to
    be. They get none while the image waits for them to read it again.
    """
    if not user.has_perm("labeling.read", project):
        return True
    again, read, waits = whether(
        (READ_AGAIN, (project, user, image)), (READ, (project, user, image)), (WAITS_BLIND, (project, image))
    )
    if again or read:
        return not again
    return not waits and not reads_blind(project=project, image=image, purpose="single")


def answers_withheld(*, user: User, project: Project) -> QuerySet[Assignment, UUID]:
    """Images of which this user may see only their own answers yet: they wait to be read blind, perhaps by this user."""
    if not user.has_perm("labeling.read", project):
        return Assignment.objects.none().values_list("image", flat=True)
    own = Read.objects.filter(project=project, image=OuterRef("image"), reader=user)
    waiting = _waiting_blind(project).exclude(Exists(own)) | _repeats_waiting(project, user)
    return waiting.values_list("image", flat=True)


def reason_allowed(*, project: Project, reader: User) -> Q:
    """A condition on assignments: this reader may know why the case is there, by the rules of `prediction_allowed`."""
    own = Exists(Read.objects.filter(project=project, image=OuterRef("image"), reader=reader))
    again = Exists(_repeats_waiting(project, reader).filter(image=OuterRef("image")))
    if project.blind_first == BlindFirst.ALWAYS:
        return Q(own) & ~Q(again)
    waits = Exists(_waiting_blind(project).filter(image=OuterRef("image")))
    return ~Q(again) & (Q(own) | (Q(blind=False) & ~Q(waits)))
