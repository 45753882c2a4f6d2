"""The picture on the sheet."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import black, white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable

from frontend.pages.summary.facts import Summary
from frontend.pages.summary.text import BOLD

TALLEST = 118 * mm  # the findings of most projects then fit on the same page


class ImageFigure(Flowable):  # type: ignore[misc]
    """The image in true proportions, with the reader's regions and the numbers of their findings on it."""

    def __init__(self, summary: Summary, width: float) -> None:
        super().__init__()
        self.across = width  # of the column; Flowable has a `width` of its own
        self.summary = summary
        columns, rows = summary.size
        self.scale = min(width / columns, TALLEST / rows)
        self.height = rows * self.scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.across, self.height

    def draw(self) -> None:
        columns, rows = self.summary.size
        width = columns * self.scale
        self.canv.translate((self.across - width) / 2, 0)
        picture = ImageReader(io.BytesIO(self.summary.picture))
        self.canv.drawImage(picture, 0, 0, width, rows * self.scale)
        for outline in self.summary.outlines:
            # A PDF counts y from the bottom.
            corners = [(x * self.scale, (rows - y) * self.scale) for x, y in outline.points]
            # White on black: it shows on bright bone and on dark lung.
            self._polygon(corners, black, 2.6)
            self._polygon(corners, white, 1.0)
            x, y = max(corners, key=lambda corner: corner[1])
            self._number(str(outline.number), x, y)

    def _polygon(self, corners: list[tuple[float, float]], colour: Any, thickness: float) -> None:
        path = self.canv.beginPath()
        path.moveTo(*corners[0])
        for corner in corners[1:]:
            path.lineTo(*corner)
        path.close()
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(thickness)
        self.canv.setLineJoin(1)
        self.canv.drawPath(path, stroke=1, fill=0)

    def _number(self, text: str, x: float, y: float) -> None:
        """White on a black plate whose lower left corner is at (x, y), or lower so that it stays in the picture."""
        wide = pdfmetrics.stringWidth(text, BOLD, 8) + 4
        tall = 10
        y = min(y, self.height - tall)
        self.canv.setFillColor(black)
        self.canv.rect(x, y, wide, tall, stroke=0, fill=1)
        self.canv.setFillColor(white)
        self.canv.setFont(BOLD, 8)
        self.canv.drawString(x + 2, y + 2.2, text)
