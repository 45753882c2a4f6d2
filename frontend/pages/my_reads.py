"""A reader's own reads: what became of them, how often others agree, how often the model changed an answer.

Readers see only their own; nobody else sees theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.pages.read.suggestions import Suggestion, suggestion_context
from frontend.people import person
from inference.models import Pipeline, Prediction
from inference.queries import champion_of
from inference.services import exposure_record, prediction_ensure
from inference.services.predictions import NotScored
from labeling.models import Read
from labeling.queries.reader_statistics import agreement_with_others, answer_switching
from labeling.values import answer_number, answer_words
from overread.accounts.models import User
from overread.projects.models import Finding
from overread.projects.queries import project_for
from training.queries.runs import AnswerFeedback, ReadFeedback, latest_reads, reads_feedback

READS = 20  # a page


class AnswerView(TypedDict):
    """One answer. `first`: the blind answer, if another followed. `held`: the reference label, "" without a settled one.

    `then` is the suggestion that was in view, `now` that of the model in use, None if it is the same model.
    """

    finding: str
    answer: str
    first: str
    then: Suggestion
    held: str
    disputed: bool
    readers: int
    now: Suggestion | None
    now_model: str


@dataclass(frozen=True)
class ReadRow:
    """One read with its answers, as far as they may be told."""

    feedback: ReadFeedback
    code: str
    told: list[AnswerView]
    in_use: Pipeline | None


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    reader = person(request)
    project = project_for(reader, slug, "labeling.read")
    shown = Paginator(latest_reads(project=project, reader=reader), READS).get_page(request.GET.get("page"))
    in_use = champion_of(project)
    feedback = reads_feedback(project=project, reads=list(shown))
    context = {
        "project": project,
        "page": shown,
        "rows": [row(each, reader, in_use) for each in feedback],
        "agreement": agreement_with_others(project=project, reader=reader),
        "switching": answer_switching(project=project, reader=reader),
    }
    return render(request, "my_reads.html", context)


def row(feedback: ReadFeedback, reader: User, in_use: Pipeline | None) -> ReadRow:
    now = None
    # Only of a case whose model this reader has seen: any other may come back to be read blind.
    if feedback.told:
        now = _now(feedback.read, reader, in_use)
    answers = [answer_view(each, now) for each in feedback.told]
    return ReadRow(feedback, feedback.read.image.code, answers, in_use)


def answer_view(feedback: AnswerFeedback, now: Prediction | None) -> AnswerView:
    finding = feedback.answer.finding
    view: AnswerView = {
        "finding": finding.name,
        "answer": in_words(finding, feedback.answer.value),
        "first": "",
        "then": suggestion_context(feedback.model),
        "held": "",
        "disputed": False,
        "readers": 0,
        "now": None,
        "now_model": now.pipeline.name if now else "",
    }
    if feedback.first and feedback.changed:
        view["first"] = in_words(finding, feedback.first)
    if label := feedback.label:
        view["readers"] = label.readers
        view["disputed"] = label.disputed
        if not label.disputed:
            view["held"] = answer_words(finding, label.value)
    if now and finding.slug in now.outputs:
        view["now"] = suggestion_context(now.outputs[finding.slug])
    return view


def in_words(finding: Finding, value: str) -> str:
    """A stored answer in the reader's language; a measurement with its unit."""
    return answer_words(finding, answer_number(finding, value))


def _now(read: Read, reader: User, in_use: Pipeline | None) -> Prediction | None:
    """The prediction of the model in use, recorded as shown; None if it was in view then, or has not scored the image."""
    if in_use is None or read.prediction is None or read.prediction.pipeline_id == in_use.pk:
        return None
    try:
        prediction = prediction_ensure(pipeline=in_use, image=read.image)
    except NotScored:
        return None
    # Recorded before it is shown: the reader may get this image again, and is not blind to this model any more.
    exposure_record(prediction=prediction, user=reader)
    return prediction
