"""What a reader submits for a case, as JSON: one form for the reading page and for REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.models import Confidence, Measurement
from labeling.services import Answers, MeasurementDrawn, RegionDrawn
from labeling.values import AnswerInvalid
from overread.api.bodies import Shape

Given = tuple[str, bool, bool]  # value, bulk, kept


@dataclass(frozen=True)
class Submission:
    """A reader's answers to a case. Repeating it with the same key makes no second read."""

    key: UUID
    answers: Answers


def submission_read(body: Mapping[str, object], *, seen: UUID | None = None) -> Submission:
    """The submission in a body, checked by SubmissionSerializer. `seen`: the prediction that was in view.

    Raises AnswerInvalid with one entry per finding or member that does not fit.
    """
    form = SubmissionSerializer(data=body)
    if not form.is_valid():
        raise AnswerInvalid(_errors(form.errors))
    return submission_of(form.validated_data, seen=seen)


def submission_of(given: Mapping[str, Any], *, seen: UUID | None = None) -> Submission:
    """The submission in data that SubmissionSerializer has validated."""
    values: dict[str, str] = {}
    in_bulk = set()
    to_keep = set()
    for slug, (value, bulk, kept) in given["answers"].items():
        values[slug] = value
        if bulk:
            in_bulk.add(slug)
        if kept:
            to_keep.add(slug)
    answers = Answers(
        values=values,
        bulk=frozenset(in_bulk),
        kept=frozenset(to_keep),
        regions=tuple(_region(each) for each in given.get("regions", ())),
        measurements=tuple(_measured(each) for each in given.get("measurements", ())),
        comment=given.get("comment", ""),
        confidence=given.get("confidence", ""),
        active_ms=given.get("active_ms", 0),
        level=given.get("level", ""),
        seen=seen,
    )
    return Submission(given["key"], answers)


def _region(given: Mapping[str, Any]) -> RegionDrawn:
    return RegionDrawn(
        finding=given["finding"]["slug"],
        kind=given["kind"],
        points=tuple((x, y) for x, y in given["points"]),
        frame=given["frame"],
    )


def _measured(given: Mapping[str, Any]) -> MeasurementDrawn:
    return MeasurementDrawn(
        kind=given["kind"],
        points=tuple((x, y) for x, y in given["points"]),
        frame=given["frame"],
        result=given["result"],
    )


def _errors(found: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by finding for an answer, else by the member of the body."""
    members = dict(found)
    answers = members.pop("answers", {})
    if isinstance(answers, Mapping):
        members |= answers
    else:
        members["answers"] = answers
    return {str(name): f"{name}: {' '.join(_sentences(said))}" for name, said in members.items()}


def _sentences(said: object) -> Iterator[str]:
    """The sentences in DRF's nested errors, each once."""
    if isinstance(said, Mapping):
        said = list(said.values())
    if isinstance(said, list):
        yield from dict.fromkeys(sentence for each in said for sentence in _sentences(each))
    else:
        yield str(said)


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
                        "description": "I keep it although the model strongly contradicts it.",
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
        value = given.get("value")
        bulk = given.get("bulk", False)
        kept = given.get("kept", False)
        # A bool is an int to Python, and no answer.
        fits = isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) <= 80
        flags = isinstance(bulk, bool) and isinstance(kept, bool)
        if not fits or not flags or set(given) - {"value", "bulk", "kept"}:
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
    key = serializers.UUIDField(help_text="A UUID that you make. Repeating a call with it makes no second read.")
    answers = serializers.DictField(child=AnswerField(), help_text="Finding → answer; every finding is answered.")
    regions = RegionSerializer(many=True, required=False, help_text="At most 200.")
    measurements = MeasurementSerializer(many=True, required=False, help_text="At most 50.")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    confidence = serializers.ChoiceField(
        choices=Confidence.choices, required=False, allow_blank=True, help_text="Of the read as a whole; optional."
    )
    active_ms = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    level = serializers.ChoiceField(choices=["half", "full"], required=False, help_text="The resolution on screen.")
