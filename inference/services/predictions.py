"""Predictions made from stored scores, and the record of who was shown one."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from django.db import transaction

from inference.engine.prediction_sets import SetLimits
from inference.jobs import predict_one_request
from inference.models import Exposure, ModelVersion, Pipeline, Prediction, StageReport
from inference.queries import score_arrays, scores_find
from inference.queries.stages import abstained_among, report_facts, reports_of
from overread import rows
from overread.accounts.models import User
from overread.archive import blobs
from overread.archive.models import Image
from overread.jobs.models import Job

# Composed once, since every case that is prepared asks both.
MADE = rows.Select(Prediction, rest="FROM inference_prediction WHERE pipeline_id = %s AND image_id = %s")
SHOWN = rows.Select(Exposure, rest="FROM inference_exposure WHERE user_id = %s AND prediction_id = %s")


class NotScored(Exception):
    """The pipeline has not scored this image yet."""


class Abstained(NotScored):
    """A stage of the pipeline abstains from this image: there is no prediction, and none is on its way.

    `reports`: what its stages said, in their order.
    """

    def __init__(self, reports: list[StageReport]) -> None:
        super().__init__("The model abstains from this image.")
        self.reports = reports


@transaction.atomic
def prediction_ensure(*, pipeline: Pipeline, image: Image) -> Prediction:
    """The pipeline's prediction of the image, made from its scores at the first call. Raises NotScored, Abstained."""
    if found := _made(pipeline, image):
        return found
    scores = scores_find(pipeline=pipeline, image=image)
    if scores is None:
        if abstained_among(pipeline, [image.pk]):
            raise Abstained(reports_of(pipeline, image))
        raise NotScored(f"{pipeline} has not scored image {image.pk}")
    shard, row = scores
    *stages, classifier = pipeline.versions
    reports = reports_of(pipeline, image) if stages else []
    arrays = score_arrays(shard)
    maps = io.BytesIO()
    np.save(maps, arrays["maps"][row])
    prediction = Prediction(
        pipeline=pipeline,
        image=image,
        outputs=outputs_of(classifier, arrays["probabilities"][row]),
        maps=blobs.put(maps.getvalue()),
        map_box=[float(edge) for edge in arrays["boxes"][row]],
        stages=report_facts(reports),
    )
    # Two readers who open the image at the same moment get the same row.
    if rows.insert(prediction):
        return prediction
    return Prediction.objects.get(pipeline=pipeline, image=image)


def _made(pipeline: Pipeline, image: Image) -> Prediction | None:
    """The pipeline's prediction of the image, if it was made before."""
    for (prediction,) in MADE.rows(pipeline.pk, image.pk):
        prediction.pipeline = pipeline
        prediction.image = image
        found: Prediction = prediction
        return found
    return None


def outputs_of(version: ModelVersion, values: np.ndarray[Any, Any]) -> dict[str, dict[str, Any]]:
    """Finding slug → its prediction in plain JSON, from one row of K probabilities and values.

    `column` is the finding's map among the K maps. The keys are stored with each prediction and keep their names.
    """
    outputs: dict[str, dict[str, Any]] = {}
    start = 0
    for output in version.card["layout"]:
        width = len(output["options"]) or 1
        block = [float(value) for value in values[start : start + width]]
        if output["kind"] == "binary":
            entry = _binary_output(version, output, block[0])
        elif output["kind"] == "categorical":
            entry = _categorical_output(output, block)
        else:
            entry = {"value": block[0], "unit": output["unit"]} | interval_of(version, output["name"], block[0])
        # A categorical finding is shown with the map of its most probable option.
        column = start + entry.pop("option_index", 0)
        outputs[output["name"]] = {"kind": output["kind"], "column": column} | entry
        start += width
    return outputs


def _binary_output(version: ModelVersion, output: dict[str, Any], probability: float) -> dict[str, Any]:
    threshold = version.card["thresholds"].get(output["name"], 0.5)
    entry = {"probability": probability, "threshold": threshold, "above": probability >= threshold}
    return entry | set_of(version, output["name"], probability, threshold)


def _categorical_output(output: dict[str, Any], probabilities: list[float]) -> dict[str, Any]:
    best = int(np.argmax(probabilities))
    return {
        "probabilities": dict(zip(output["options"], probabilities, strict=True)),
        "option": output["options"][best],
        "probability": probabilities[best],
        "option_index": best,
    }


def set_of(version: ModelVersion, name: str, probability: float, threshold: float) -> dict[str, Any]:
    """The set of a binary finding, "present", "absent" or "both" (the model abstains), and its coverage.

    Empty for a model without sets, such as one from before there were any, or with too few cases for one.
    """
    row = version.card.get("sets", {}).get(name)
    if row is None:
        return {}
    limits = SetLimits(**row)
    return {"set": limits.answer(probability, threshold), "coverage": limits.coverage}


def interval_of(version: ModelVersion, name: str, value: float) -> dict[str, Any]:
    """The interval around a measurement, its coverage, and the range of the labels it was fitted on.

    Empty for a model without intervals, such as one from before there were any.
    """
    interval = version.card.get("intervals", {}).get(name)
    if interval is None:
        return {}
    half = interval["half"]
    return {
        "low": value - half,
        "high": value + half,
        "coverage": interval["coverage"],
        "range": [interval["lowest"], interval["highest"]],
    }


def prediction_request(*, pipeline: Pipeline, image: Image, user: User) -> Job:
    """Request the scores of one image that somebody waits for, ahead of bulk work. The job tells how it went."""
    return predict_one_request(pipeline=pipeline, image=image.pk, requested_by=user)


def exposure_record(*, prediction: Prediction, user: User) -> Exposure:
    """Record that a user is shown a prediction. To be called before the bytes leave. A second call changes nothing."""
    for (earlier,) in SHOWN.rows(user.pk, prediction.pk):
        found: Exposure = earlier
        return found
    exposure = Exposure(user=user, prediction=prediction, image_id=prediction.image_id)
    if rows.insert(exposure):
        return exposure
    return Exposure.objects.get(user=user, prediction=prediction)
