"""Fonts and paragraph styles of the sheet, and text reduced to what the fonts can draw."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

FONTS = Path(__file__).resolve().parents[2] / "fonts"
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
REPLACED = "\N{REPLACEMENT CHARACTER}"
INK = HexColor("#16191d")
MUTED = HexColor("#555c64")
RULE = HexColor("#b9bec4")
SMALL = ParagraphStyle("small", fontName=PLAIN, fontSize=7.5, leading=10, textColor=MUTED)
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=9, leading=12.5, textColor=INK)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=15, leading=19)
HEADING = ParagraphStyle("heading", parent=STRONG, fontSize=10, leading=13, spaceBefore=8, spaceAfter=3)


@cache
def glyphs() -> dict[int, int]:
    """Registers both fonts, once in a process. Returns the characters that they can draw, by code point."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    known: dict[int, int] = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return known


def printable(text: str) -> str:
    """The text with composed accents, spaces for control characters, and REPLACED for what the font cannot draw."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_drawable(character) for character in composed)


def _drawable(character: str) -> str:
    if character == "\n":
        return character
    if not character.isprintable():
        character = " "
    return character if ord(character) in glyphs() else REPLACED


def paragraph(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """A paragraph of plain text. Markup in the text is printed as it is: readers write comments."""
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)
