"""Cases that readers send each other, and what became of them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from inference.models import Exposure
from labeling.models import Assignment, Purpose, Read, Sent
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Membership, Project, Role
from overread.projects.rules import READING
from overread.rows import PreparedQuery

State = Assignment.State
# Who outranks whom among those who read.
RANKS = {Role.ANNOTATOR: 1, Role.READER: 2, Role.ADJUDICATOR: 3}
# A reader who has an assignment of an image in one of these states is not offered the image again.
MET = (*Assignment.RESERVED, State.SKIPPED, State.ESCALATED)
# Composed once, since every case that is prepared asks whom it may go to.
ROLES_BESIDES = PreparedQuery(
    lambda project, reader: (
        Membership.objects.filter(project=project, user__is_active=True, role__in=sorted(READING))
        .exclude(user=reader)
        .values_list("role", flat=True)
    ),
    Project,
    User,
)
ROLES_OWN = PreparedQuery(
    lambda project, reader: Membership.objects.filter(project=project, user=reader).values_list("role", flat=True),
    Project,
    User,
)


def roles_besides(*, project: Project, reader: User) -> list[Role]:
    """The reading roles that somebody else holds: a case can go to these."""
    held = {role for (role,) in ROLES_BESIDES.found(project, reader)}
    return [role for role in Role if role in held]


def roles_above(*, project: Project, reader: User) -> list[Role]:
    """The roles that somebody else holds and that outrank the reader's own: a case can be escalated to these."""
    own = rank_of(project=project, reader=reader)
    return [role for role in roles_besides(project=project, reader=reader) if RANKS[role] > own]


def rank_of(*, project: Project, reader: User) -> int:
    """The rank of the reader's highest reading role; 0 if they have none."""
    return max((RANKS.get(Role(role), 0) for (role,) in ROLES_OWN.found(project, reader)), default=0)


def recipients(*, assignment: Assignment, sender: User, role: str, purpose: Purpose) -> QuerySet[User]:
    """The users who can read this image for a colleague: those to whom the queue would offer it (see open_cases.open_to)."""
    of_image = {"project": assignment.project, "image": assignment.image}
    members = Membership.objects.filter(user=OuterRef("pk"), project=assignment.project)
    people = User.objects.filter(Exists(members.filter(role__in=[role] if role else READING)), is_active=True)
    if purpose == Purpose.ADJUDICATE:
        people = people.filter(Exists(members.filter(role=Role.ADJUDICATOR)))
    if assignment.blind:
        people = people.exclude(Exists(Exposure.objects.filter(user=OuterRef("pk"), image=assignment.image)))
    met = Assignment.objects.filter(reader=OuterRef("pk"), state__in=MET, **of_image)
    read = Read.objects.filter(reader=OuterRef("pk"), **of_image)
    return people.exclude(pk=sender.pk).exclude(Exists(met)).exclude(Exists(read))


def opinion_waiting(*, assignment: Assignment, sender: User) -> bool:
    """Whether a second opinion that this reader asked for on this image is still to come."""
    asked = Assignment.objects.filter(project=assignment.project, image=assignment.image, sent_by=sender)
    return asked.filter(sent_as=Sent.OPINION, state__in=[State.QUEUED, *Assignment.RESERVED]).exists()


def sent_by(*, project: Project, reader: User) -> QuerySet[Assignment]:
    """The cases this reader has sent, newest first, each as its latest assignment: a skipped one is offered again as another."""
    later = Assignment.objects.filter(
        sent_from=OuterRef("sent_from"), sent_as=OuterRef("sent_as"), created_at__gt=OuterRef("created_at")
    )
    sent = Assignment.objects.filter(project=project, sent_by=reader).exclude(Exists(later))
    return sent.select_related("image__study__patient", "reader", "sent_from").order_by("-created_at")


def replies(*, image: Image, project: Project, reader: User) -> list[Read]:
    """The standing reads that colleagues gave at this reader's request, one of each colleague.

    Empty while this reader's own case of the image is open, so that neither answer influences the other.
    """
    mine = Assignment.objects.filter(project=project, image=image)
    if mine.filter(reader=reader, state__in=Assignment.RESERVED).exists():
        return []
    asked = mine.filter(sent_by=reader, state=State.DONE)
    reads = Read.objects.filter(assignment__in=asked, superseded_by=None).exclude(reader=reader)
    found = reads.select_related("reader", "assignment").prefetch_related("answers__finding").order_by("created_at")
    return list({read.reader_id: read for read in found}.values())
