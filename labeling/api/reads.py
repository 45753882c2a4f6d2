"""Reads: what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import Answer, Read
from labeling.queries.visibility import answers_withheld
from labeling.services import AssignmentGone, NoReason, NotGiven, NotSent, PredictionUnseen, answers_seen_record
from labeling.submission import MeasurementSerializer, RegionSerializer
from labeling.values import AnswerInvalid
from overread.api import Problem
from overread.projects.api import ProjectView


@contextmanager
def refusing() -> Iterator[None]:
    """Turns refusals into problems.

    422 for answers that do not fit, 404 for a case that was never the reader's, 409 for one that is no longer theirs or
    whose prediction they have not seen yet.
    """
    try:
        yield
    except AnswerInvalid as wrong:
        raise Problem("The read was not stored.", str(wrong), errors=wrong.errors) from wrong
    except (NotSent, NoReason) as refusal:
        raise Problem("Not done.", str(refusal)) from refusal
    except NotGiven as stranger:
        raise Http404("No such case.") from stranger
    except PredictionUnseen as unseen:
        raise Problem("See the prediction first.", str(unseen), status=409) from unseen
    except AssignmentGone as gone:
        raise Problem("Not your case.", str(gone), status=409) from gone


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    finding = serializers.CharField(source="finding.slug")

    class Meta:
        model = Answer
        fields = ["finding", "value", "exposure", "origin", "bulk", "contradiction"]


class ReadSerializer(serializers.ModelSerializer[Read]):
    reader = serializers.CharField()
    model = serializers.IntegerField(
        source="prediction.pipeline.number", default=None, allow_null=True, help_text="What was in view."
    )
    answers = AnswerSerializer(many=True)
    regions = RegionSerializer(many=True)
    measurements = MeasurementSerializer(many=True)

    class Meta:
        model = Read
        fields = [
            "id",
            "assignment",
            "image",
            "reader",
            "phase",
            "model",
            "supersedes",
            "extra",
            "comment",
            "reason",
            "confidence",
            "active_ms",
            "level",
            "created_at",
            "answers",
            "regions",
            "measurements",
        ]


class ReadFilter(filters.FilterSet):  # type: ignore[misc]
    image = filters.UUIDFilter(field_name="image_id")
    assignment = filters.UUIDFilter(field_name="assignment_id")


class Reads(ProjectView):
    permission = "projects.view"
    queryset = Read.objects.none()
    filterset_class = ReadFilter

    @extend_schema("read_list", responses=ReadSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """My reads, newest first; everybody's for adjudicators, ML engineers and administrators.

        A reader gets no answers of others to an image that waits to be read blind until they have read it.
        """
        return self.paged(self._reads(), ReadSerializer)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """A page of reads. Others' answers on it are recorded as seen before they leave."""
        page: list[Any] | None = super().paginate_queryset(queryset)
        answers_seen_record(
            user=self.user, images=[read.image_id for read in page or () if read.reader_id != self.user.pk]
        )
        return page

    def _reads(self) -> QuerySet[Read]:
        reads = Read.objects.filter(project=self.project).select_related("reader", "prediction__pipeline")
        reads = reads.prefetch_related("answers__finding", "regions__finding", "measurements")
        mine = Q(reader=self.user)
        if not self.user.has_perm("labeling.view", self.project):
            return reads.filter(mine)
        return reads.filter(mine | ~Q(image__in=answers_withheld(user=self.user, project=self.project)))
