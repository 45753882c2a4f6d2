"""A member decides that an image is predicted and learned from, although a stage of the pipeline abstains from it."""

from __future__ import annotations

from django.db import transaction

from inference.jobs import overruled_request
from inference.models import Overrule
from inference.queries.champions import champion_of
from inference.queries.stages import abstained_among
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.models import Project


class NothingToOverrule(Exception):
    """The model in use does not abstain from this image, or no reason is given. The text says which."""


@transaction.atomic
def overrule(*, project: Project, image: Image, by: User, reason: str) -> Overrule:
    """Have the image predicted and learned from from now on. Kept with its reason; a second call changes nothing.

    Raises NothingToOverrule.
    """
    if found := Overrule.objects.filter(project=project, image=image).first():
        return found
    if not reason.strip():
        raise NothingToOverrule("Say why this image is to be predicted; it goes into the record.")
    champion = champion_of(project)
    if champion is None or not abstained_among(champion, [image.pk]):
        raise NothingToOverrule("The model in use does not abstain from this image.")
    made, new = Overrule.objects.get_or_create(
        project=project, image=image, defaults={"by": by, "reason": reason.strip()}
    )
    if not new:
        return made
    event_append(verb="image.overrule", actor=by, target=image, project=project.pk, reason=made.reason)
    overruled_request(pipeline=champion, image=image.pk, requested_by=by)
    return made
