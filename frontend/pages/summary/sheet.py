"""The sheet itself: A4, one page where it fits, drawn with ReportLab."""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from frontend.pages.summary.facts import Summary

FONTS = Path(__file__).resolve().parents[2] / "fonts"
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
REPLACED = "\N{REPLACEMENT CHARACTER}"
MARGIN, FOOT, FRAME = 16 * mm, 22 * mm, 6  # FRAME: what ReportLab leaves free inside its margins
WIDTH = A4[0] - 2 * MARGIN
TALLEST = 118 * mm  # of the picture
INK, MUTED, RULE = HexColor("#16191d"), HexColor("#555c64"), HexColor("#b9bec4")
SMALL = ParagraphStyle("small", fontName=PLAIN, fontSize=7.5, leading=10, textColor=MUTED)
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=9, leading=12.5, textColor=INK)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=15, leading=19)
HEADING = ParagraphStyle("heading", parent=STRONG, fontSize=10, leading=13, spaceBefore=8, spaceAfter=3)


def pdf(summary: Summary) -> bytes:
    """The summary as a PDF with selectable text, embedded fonts, a title and a language."""
    face()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - FRAME,
        rightMargin=MARGIN - FRAME,
        topMargin=14 * mm,
        bottomMargin=FOOT,
        title=f"{summary.title}, {summary.project}",
        author="Overread",
        creator=summary.software,
        lang=summary.language,
    )
    document.build(_story(summary), canvasmaker=_pages(summary))
    return out.getvalue()


@cache
def face() -> dict[int, int]:
    """Both fonts made known, once; which characters they can draw."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    glyphs: dict[int, int] = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return glyphs


def plain(text: str) -> str:
    """Text as it can be drawn: composed accents, no control characters, a sign in place of what the font lacks."""
    known, composed = face(), unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    seen = (character if character.isprintable() or character == "\n" else " " for character in composed)
    return "".join(each if each == "\n" or ord(each) in known else REPLACED for each in seen)


def paragraph(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Whatever the text holds is text: no markup of it is heard."""
    return Paragraph(escape(plain(text)).replace("\n", "<br/>"), style)


def _story(summary: Summary) -> list[Flowable]:
    story = [_head(summary), Spacer(1, 3 * mm), _facts(summary), Spacer(1, 4 * mm), Film(summary), Spacer(1, 3 * mm)]
    if summary.outlines:
        told = _("Regions are the reader's, each under the number of its finding.")
        story[-1:] = [Spacer(1, 1 * mm), paragraph(told, SMALL), Spacer(1, 2 * mm)]
    story += [_findings(summary), Spacer(1, 2 * mm), *(paragraph(note, SMALL) for note in summary.notes)]
    if summary.comment:
        story += [paragraph(_("Comment"), HEADING), paragraph(summary.comment)]
        if REPLACED in plain(summary.comment):
            told = _("%(sign)s stands for a character that this sheet cannot print.") % {"sign": REPLACED}
            story.append(paragraph(told, SMALL))
    if summary.sources:
        story += [Spacer(1, 3 * mm), KeepTogether(_sources(summary))]
    return story


def _head(summary: Summary) -> Table:
    right = ParagraphStyle("right", parent=SMALL, alignment=2)
    printed = _("Printed %(at)s") % {"at": summary.printed}
    cells = [[[paragraph(summary.title, TITLE), paragraph(summary.project)], paragraph(printed, right)]]
    style: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.8, INK), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    style += [*_tight(bottom=3), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]
    return Table(cells, colWidths=[WIDTH * 0.62, WIDTH * 0.38], style=style)


def _facts(summary: Summary) -> Table:
    """Three pairs a row: the name small above its text. The last one, the longest, has what is left of its row."""
    cells = [[paragraph(name, SMALL), paragraph(text)] for name, text in summary.facts]
    lines = [cells[start : start + 3] for start in range(0, len(cells), 3)]
    grid = [line + [""] * (3 - len(line)) for line in lines]
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(bottom=3)]
    if len(lines[-1]) < 3:
        style.append(("SPAN", (len(lines[-1]) - 1, -1), (2, -1)))
    return Table(grid, colWidths=[WIDTH * 0.28, WIDTH * 0.28, WIDTH * 0.44], style=style)


