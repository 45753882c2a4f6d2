"""Reads: what was answered, and how an answer travels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import Answer, Confidence, Measurement, Read
from labeling.queries.sight import answers_withheld
from labeling.services import (
    Answers,
    AssignmentGone,
    Measured,
    NoReason,
    NotSent,
    PredictionUnseen,
    RegionDrawn,
    answers_show,
)
from labeling.values import AnswerInvalid
from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api import ProjectView

Given = tuple[str, bool, bool]


@contextmanager
def refusing() -> Iterator[None]:
    """The reading room's refusals as problems: 422 with what does not fit, 409 when it is not their case or its prediction is
    still to be seen.
    """
    try:
        yield
    except AnswerInvalid as wrong:
        raise Problem("The read was not stored.", str(wrong), errors=wrong.errors) from wrong
    except (NotSent, NoReason) as refusal:
        raise Problem("Not done.", str(refusal)) from refusal
    except PredictionUnseen as unseen:
        raise Problem("See the prediction first.", str(unseen), status=409) from unseen
    except AssignmentGone as gone:
        raise Problem("Not your case.", str(gone), status=409) from gone


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": 80},
            {"type": "number"},
            {
                "type": "object",
                "properties": {
                    "value": {"oneOf": [{"type": "string", "maxLength": 80}, {"type": "number"}]},
                    "bulk": {"type": "boolean"},
                    "kept": {
                        "type": "boolean",
                        "description": "I keep it against a model that strongly contradicts it.",
                    },
                },
                "required": ["value"],
            },
        ],
        "description": "absent, uncertain or present; an option; a number; or not_assessable.",
    }
)
class AnswerField(serializers.Field[Given, Any, Any, Any]):
    """An answer, alone or as {value, bulk, kept}: text of at most 80 characters or a number."""

    def to_internal_value(self, data: Any) -> Given:
        given = data if isinstance(data, dict) else {"value": data}
        value, bulk, kept = given.get("value"), given.get("bulk", False), given.get("kept", False)
        fits = isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) <= 80
        if (
            not fits
            or not isinstance(bulk, bool)
            or not isinstance(kept, bool)
            or set(given) - {"value", "bulk", "kept"}
        ):
            raise serializers.ValidationError(
                "Give at most 80 characters or a number, alone or as {value, bulk, kept}."
            )
        return str(value), bulk, kept


class RegionSerializer(Shape):
    finding = serializers.CharField(source="finding.slug", max_length=60)
    kind = serializers.ChoiceField(choices=["box", "polygon"])
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        max_length=500,
        help_text="[[x, y], …] in image pixels; a box has two corners.",
    )
    frame = serializers.IntegerField(
        default=0, min_value=0, max_value=9999, help_text="The frame it was drawn on, counted from 0."
    )


class MeasurementSerializer(Shape):
    kind = serializers.ChoiceField(choices=Measurement.Kind.choices)
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        max_length=3,
        help_text="[[x, y], …] in image pixels: two of a length, three of an angle, two corners of an ellipse, one point.",
    )
    frame = serializers.IntegerField(
        default=0, min_value=0, max_value=9999, help_text="The frame it was drawn on, counted from 0."
    )
    result = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="As the reader saw it: 34 mm at the detector."
    )


class SubmissionSerializer(Shape):
    key = serializers.UUIDField(help_text="Made by you: repeating a call with it makes no second read.")
    answers = serializers.DictField(child=AnswerField(), help_text="Finding → answer; every finding is answered.")
    regions = RegionSerializer(many=True, required=False, help_text="At most 200.")
    measurements = MeasurementSerializer(many=True, required=False, help_text="At most 50.")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    confidence = serializers.ChoiceField(
        choices=Confidence.choices, required=False, allow_blank=True, help_text="Of the read as a whole; optional."
    )
    active_ms = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    level = serializers.ChoiceField(choices=["half", "full"], required=False, help_text="The resolution on screen.")


def answers_of(body: dict[str, Any]) -> Answers:
    """The answers in a body of SubmissionSerializer."""
    return Answers(
        values={slug: value for slug, (value, _bulk, _kept) in body["answers"].items()},
        bulk=frozenset(slug for slug, (_value, bulk, _kept) in body["answers"].items() if bulk),
        kept=frozenset(slug for slug, (_value, _bulk, kept) in body["answers"].items() if kept),
        regions=tuple(
            RegionDrawn(
                region["finding"]["slug"], region["kind"], tuple((x, y) for x, y in region["points"]), region["frame"]
            )
            for region in body.get("regions", [])
        ),
        measurements=tuple(
            Measured(each["kind"], tuple((x, y) for x, y in each["points"]), each["frame"], each["result"])
            for each in body.get("measurements", [])
        ),
        comment=body.get("comment", ""),
        confidence=body.get("confidence", ""),
        active_ms=body.get("active_ms", 0),
        level=body.get("level", ""),
    )


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

        Nobody who reads gets others' answers to an image that waits to be read blind before they have read it.
        """
        return self.paged(self._reads(), ReadSerializer)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """What others have answered is on record as seen before it leaves."""
        page: list[Any] | None = super().paginate_queryset(queryset)
        answers_show(user=self.user, images=[read.image_id for read in page or () if read.reader_id != self.user.pk])
        return page

    def _reads(self) -> QuerySet[Read]:
        reads = Read.objects.filter(project=self.project).select_related("reader", "prediction__pipeline")
        reads = reads.prefetch_related("answers__finding", "regions__finding", "measurements")
        mine = Q(reader=self.user)
        if not self.user.has_perm("labeling.view", self.project):
            return reads.filter(mine)
        return reads.filter(mine | ~Q(image__in=answers_withheld(user=self.user, project=self.project)))
