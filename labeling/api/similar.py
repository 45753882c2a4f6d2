"""REST: confirmed cases like an image, for whoever may see what the model says of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.predictions import PredictionView
from labeling.models import ReferenceLabel
from labeling.services.similar import similar_cases_show


class SimilarLabelSerializer(serializers.ModelSerializer[ReferenceLabel]):
    finding = serializers.CharField(source="finding.slug")
    origin = serializers.CharField(help_text="read, adjudicated or imported.")
    value = serializers.FloatField(help_text="0, 0.5 or 1; an option's index; a number.")

    class Meta:
        model = ReferenceLabel
        fields = ["finding", "value", "origin"]


class SimilarCaseSerializer(serializers.Serializer[Any]):
    image = serializers.UUIDField(source="image.pk")
    cosine = serializers.FloatField(help_text="Of the two embeddings, −1 to 1.")
    labels = SimilarLabelSerializer(many=True)


class SimilarCases(PredictionView):
    @extend_schema("similar_list", responses=SimilarCaseSerializer(many=True))
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """The labelled images of other patients that the model in use finds most like this one, the nearest first.

        403 and 404 as for its prediction, which counts as shown, and so do the labels. Six at most: of the reference set none,
        and none that waits to be read blind by you.
        """
        cases = similar_cases_show(prediction=self.prediction(pk), project=self.project, user=self.user)
        return Response(SimilarCaseSerializer(cases, many=True).data)
