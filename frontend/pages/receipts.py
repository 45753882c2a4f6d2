"""A reader's own receipts: what became of their reads, how far others agree, how often the model swayed them.

Theirs alone: the page shows nobody else's, to nobody.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.pages.read.suggestions import suggestion_context
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
from training.queries import AnswerFeedback, ReadFeedback, latest_reads, reads_feedback

ON_A_PAGE = 20


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project, reader = project_for(person(request), slug, "labeling.read"), person(request)
    shown = Paginator(latest_reads(project=project, reader=reader), ON_A_PAGE).get_page(request.GET.get("page"))
    in_use = champion_of(project)
    context = {
        "project": project,
        "page": shown,
        "rows": [row(each, reader, in_use) for each in reads_feedback(project=project, reads=list(shown))],
        "agreement": agreement_with_others(project=project, reader=reader),
        "switching": answer_switching(project=project, reader=reader),
    }
    return render(request, "receipts.html", context)


def row(receipt: ReadFeedback, reader: User, in_use: Pipeline | None) -> dict[str, Any]:
    """One read. What the model in use says now is told only of a case whose model this reader has seen, and recorded."""
    now = _now(receipt.read, reader, in_use) if receipt.told else None
    return {
        "receipt": receipt,
        "code": receipt.read.image.code,
        "told": [told(reply, now) for reply in receipt.told],
        "in_use": in_use,
    }


def told(reply: AnswerFeedback, now: Prediction | None) -> dict[str, Any]:
    finding, label = reply.answer.finding, reply.label
    said = now.outputs.get(finding.slug) if now else None
    return {
        "finding": finding.name,
        "answer": in_words(finding, reply.answer.value),
        "first": in_words(finding, reply.first) if reply.first and reply.changed else "",
        "then": suggestion_context(reply.model),
        "held": answer_words(finding, label.value) if label and not label.disputed else "",
        "disputed": bool(label and label.disputed),
        "readers": label.readers if label else 0,
        "now": suggestion_context(said) if said else None,
        "now_model": now.pipeline.name if now else "",
    }


def in_words(finding: Finding, value: str) -> str:
    """A stored answer in the reader's language; a measurement with its unit."""
    return answer_words(finding, answer_number(finding, value))


def _now(read: Read, reader: User, in_use: Pipeline | None) -> Prediction | None:
    """What the model in use says, where it is another than the one in view then."""
    if in_use is None or read.prediction is None or read.prediction.pipeline_id == in_use.pk:
        return None
    try:
        prediction = prediction_ensure(pipeline=in_use, image=read.image)
    except NotScored:
        return None
    exposure_record(prediction=prediction, user=reader)
    return prediction
