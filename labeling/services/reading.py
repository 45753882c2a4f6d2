"""Storing a read. One that is answered with success is on disk together with its audit event and its jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.models import Prediction
from inference.queries import in_view, prediction_find, predictions_shown_anywhere
from labeling.contradiction import contradicted_value
from labeling.jobs import labels_request
from labeling.models import (
    Answer,
    Assignment,
    Contradiction,
    ExposureKind,
    Holding,
    Measurement,
    Purpose,
    Read,
    Region,
)
from labeling.queries.assignments import assignment_given
from labeling.services.answers import Answers, answers_check
from labeling.services.release import AssignmentGone
from labeling.values import AnswerInvalid
from overread import rows
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.projects.models import Finding, Project
from overread.projects.queries import findings_of

State = Assignment.State


class NotGiven(AssignmentGone):
    """The case was never given to this reader."""


class PredictionUnseen(AssignmentGone):
    """A second answer after a blind read, before the prediction has been shown to the reader."""


# Compiled once, since every case takes this path.
EARLIER = rows.Select(
    Read,
    also=["EXISTS (SELECT 1 FROM labeling_read AS later WHERE later.supersedes_id = labeling_read.id)"],
    rest="FROM labeling_read WHERE (reader_id = %s AND key = %s) OR (reader_id = %s AND assignment_id = %s)",
)


@dataclass(frozen=True)
class ReadContext:
    """What is known of a case while its reader's answer is stored: their earlier reads of it, and what they were shown."""

    assignment: Assignment
    reader: User
    findings: Mapping[str, Finding]  # by slug
    earlier: Sequence[tuple[Read, bool]]  # with whether another supersedes it
    shown: Sequence[Prediction]  # last shown first

    def standing(self, phase: Read.Phase) -> Read | None:
        """The reader's standing read of this phase."""
        return next((read for read, superseded in self.earlier if read.phase == phase and not superseded), None)

    @property
    def read_blind(self) -> bool:
        return any(read.phase == Read.Phase.BLIND for read, _ in self.earlier)


def read_submit(*, assignment: Assignment, reader: User, answers: Answers, key: UUID) -> Read:
    """Like `read_store`, for an assignment that is loaded already. Returns the Read alone."""
    stored, _new = read_store(
        project=assignment.project, assignment=assignment.pk, reader=reader, answers=answers, key=key
    )
    return stored


@transaction.atomic
def read_store(*, project: Project, assignment: UUID, reader: User, answers: Answers, key: UUID) -> tuple[Read, bool]:
    """Store one reader's answers and everything that follows from them. Returns the Read, and whether it is new.

    Repeating a call with the same key returns the first Read. A lapsed lease loses nothing: if nobody else took the case,
    the answer counts as in time; otherwise it is kept as an extra read. A second answer of the same phase supersedes the
    first; one given after the reveal stands beside the blind one.
    Raises AnswerMissing if a finding is unanswered that was asked when the case was given, AnswerInvalid if an answer or a
    region does not fit, NotGiven if the case was never given to this reader, PredictionUnseen if the case is revealed and
    they have not seen the prediction.
    """
    case = assignment_given(project=project, reader=reader, pk=assignment, lock=True)
    if case is None:
        raise NotGiven(_("This case was not given to you."))
    # Its row is locked: whatever else answers this case, in another tab or sent twice, is there already or waits.
    earlier = EARLIER.rows(reader.pk, key, reader.pk, case.pk)
    for read, _superseded in earlier:
        if read.key == key:
            return _same_or_refuse(read, case), False
    context = ReadContext(
        case,
        reader,
        findings={finding.slug: finding for finding in findings_of(project)},
        earlier=earlier,
        shown=predictions_shown_anywhere(user=reader, image=case.image),
    )
    answers_check(answers, context.findings, _asked(context.findings, case, reader), case.image)
    mine = _standing(case, reader)
    phase = _phase(context, mine)
    prediction = _in_view(context, phase, answers.seen)
    contradictions = _contradictions(context, phase, prediction, answers)
    read = Read(
        assignment=case,
        project=project,
        image=case.image,
        reader=reader,
        key=key,
        phase=phase,
        prediction=prediction,
        supersedes=context.standing(phase),
        extra=not mine,
        comment=answers.comment.strip(),
        reason=case.amending if mine else "",
        confidence=answers.confidence,
        active_ms=min(max(answers.active_ms, 0), 2**31 - 1),
        level=answers.level,
    )
    # The lock is the case's, so the same key may be used for another case at this very moment: the index refuses one.
    if not rows.insert(read):
        raise _key_used()
    _store_answers(context, read, answers, contradictions)
    if mine:
        _advance(case, reader, phase)
    event_append(verb="read.submit", actor=reader, target=read, project=project.pk, phase=phase, extra=read.extra)
    labels_request(read=read)
    return read, True


def _insert(new: Sequence[models.Model]) -> None:
    """Insert all of them. Raises IntegrityError if one exists already: a read is stored as a whole or refused."""
    if new and rows.insert_all(new) != len(new):
        raise IntegrityError(f"A {type(new[0]).__name__} of this read is there already.")


def _key_used() -> AnswerInvalid:
    return AnswerInvalid({"key": _("This key was used for another case. Make a new one.")})


def _same_or_refuse(earlier: Read, assignment: Assignment) -> Read:
    if earlier.assignment_id != assignment.pk:
        raise _key_used()
    earlier.assignment = assignment
    return earlier