def _findings(summary: Summary) -> Table:
    """One line a finding; without a suggestion there are no columns for it. Its head stands again on every page."""
    names = [_("No."), _("Finding"), _("Reader"), _("Model"), _("Compared")]
    shares = [0.06, 0.27, 0.19, 0.28, 0.20]
    rows = [[paragraph(name, SMALL) for name in names]]
    for line in summary.lines:
        cells = [
            paragraph(str(line.number)),
            paragraph(line.name),
            paragraph(line.answer, STRONG if line.read else SMALL),
        ]
        rows.append([*cells, paragraph(line.model), paragraph(line.compared)])
    if not summary.suggested:
        rows, shares = [row[:3] for row in rows], [0.06, 0.47, 0.47]
    style = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *_tight(top=2.5, bottom=3),
    ]
    return Table(rows, colWidths=[share * WIDTH for share in shares], repeatRows=1, style=style)


def _sources(summary: Summary) -> Table:
    cells = [[paragraph(name, SMALL), paragraph(text, SMALL)] for name, text in summary.sources]
    return Table(cells, colWidths=[WIDTH * 0.1, WIDTH * 0.9], style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight()])


def _tight(top: float = 1, bottom: float = 1) -> list[Any]:
    """Cells that start at the left edge of their column."""
    edges = (("LEFTPADDING", 0), ("RIGHTPADDING", 6), ("TOPPADDING", top), ("BOTTOMPADDING", bottom))
    return [(name, (0, 0), (-1, -1), size) for name, size in edges]


class Film(Flowable):  # type: ignore[misc]
    """The image in its own proportions, the reader's regions on it under their findings' numbers."""

    def __init__(self, summary: Summary) -> None:
        super().__init__()
        self.summary = summary
        columns, rows = summary.size
        self.scale = min(WIDTH / columns, TALLEST / rows)
        self.height = rows * self.scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return WIDTH, self.height

    def draw(self) -> None:
        columns, rows = self.summary.size
        width = columns * self.scale
        self.canv.translate((WIDTH - width) / 2, 0)
        picture = ImageReader(io.BytesIO(self.summary.picture))
        self.canv.drawImage(picture, 0, 0, width, rows * self.scale)
        for outline in self.summary.outlines:
            corners = [(x * self.scale, (rows - y) * self.scale) for x, y in outline.points]
            for colour, thickness in ((black, 2.6), (white, 1.0)):
                self._polygon(corners, colour, thickness)
            self._number(str(outline.number), *max(corners, key=lambda corner: corner[1]))

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
        """White on a black plate at the region's highest corner, inside the picture."""
        wide, tall = pdfmetrics.stringWidth(text, BOLD, 8) + 4, 10
        y = min(y, self.height - tall)
        self.canv.setFillColor(black)
        self.canv.rect(x, y, wide, tall, stroke=0, fill=1)
        self.canv.setFillColor(white)
        self.canv.setFont(BOLD, 8)
        self.canv.drawString(x + 2, y + 2.2, text)


def _pages(summary: Summary) -> type[Canvas]:
    """A canvas that waits for the last page, so that every foot can say how many there are."""

    class Pages(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.drawn: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  (ReportLab's name)
            self.drawn.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.drawn, start=1):
                self.__dict__.update(page)
                _foot(self, summary, number, len(self.drawn))
                super().showPage()
            super().save()

    return Pages


def _foot(canvas: Canvas, summary: Summary, number: int, pages: int) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, 17 * mm, A4[0] - MARGIN, 17 * mm)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN, 13 * mm, _("Not a medical device. A suggestion, not a diagnosis."))
    canvas.setFillColor(MUTED)
    canvas.setFont(PLAIN, 7.5)
    canvas.drawString(MARGIN, 9.5 * mm, plain(f"{summary.software} · {dict(summary.facts).get(_('Patient'), '')}"))
    counted = _("page %(number)d of %(pages)d") % {"number": number, "pages": pages}
    canvas.drawRightString(A4[0] - MARGIN, 9.5 * mm, counted)
