"""Making waiting cases blind when the project's policy changes to ask for it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from inference.models import Exposure
from labeling.models import Assignment, Read
from labeling.queries.blind_first import reads_blind
from labeling.services.urgency import STANDING, urgency_ask
from overread.jobs.running import Lease
from overread.projects.models import Project


def blind_mark(*, project: Project, lease: Lease | None = None) -> int:
    """Make every standing case blind that the policy now wants read blind first. Returns how many.

    That is every such case that waits, or whose holder has neither seen a prediction of it nor answered it. No case is made
    open: one that was queued blind stays blind.
    """
    with lease.finishing() if lease else transaction.atomic():
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        standing = Assignment.objects.filter(project=project, state__in=STANDING, blind=False)
        cases = list(standing.select_related("image__study__patient"))
        asked = [case.pk for case in cases if reads_blind(project=project, image=case.image, purpose=case.purpose)]
        seen = Exposure.objects.filter(user=OuterRef("reader"), image=OuterRef("image"))
        answered = Read.objects.filter(assignment=OuterRef("pk"), reader=OuterRef("reader"))
        # Checked by the update itself: a reader may be shown the prediction at any moment.
        untouched = Q(reader=None) | (~Exists(seen) & ~Exists(answered))
        marked = standing.filter(untouched, pk__in=asked).update(blind=True)
        if marked:
            urgency_ask(project=project)  # a suspicion may have moved them that must not move a blind case
        return marked
