"""What the model says of an image: only for users who may see it, and on record as shown to them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inference.api import PredictionSerializer
from inference.models import Prediction
from inference.queries import attention_map, champion_of
from inference.services import exposure_record, prediction_ensure
from inference.services.predictions import Abstained, NotScored
from labeling.queries.visibility import prediction_allowed
from overread.api import Problem
from overread.archive.api.images import ImageView
from overread.audit.views import view_note


class PredictionView(ImageView):
    permission = "inference.view"

    def prediction(self, pk: UUID) -> Prediction:
        """What the model in use says, recorded as shown. Problem 403 before a blind read, 404 without a score."""
        image = self.image(pk)
        if not prediction_allowed(user=self.user, project=self.project, image=image):
            raise Problem("Read it first.", "This image is read blind first: store your first read.", status=403)
        pipeline = champion_of(self.project)
        try:
            if pipeline is None:
                raise NotScored
            prediction = prediction_ensure(pipeline=pipeline, image=image)
        except Abstained as error:
            raise Problem(
                "No prediction.", "The model abstains from this image; see its result.", status=404
            ) from error
        except NotScored as error:
            raise Problem("No prediction yet.", "The model has not scored this image.", status=404) from error
        # Before it leaves: an answer given after this counts as exposed, even if the reply is lost.
        exposure_record(prediction=prediction, user=self.user)
        return prediction


class PredictionDetail(PredictionView):
    @extend_schema("prediction_get", responses=PredictionSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """What the model in use says of an image. 403 until you have read it blind, 404 until it is scored."""
        return self.show(self.prediction(pk), PredictionSerializer)


class PredictionMap(PredictionView):
    @extend_schema("prediction_map", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, pk: UUID, finding: str) -> HttpResponse:
        """The attention map of one finding.

        8 bits a cell, X-Map-Rows × X-Map-Columns; X-Map-Box is where it lies on the image, x0 y0 x1 y1 in its pixels.
        """
        prediction = self.prediction(pk)
        if finding not in prediction.outputs:
            raise Http404("The model says nothing of this finding.")
        view_note(user=self.user, image=pk, what="map", project=self.project.pk)
        cells = attention_map(prediction, prediction.outputs[finding]["column"])
        response = HttpResponse(cells.tobytes(), content_type="application/octet-stream")
        response["X-Map-Rows"], response["X-Map-Columns"] = (str(side) for side in cells.shape)
        response["X-Map-Box"] = " ".join(f"{edge:g}" for edge in prediction.map_box)
        return response
