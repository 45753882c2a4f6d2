"""Finding cases by their key, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from labeling.models import Assignment
from overread.accounts.models import User
from overread.archive.models import Image, Patient, Rendering, Study
from overread.projects.models import Project
from overread.rows import Select

# What a page needs to draw a case. The rows of a `Select` from CASES come in this order.
CASE = (Assignment, Image, Study, Patient, Rendering)
CASES = """
    FROM labeling_assignment
    JOIN archive_image ON archive_image.id = labeling_assignment.image_id
    JOIN archive_study ON archive_study.id = archive_image.study_id
    JOIN archive_patient ON archive_patient.id = archive_study.patient_id
    LEFT JOIN archive_rendering ON archive_rendering.image_id = archive_image.id
"""
OF_READER = f"""
    {CASES} LEFT JOIN accounts_user ON accounts_user.id = labeling_assignment.reader_id
    WHERE labeling_assignment.project_id = %s AND labeling_assignment.id = %s AND EXISTS (
        SELECT 1 FROM labeling_holding
        WHERE labeling_holding.assignment_id = labeling_assignment.id AND labeling_holding.reader_id = %s
    )
"""
GIVEN = Select(*CASE, User, rest=OF_READER)
GIVEN_LOCKED = Select(*CASE, User, rest=OF_READER, locked="labeling_assignment")


def case_of(project: Project, assignment: Assignment, found: Sequence[Any]) -> Assignment:
    """The assignment with its image, study, patient and rendering set, so that no query fetches them later."""
    image, study, patient, rendering = found
    study.patient = patient
    image.study = study
    assignment.project = project
    assignment.image = image
    Image._meta.get_field("rendering").set_cached_value(image, rendering)  # None as well, which saves a query later
    return assignment


def assignment_given(*, project: Project, reader: User, pk: UUID, lock: bool = False) -> Assignment | None:
    """A case that was ever given to this reader, with what its page shows. With `lock`, its row is locked."""
    given = GIVEN_LOCKED if lock else GIVEN
    for assignment, *case, holder in given.rows(project.pk, pk, reader.pk):
        assignment.reader = holder
        return case_of(project, assignment, case)
    return None


def assignment_in(*, project: Project, pk: UUID) -> Assignment | None:
    """A case of the project, whichever reader has it."""
    return Assignment.objects.select_related("project", "image__study__patient").filter(project=project, pk=pk).first()


def assignments_of(*, project: Project, reader: User, pks: Sequence[UUID]) -> QuerySet[Assignment]:
    """Those of these cases that this reader holds, or was the last to hold."""
    return Assignment.objects.filter(project=project, reader=reader, pk__in=pks)
