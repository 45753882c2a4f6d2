"""Boxes and polygons of a data set, on the image that they lie on."""

from __future__ import annotations

import math

from labeling.services.imports import ImportedBox
from overread.archive.dicom import ImageFacts
from training.datasets.errors import DatasetError
from training.datasets.items import Item, SourceRegion
from training.datasets.translation import Translation

BEYOND = 1.0  # pixels that a region may reach over an edge: data sets round


def boxes_of(item: Item, translation: Translation, facts: ImageFacts) -> list[ImportedBox]:
    """The item's regions by finding, without those whose name is left out. Raises DatasetError for one that is no region of
    this image.
    """
    found = []
    for region in item.regions:
        target = translation.target(region.name)
        if target is not None:
            points = _points(region, facts)
            found.append(ImportedBox(target.slug, region.kind, points, region.reader))
    return found


def _points(region: SourceRegion, facts: ImageFacts) -> list[list[float]]:
    points = []
    for x, y in region.points:
        inside = -BEYOND <= x <= facts.columns + BEYOND and -BEYOND <= y <= facts.rows + BEYOND
        if not (math.isfinite(x) and math.isfinite(y) and inside):
            raise DatasetError(
                f"A region of {region.name} lies outside the image of {facts.columns} × {facts.rows} pixels."
            )
        points.append([min(max(x, 0.0), float(facts.columns)), min(max(y, 0.0), float(facts.rows))])
    if len(points) < 2 or (region.kind == "polygon" and len(points) < 3):
        raise DatasetError(f"A region of {region.name} has too few points.")
    return points
