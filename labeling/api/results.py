"""REST: send an image and have it predicted; the result of an image; overruling a stage that abstains."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inference.api import OutputSerializer, StageReportSerializer
from inference.services.overrules import NothingToOverrule, overrule
from labeling.queries.visibility import prediction_allowed
from labeling.services.results import ImageResult, image_result, image_result_await
from overread.api import Problem
from overread.api.bodies import Shape
from overread.archive.api.images import UPLOAD, ImageView
from overread.archive.api.uploads import DicomBody, FormBody, JpegBody, PngBody
from overread.archive.models import Image

OUTCOMES = ["pending", "predicted", "abstained", "refused", "failed", "no model"]
WAIT = 10.0  # seconds, where the request names none
WAIT_AT_MOST = 30.0


class ResultSerializer(serializers.Serializer[ImageResult]):
    """What the model in use says of an image. Without outputs unless `outcome` is "predicted"."""

    image = serializers.UUIDField(source="image.pk")
    outcome = serializers.ChoiceField(OUTCOMES)
    reason = serializers.CharField(allow_blank=True, help_text="Why there is none.")
    model = serializers.IntegerField(source="pipeline.number", allow_null=True, default=None)
    prediction = serializers.UUIDField(source="prediction.pk", allow_null=True, default=None)
    stages = serializers.DictField(child=StageReportSerializer(), allow_null=True, help_text="Stage → what it said.")
    outputs = serializers.DictField(
        source="prediction.outputs", child=OutputSerializer(), allow_null=True, default=None
    )
    maps = serializers.SerializerMethodField(help_text="Finding → the address of its attention map.")

    def get_maps(self, result: ImageResult) -> dict[str, str]:
        if result.prediction is None:
            return {}
        view: Any = self.context["view"]
        maps = {}
        for finding, output in result.prediction.outputs.items():
            if output["kind"] != "measurement":
                maps[finding] = reverse("api:prediction-map", args=[view.project.slug, result.image.pk, finding])
        return maps


class OverruleSerializer(Shape):
    reason = serializers.CharField(max_length=2000)


class ResultView(ImageView):
    permission = "inference.view"

    def guard(self, image: Image) -> None:
        """Problem 403 for a reader who is to read the image blind first."""
        if not prediction_allowed(user=self.user, project=self.project, image=image):
            raise Problem("Read it first.", "This image is read blind first: store your first read.", status=403)

    def answer(self, result: ImageResult) -> Response:
        """200 with what there is, 202 while it is on its way; Location is where to ask again."""
        response = self.show(result, ResultSerializer, 202 if result.outcome == "pending" else 200)
        response["Location"] = reverse("api:image-result", args=[self.project.slug, result.image.pk])
        return response


class ImageResultDetail(ResultView):
    @extend_schema("image_result", responses={200: ResultSerializer, 202: ResultSerializer})
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """What the model in use says of an image, with what its stages found. 202 while it is on its way."""
        image = self.image(pk)
        self.guard(image)
        return self.answer(image_result(project=self.project, image=image, user=self.user))


class Predict(ResultView):
    permission_to_write = "archive.upload"
    parser_classes = [FormBody, DicomBody, PngBody, JpegBody]

    @extend_schema(
        "image_predict",
        request=UPLOAD,
        parameters=[
            OpenApiParameter(
                "wait", float, description=f"Seconds to wait, at most {WAIT_AT_MOST:g}; {WAIT:g} if left out."
            )
        ],
        responses={200: ResultSerializer, 202: ResultSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add an image and have it predicted.

        The file is taken in as by `images/`. Answers 200 as soon as there is a prediction or the model abstains, and 202 after
        the wait; ask again at Location.
        """
        seconds = self.wait()
        done = self.taken_in(request)
        self.guard(done.image)
        return self.answer(image_result_await(project=self.project, image=done.image, user=self.user, seconds=seconds))

    def wait(self) -> float:
        """Seconds to wait, 0 to WAIT_AT_MOST. Raises ValidationError."""
        given = self.request.query_params.get("wait", str(WAIT))
        try:
            seconds = float(given)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= WAIT_AT_MOST:
            raise ValidationError({"wait": [f"From 0 to {WAIT_AT_MOST:g} seconds."]})
        return seconds


class ImageOverrule(ResultView):
    permission_to_write = "inference.overrule"

    @extend_schema("image_overrule", request=OverruleSerializer, responses={202: ResultSerializer})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Have an image predicted and learned from although a stage abstains from it. The reason is kept. 409 if none does."""
        image = self.image(pk)
        self.guard(image)
        body = self.body(OverruleSerializer)
        try:
            overrule(project=self.project, image=image, by=self.user, reason=body["reason"])
        except NothingToOverrule as refusal:
            raise Problem("Nothing is overruled.", str(refusal), status=409) from refusal
        return self.answer(image_result(project=self.project, image=image, user=self.user))
