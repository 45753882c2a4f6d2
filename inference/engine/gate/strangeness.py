"""How strange thumbnails are to a project, as they are and with black and white exchanged."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.engine.digest import ArtifactError
from inference.engine.gate.descriptor import descriptor, inverted
from inference.engine.gate.distance import Distance, Mahalanobis, Neighbours, Projection
from inference.engine.gate.thumbnail import SIDE, Thumbnail
from inference.engine.session import open_graph
from inference.engine.stages.bundle import StageBundle

Float = NDArray[np.float32]
INPUT, OUTPUT = "thumbnails", "strangeness"  # names inside the discriminator's graph: they do not change


class Strangeness(Protocol):
    """Larger is stranger."""

    def of(self, thumbs: Sequence[Thumbnail]) -> tuple[Float, Float]:
        """(N,) of the thumbnails, (N,) of their inverses."""


class ByDescriptor:
    """Distances between descriptors."""

    def __init__(self, distance: Distance) -> None:
        self._distance = distance

    def of(self, thumbs: Sequence[Thumbnail]) -> tuple[Float, Float]:
        descriptors = np.stack([descriptor(thumb) for thumb in thumbs])
        return self._distance.of(descriptors), self._distance.of(inverted(descriptors))


class ByDiscriminator:
    """A discriminator's logit that an image is generated, from a graph in ONNX."""

    def __init__(self, onnx: bytes) -> None:
        self._graph = open_graph(onnx)

    def of(self, thumbs: Sequence[Thumbnail]) -> tuple[Float, Float]:
        images = planes(thumbs)
        return self._logits(images), self._logits(-images)

    def _logits(self, images: Float) -> Float:
        (logits,) = self._graph.run((OUTPUT,), {INPUT: images})
        return np.asarray(logits, np.float32)


def planes(thumbs: Sequence[Thumbnail]) -> Float:
    """Input of the discriminator: float32 (N, 3, 64, 64), −1 to 1: grey, red less green, blue less yellow."""
    images = np.empty((len(thumbs), 3, SIDE, SIDE), np.float32)
    for image, thumb in zip(images, thumbs, strict=True):
        image[0] = thumb.grey * 2 - 1
        image[1:] = thumb.opponents
    return images


def strangeness_of(bundle: StageBundle) -> Strangeness:
    """What the bundle stores. Raises ArtifactError where it stores none."""
    kind = bundle.card.architecture
    if kind == "discriminator":
        return ByDiscriminator(bundle.onnx)
    arrays: dict[str, Any] = bundle.unpack()
    try:
        projection = Projection.from_arrays(arrays)
        if kind == "neighbours":
            return ByDescriptor(Neighbours(projection, arrays["references"], int(bundle.card.parameters["k"])))
        if kind == "mahalanobis":
            return ByDescriptor(Mahalanobis(projection, arrays["location"], arrays["whitening"]))
    except KeyError as error:
        raise ArtifactError(f"The gate lacks {error}.") from error
    raise ArtifactError(f"No gate is named {kind!r}.")
