"""Readers who know the truth and err at a given rate. They claim and submit as people do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import numpy as np

from labeling.models import Assignment
from labeling.services import Answers, assignment_claim, read_submit
from overread.accounts.models import User
from overread.projects.models import Project

Truth = Mapping[UUID, Mapping[str, str]]
OPPOSITE = {"present": "absent", "absent": "present"}


def read_all(
    *, project: Project, truth: Truth, readers: Sequence[User], error_rate: float, rng: np.random.Generator
) -> Iterator[UUID]:
    """Let the readers take turns until no case waits for any of them. Yields the images that were read."""
    idle = 0  # readers in a row who found no case; one reader's answer can open a case for another
    while idle < len(readers):
        for reader in readers:
            assignment = assignment_claim(project=project, reader=reader)
            if assignment is None:
                idle += 1
                continue
            idle = 0
            values = {}
            for slug, value in truth[assignment.image_id].items():
                values[slug] = _answer_given(value, error_rate, rng)
            yield _submit(assignment, reader, values, rng)


def _submit(assignment: Assignment, reader: User, values: Mapping[str, str], rng: np.random.Generator) -> UUID:
    """Answer a case. Where the model is revealed after a blind read, the reader stands by that read."""
    while assignment.state in Assignment.HELD:
        # The key comes from the seed too, so that a seed repeats every stored read.
        read_submit(assignment=assignment, reader=reader, answers=Answers(values), key=UUID(bytes=rng.bytes(16)))
        before = assignment.state
        assignment.refresh_from_db()
        if before == assignment.state or assignment.state == Assignment.State.REVEALED:
            Assignment.objects.filter(pk=assignment.pk).update(state=Assignment.State.DONE, lease_until=None)
            break
    return assignment.image_id


def _answer_given(value: str, error_rate: float, rng: np.random.Generator) -> str:
    """The truth, or at the error rate its opposite. An answer that has no opposite is always true."""
    # Drawn for every answer, also where it changes nothing: the draws after it then do not depend on the answers.
    errs = rng.random() < error_rate
    if errs:
        return OPPOSITE.get(value, value)
    return value
