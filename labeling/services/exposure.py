"""What readers have seen of each other's answers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from labeling.models import AnswersSeen
from overread.accounts.models import User


def answers_seen_record(*, user: User, images: Iterable[UUID]) -> None:
    """Record that this user is shown others' answers to these images. The first time for each image stands."""
    # Sorted, so that two requests that insert the same rows cannot deadlock.
    AnswersSeen.objects.bulk_create(
        (AnswersSeen(user=user, image_id=image) for image in sorted(set(images))), ignore_conflicts=True
    )
