"""The sheet itself: A4, one page if it fits, drawn with ReportLab."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table

from frontend.pages.summary.facts import Summary
from frontend.pages.summary.figure import ImageFigure
from frontend.pages.summary.text import (
    BOLD,
    HEADING,
    INK,
    MUTED,
    PLAIN,
    REPLACED,
    RULE,
    SMALL,
    STRONG,
    TITLE,
    glyphs,
    paragraph,
    printable,
)

MARGIN, FOOTER = 16 * mm, 22 * mm
FRAME = 6  # pt that ReportLab keeps free inside its own margins
WIDTH = A4[0] - 2 * MARGIN


def pdf(summary: Summary) -> bytes:
    """The summary as a PDF with selectable text, embedded fonts, a title and a language."""
    glyphs()  # registers the fonts
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - FRAME,
        rightMargin=MARGIN - FRAME,
        topMargin=14 * mm,
        bottomMargin=FOOTER,
        title=f"{summary.title}, {summary.project}",
        author="Overread",
        creator=summary.software,
        lang=summary.language,
    )
    document.build(_story(summary), canvasmaker=_pages(summary))
    return out.getvalue()


def _story(summary: Summary) -> list[Flowable]:
    story = [_head(summary), Spacer(1, 3 * mm), _facts(summary), Spacer(1, 4 * mm), ImageFigure(summary, WIDTH)]
    if summary.outlines:
        told = _("Regions are the reader's, each under the number of its finding.")
        story += [Spacer(1, 1 * mm), paragraph(told, SMALL), Spacer(1, 2 * mm)]
    else:
        story.append(Spacer(1, 3 * mm))
    story += [_findings(summary), Spacer(1, 2 * mm)]
    for note in summary.notes:
        story.append(paragraph(note, SMALL))
    if summary.comment:
        story += [paragraph(_("Comment"), HEADING), paragraph(summary.comment)]
        if REPLACED in printable(summary.comment):
            told = _("%(sign)s stands for a character that this sheet cannot print.") % {"sign": REPLACED}
            story.append(paragraph(told, SMALL))
    if summary.sources:
        story += [Spacer(1, 3 * mm), KeepTogether(_sources(summary))]
    return story


def _head(summary: Summary) -> Table:
    right = ParagraphStyle("right", parent=SMALL, alignment=TA_RIGHT)
    printed = _("Printed %(at)s") % {"at": summary.printed}
    title = [paragraph(summary.title, TITLE), paragraph(summary.project)]
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        *_tight(bottom=3),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    return Table([[title, paragraph(printed, right)]], colWidths=[WIDTH * 0.62, WIDTH * 0.38], style=style)


def _facts(summary: Summary) -> Table:
    """Three pairs a row: the name in small type above its text. The last pair, the longest, has the rest of its row."""
    rows: list[list[Any]] = []
    for index, (name, text) in enumerate(summary.facts):
        if index % 3 == 0:
            rows.append([])
        rows[-1].append([paragraph(name, SMALL), paragraph(text)])
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight(bottom=3)]
    last = rows[-1]
    if len(last) < 3:
        style.append(("SPAN", (len(last) - 1, -1), (2, -1)))
        last += [""] * (3 - len(last))  # a table wants rows of equal length
    return Table(rows, colWidths=[WIDTH * 0.28, WIDTH * 0.28, WIDTH * 0.44], style=style)


def _findings(summary: Summary) -> Table:
    """One line a finding, with two columns more if there is a prediction. The head is repeated on every page."""
    names = [_("No."), _("Finding"), _("Reader")]
    shares = [0.06, 0.47, 0.47]
    if summary.suggested:
        names += [_("Model"), _("Compared")]
        shares = [0.06, 0.27, 0.19, 0.28, 0.20]
    rows = [[paragraph(name, SMALL) for name in names]]
    for line in summary.lines:
        answer = paragraph(line.answer, STRONG if line.read else SMALL)
        row = [paragraph(str(line.number)), paragraph(line.name), answer]
        if summary.suggested:
            row += [paragraph(line.model), paragraph(line.compared)]
        rows.append(row)
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
    """Style of all cells: their text starts at the left edge of the column."""
    return [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), top),
        ("BOTTOMPADDING", (0, 0), (-1, -1), bottom),
    ]


def _pages(summary: Summary) -> type[Canvas]:
    """A canvas that keeps the pages until the last one is drawn, so that each footer can say how many there are."""

    class Pages(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.kept: list[dict[str, object]] = []

        def showPage(self) -> None:  # noqa: N802  (ReportLab's name)
            # A canvas holds its page in its attributes; ReportLab offers no other way to hold one back.
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.kept, start=1):
                self.__dict__.update(page)
                _footer(self, summary, number, len(self.kept))
                super().showPage()
            super().save()

    return Pages


def _footer(canvas: Canvas, summary: Summary, number: int, pages: int) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, 17 * mm, A4[0] - MARGIN, 17 * mm)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN, 13 * mm, _("Not a medical device. A suggestion, not a diagnosis."))
    canvas.setFillColor(MUTED)
    canvas.setFont(PLAIN, 7.5)
    patient = dict(summary.facts).get(_("Patient"), "")  # so that a lone second page is not lost
    canvas.drawString(MARGIN, 9.5 * mm, printable(f"{summary.software} · {patient}"))
    counted = _("page %(number)d of %(pages)d") % {"number": number, "pages": pages}
    canvas.drawRightString(A4[0] - MARGIN, 9.5 * mm, counted)
