"""The content of a summary in words; sheet.py lays it out on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

import overread
from frontend.image_words import patient_context
from frontend.pages.image.comparison import FindingComparison, comparisons
from frontend.pages.image.picture import jpeg
from frontend.pages.image.regions import region_corners
from frontend.pages.read.suggestions import Suggestion
from inference.models import Prediction
from inference.queries import prediction_in_view, predictions_shown
from labeling.models import ExposureKind, Read
from labeling.queries.reads import newest_read
from labeling.queries.visibility import prediction_allowed
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project

PHASES = {
    Read.Phase.BLIND: lazy("before the model was shown"),
    Read.Phase.OPEN: lazy("with the model in view"),
    Read.Phase.REVEALED: lazy("with the model in view, after a first read without it"),
}


@dataclass(frozen=True)
class NumberedOutline:
    """A region's corners in widths of a pixel, with the number of its finding."""

    number: int
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class SummaryLine:
    """One finding of the table. `read`: whether it was read; if not, `answer` says so."""

    number: int
    name: str
    read: bool
    answer: str
    model: str
    compared: str


@dataclass(frozen=True)
class Summary:
    """Everything on the sheet. `facts` and `sources` are pairs of a name and its text; `notes` are sentences.

    `size` is the image's width and height in widths of a pixel; `suggested`: whether it includes a prediction.
    """

    language: str
    title: str
    project: str
    printed: str
    software: str
    facts: Sequence[tuple[str, str]]
    picture: bytes  # JPEG
    size: tuple[float, float]
    outlines: Sequence[NumberedOutline]
    lines: Sequence[SummaryLine]
    suggested: bool
    comment: str
    notes: Sequence[str]
    sources: Sequence[tuple[str, str]]


def summary_of(*, project: Project, image: Image, user: User, model: str | None) -> Summary:
    """The user's newest read, and a prediction they were shown. `model` is a pipeline's number, None for the one in use."""
    read = newest_read(project=project, image=image, reader=user)
    prediction = _shown(project, image, user, model)
    compared = comparisons(project=project, read=read, prediction=prediction)
    return Summary(
        language=get_language() or "en",
        title=_("Reading summary"),
        project=project.name,
        printed=moment(timezone.now()),
        software=f"Overread {overread.__version__}",
        facts=_facts(project, image),
        picture=jpeg(image),
        size=(image.columns, image.rows * image.pixel_aspect),
        outlines=_outlines(read, compared, image.pixel_aspect),
        lines=[_line(comparison, read, prediction) for comparison in compared],
        suggested=prediction is not None,
        comment=read.comment if read else "",
        notes=_notes(read, prediction),
        sources=_sources(user, read, prediction),
    )


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"


def _shown(project: Project, image: Image, user: User, model: str | None) -> Prediction | None:
    """The prediction that this user was shown, if they may see it now."""
    if not prediction_allowed(user=user, project=project, image=image):
        return None
    if model is None or not model.isascii() or not model.isdigit():
        return prediction_in_view(user=user, image=image, project=project)
    return predictions_shown(user=user, image=image, project=project).filter(pipeline__number=model).first()


def _facts(project: Project, image: Image) -> list[tuple[str, str]]:
    patient = patient_context(image, project)
    facts = [
        (_("Patient"), patient["pseudonym"]),
        (_("Age"), patient["age"] or _("not given")),
        (_("Sex"), patient["sex"] or _("not given")),
        (_("Modality"), image.modality),
        (_("View"), patient["view"]),
        (_("Laterality"), patient["laterality"]),
        (_("Indication"), patient["indication"]),
        (_("Acquired"), patient["interval"]),
        (_("Device"), patient["device"]),
        (_("Mind"), "; ".join(patient["notices"])),
        (_("Image"), str(image.pk)),
    ]
    return [(name, text) for name, text in facts if text]


def _outlines(read: Read | None, compared: Sequence[FindingComparison], aspect: float) -> list[NumberedOutline]:
    if read is None:
        return []
    numbers = {comparison.finding.pk: comparison.number for comparison in compared}
    return [
        NumberedOutline(numbers[region.finding_id], region_corners(region, aspect)) for region in read.regions.all()
    ]


def _line(comparison: FindingComparison, read: Read | None, prediction: Prediction | None) -> SummaryLine:
    answer = comparison.answer
    if not answer:
        # A finding added to the project after this read has no answer in it.
        answer = _("not asked then") if read else _("not read yet")
    return SummaryLine(
        number=comparison.number,
        name=comparison.finding.name,
        read=bool(comparison.answer),
        answer=answer,
        model=model_words(comparison.suggestion) if prediction else "",
        compared=comparison.verdict_words,
    )


def model_words(suggestion: Suggestion) -> str:
    """A probability beside its threshold, or that the model abstains, or a measured value with its interval."""
    if not suggestion:
        return _("says nothing of it")
    if "threshold_text" not in suggestion:
        more = suggestion.get("abstains_text"), suggestion.get("interval_text")
        return ", ".join(filter(None, (suggestion["probability_text"], *more)))
    if suggestion["above"]:
        words = _("%(number)s, above threshold %(threshold)s")
    else:
        words = _("%(number)s, below threshold %(threshold)s")
    return words % {"number": suggestion["probability_text"], "threshold": suggestion["threshold_text"]}


def _notes(read: Read | None, prediction: Prediction | None) -> list[str]:
    notes = []
    if read is None:
        notes.append(_("This image is not read yet."))
    if prediction is None:
        notes.append(_("No model suggestion is part of this summary."))
    return notes


def phase_words(read: Read) -> str:
    """Whether the reader had the model in view."""
    shown = any(answer.exposure == ExposureKind.SHOWN for answer in read.answers.all())
    # A case opened again is read without the model in view, by somebody who remembers it.
    if read.phase == Read.Phase.BLIND and shown:
        return _("without the model in view, which had been shown before")
    return str(PHASES[Read.Phase(read.phase)])


def _sources(user: User, read: Read | None, prediction: Prediction | None) -> list[tuple[str, str]]:
    """The reader with time and phase, and the model with its checksum."""
    sources = []
    if read:
        sources.append((_("Reader"), f"{user}, {moment(read.created_at)}, {phase_words(read)}"))
        if read.reason:
            sources.append((_("Amended"), read.reason))
    if prediction:
        version = prediction.pipeline.classifier
        model = _("%(model)s, %(network)s, checksum %(checksum)s, suggestion of %(at)s") % {
            "model": prediction.pipeline.name,
            "network": version.architecture,
            "checksum": version.bundle[:8],
            "at": moment(prediction.created_at),
        }
        sources.append((_("Model"), model))
    return sources