def _asked(findings: Mapping[str, Finding], assignment: Assignment, reader: User) -> set[str]:
    """The slugs of the findings that need an answer.

    One that joined the project after the case was given may be left out: the reader's page may not know of it.
    """
    added = {slug: finding.added_at for slug, finding in findings.items() if finding.added_at}
    if not added:
        return set(findings)
    given = Holding.objects.filter(assignment=assignment, reader=reader).aggregate(at=Max("at"))["at"]
    asked = set()
    for slug in findings:
        if slug not in added or (given and added[slug] <= given):
            asked.add(slug)
    return asked


def _standing(assignment: Assignment, reader: User) -> bool:
    """Whether the case is still this reader's to finish."""
    if assignment.state == State.QUEUED:
        return True  # the lease lapsed and the case is still free: the late answer is in time
    theirs = assignment.reader_id == reader.pk
    return theirs and assignment.state in (*Assignment.RESERVED, State.DONE, State.WITHDRAWN)


def held_elsewhere(assignment: Assignment, reader: User) -> bool:
    """Whether this reader holds, or has put aside, another case of the same image."""
    same = Assignment.objects.filter(project=assignment.project, image=assignment.image).exclude(pk=assignment.pk)
    return same.filter(reader=reader, state__in=Assignment.RESERVED).exists()


def _phase(context: ReadContext, mine: bool) -> Read.Phase:
    assignment = context.assignment
    if not assignment.blind:
        return Read.Phase.OPEN
    if context.read_blind and context.shown:
        return Read.Phase.REVEALED
    if mine and assignment.state == State.REVEALED and _reveals(assignment, context.reader):
        told = _(
            "Your blind read is stored. See the prediction first, images/%(image)s/prediction/, then confirm or correct it."
        )
        raise PredictionUnseen(told % {"image": assignment.image_id})
    return Read.Phase.BLIND


def _reveals(assignment: Assignment, reader: User) -> bool:
    """Whether there is a prediction that this reader may be shown after their blind read."""
    scored = prediction_find(project=assignment.project, image=assignment.image) is not None
    return scored and not held_elsewhere(assignment, reader)


def _in_view(context: ReadContext, phase: Read.Phase, seen: UUID | None) -> Prediction | None:
    """The prediction that was shown to the reader with the case; a blind read has none in view."""
    if phase == Read.Phase.BLIND:
        return None
    return in_view(context.shown, project=context.assignment.project, named=seen)


def _contradictions(
    context: ReadContext, phase: Read.Phase, prediction: Prediction | None, answers: Answers
) -> dict[str, Contradiction]:
    """For each blind answer that the model strongly contradicts: kept or changed.

    Raises AnswerInvalid if the model strongly contradicts an answer and the reader has not said that they keep it.
    """
    if phase != Read.Phase.REVEALED or prediction is None or not context.assignment.project.ask_contradictions:
        return {}
    blind: dict[str, str] = {}
    if first := context.standing(Read.Phase.BLIND):
        blind = dict(first.answers.values_list("finding__slug", "value"))
    found: dict[str, Contradiction] = {}
    unsaid: dict[str, str] = {}
    for slug, output in prediction.outputs.items():
        against = contradicted_value(output)
        if against is None:
            continue
        contradicted = answers.values.get(slug) == against
        if contradicted and slug not in answers.kept:
            # The page has a key for it, unless the project began to ask while the case was open.
            unsaid[slug] = _(
                "The model says otherwise. Say that you keep your answer, or change it. "
                "If the page has no key for that, reload it: your answers stay."
            )
        if blind.get(slug) == against:
            found[slug] = Contradiction.KEPT if contradicted else Contradiction.CHANGED
    if unsaid:
        raise AnswerInvalid(unsaid)
    return found


def _store_answers(
    context: ReadContext, read: Read, answers: Answers, contradictions: Mapping[str, Contradiction]
) -> None:
    """Store the answers, regions and measurements of a read."""
    shown: set[str] = set()
    for prediction in context.shown:
        shown |= set(prediction.outputs)
    origin = "adjudicated" if context.assignment.purpose == Purpose.ADJUDICATE else "read"
    given = []
    for slug, finding in context.findings.items():
        if slug not in answers.values:
            continue
        answer = Answer(
            read=read,
            finding=finding,
            value=answers.values[slug],
            origin=origin,
            bulk=slug in answers.bulk,
            contradiction=contradictions.get(slug, ""),
            exposure=ExposureKind.SHOWN if slug in shown else ExposureKind.NONE,
        )
        given.append(answer)
    regions = [
        Region(
            read=read,
            finding=context.findings[region.finding],
            kind=region.kind,
            points=[list(point) for point in region.points],
            frame=region.frame,
        )
        for region in answers.regions
    ]
    measurements = [
        Measurement(
            read=read,
            kind=each.kind,
            points=[list(point) for point in each.points],
            frame=each.frame,
            result=each.result,
        )
        for each in answers.measurements
    ]
    # At hand, or whoever shows the read just stored would query each of these again.
    stored: dict[str, Sequence[models.Model]] = {"answers": given, "regions": regions, "measurements": measurements}
    for name, new in stored.items():
        _insert(new)
        rows.at_hand(read, name, list(new))


def _advance(assignment: Assignment, reader: User, phase: Read.Phase) -> None:
    """After a blind read, reveal the model if it has a prediction. After any other read, the case is done."""
    now = timezone.now()
    assignment.reader = reader  # a late answer to a case that had lapsed takes it back
    assignment.version += 1
    assignment.amending = ""
    if phase == Read.Phase.BLIND and _reveals(assignment, reader):
        assignment.state = State.REVEALED
        assignment.lease_until = now + timedelta(minutes=assignment.project.lease_minutes)
        assignment.finished_at = None
    else:
        assignment.state = State.DONE
        assignment.lease_until = None
        assignment.finished_at = now
    rows.update(assignment, "state", "reader_id", "version", "lease_until", "finished_at", "amending")
