"""From stored scores to a prediction, and the record of who was shown it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from django.db import transaction

from inference.jobs import predict_one_request
from inference.models import Exposure, ModelVersion, Pipeline, Prediction
from inference.queries import score_arrays, scores_find
from overread.accounts.models import User
from overread.archive import blobs
from overread.archive.models import Image
from overread.jobs.models import Job


class NotScored(Exception):
    """The pipeline has not scored this image yet."""


@transaction.atomic
def prediction_ensure(*, pipeline: Pipeline, image: Image) -> Prediction:
    """What the pipeline said of the image, as a row that lasts. Raises NotScored."""
    if found := Prediction.objects.filter(pipeline=pipeline, image=image).first():
        return found
    where = scores_find(pipeline=pipeline, image=image)
    if where is None:
        raise NotScored(f"{pipeline} has not scored image {image.pk}")
    arrays, row = score_arrays(where[0]), where[1]
    maps = io.BytesIO()
    np.save(maps, arrays["maps"][row])
    return Prediction.objects.get_or_create(
        pipeline=pipeline,
        image=image,
        defaults={
            "outputs": outputs_of(pipeline.classifier, arrays["probabilities"][row]),
            "maps": blobs.put(maps.getvalue()),
            "map_box": [float(edge) for edge in arrays["boxes"][row]],
        },
    )[0]


def outputs_of(version: ModelVersion, values: np.ndarray[Any, Any]) -> dict[str, dict[str, Any]]:
    """Finding slug → what one row of K values says of it, with its threshold and its columns among the maps."""
    out: dict[str, dict[str, Any]] = {}
    start = 0
    for output in version.card["layout"]:
        width = len(output["options"]) or 1
        block = [float(value) for value in values[start : start + width]]
        entry: dict[str, Any] = {"kind": output["kind"], "column": start}
        if output["kind"] == "binary":
            threshold = version.card["thresholds"].get(output["name"], 0.5)
            entry |= {"probability": block[0], "threshold": threshold, "above": block[0] >= threshold}
        elif output["kind"] == "categorical":
            best = int(np.argmax(block))
            entry |= {
                "probabilities": dict(zip(output["options"], block, strict=True)),
                "option": output["options"][best],
                "probability": block[best],
                "column": start + best,
            }
        else:
            entry |= {"value": block[0], "unit": output["unit"]} | interval_of(version, output["name"], block[0])
        out[output["name"]] = entry
        start += width
    return out


def interval_of(version: ModelVersion, name: str, value: float) -> dict[str, Any]:
    """Where the truth of a measurement lies with the given coverage, and the labels' range; nothing for older models."""
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
    """Have the image scored by this pipeline, once, before any bulk work: somebody waits for it. The job tells how it went."""
    return predict_one_request(pipeline=pipeline, image=image.pk, requested_by=user)


def exposure_record(*, prediction: Prediction, user: User) -> Exposure:
    """Record, before the bytes leave, that a user is shown a prediction. Showing it again changes nothing."""
    return Exposure.objects.get_or_create(user=user, prediction=prediction, defaults={"image": prediction.image})[0]
