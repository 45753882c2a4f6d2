"""A reader's region as a polygon."""

from __future__ import annotations

from labeling.models import Region

Corner = tuple[float, float]


def region_corners(region: Region, aspect: float) -> list[Corner]:
    """(x, y) of each corner in widths of a pixel. `aspect`: a pixel's height by its width.

    A box is stored as two corners, an outline as all of them.
    """
    corners = [(float(x), y * aspect) for x, y in region.points]
    if region.kind != "box":
        return corners
    (left, top), (right, bottom) = corners
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
