"""Opening an image from elsewhere (a PACS, a RIS) by a signed token: the log holds who made one and who used it.

A token names a project and an image by their random keys and nothing else: no patient, no UID. It opens nothing for
whoever is not signed in and a member of the project, and nothing at all after settings.LAUNCH_SECONDS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.audit.services import event_append
from overread.projects.models import Project

SALT = "overread.launch"
STUDY, IMAGE = "s", "i"  # what a token opens: the newest image of the study, or this very one


class LaunchRefused(Exception):
    """The token opens nothing for this user. The reason is not told: forged, too old, foreign, or gone."""


@dataclass(frozen=True)
class Launch:
    token: str
    expires_at: datetime


@transaction.atomic
def launch_make(*, project: Project, image: Image, whole_study: bool, actor: User) -> Launch:
    """A token for an image of the project, or for the newest one of its study at the time it is opened."""
    opens = STUDY if whole_study else IMAGE
    token = TimestampSigner(salt=SALT).sign(f"{opens}{project.pk.hex}{image.pk.hex}")
    event_append(verb="launch.make", actor=actor, target=image, project=project.pk, study=whole_study)
    return Launch(token, timezone.now() + timedelta(seconds=settings.LAUNCH_SECONDS))


@transaction.atomic
def launch_open(*, token: str, user: User) -> tuple[Project, Image]:
    """What the token opens for this user now. Raises LaunchRefused."""
    opens, project_id, image_id = _named(token)
    project = Project.objects.filter(pk=project_id).first()
    if project is None or not user.has_perm("archive.view", project):
        raise LaunchRefused
    image = images_in(project).filter(pk=image_id).first()
    if image and opens == STUDY:
        image = images_in(project).filter(study=image.study_id).first()
    if image is None:
        raise LaunchRefused
    event_append(verb="launch.open", actor=user, target=image, project=project.pk)
    return project, image


def _named(token: str) -> tuple[str, UUID, UUID]:
    """What a token says, if it is ours and not too old. Raises LaunchRefused."""
    try:
        named = TimestampSigner(salt=SALT).unsign(token, max_age=settings.LAUNCH_SECONDS)
    except BadSignature as error:
        raise LaunchRefused from error
    return named[0], UUID(named[1:33]), UUID(named[33:])
