"""Colour frames as 8-bit RGB."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from .refusal import Refused, refusing

COLOURS = ("Red", "Green", "Blue")
Pixels = np.ndarray[Any, Any]


def palette_rgb(stored: Pixels, header: Dataset, *, little_endian: bool) -> Pixels:
    """uint8 [rows, columns, 3] of palette indices [rows, columns] (PS3.3 C.7.9)."""
    with refusing("attribute", "The Palette Color Lookup Tables are missing or do not fit their descriptors."):
        if "RedPaletteColorLookupTableData" not in header:
            return eight_bits(apply_color_lut(stored, header)[..., :3], bits=16)
        entries, first, bits = (int(part) for part in header.RedPaletteColorLookupTableDescriptor)
        entries = entries or 65536
        index = np.clip(stored.astype(np.int64) - first, 0, entries - 1)
        tables = [_table(header, colour, entries, little_endian=little_endian)[index] for colour in COLOURS]
    return eight_bits(np.stack(tables, axis=-1), bits=bits)


def _table(header: Dataset, colour: str, entries: int, *, little_endian: bool) -> Pixels:
    data = header[f"{colour}PaletteColorLookupTableData"].value
    wide = len(data) >= 2 * entries
    table = np.frombuffer(data, ("<u2" if little_endian else ">u2") if wide else "u1")[:entries]
    if len(table) < entries:
        raise ValueError("the table is shorter than its descriptor says")
    return table


def eight_bits(colours: Pixels, *, bits: int) -> Pixels:
    """Colour samples as uint8; samples of more than 8 bits lose the lowest ones."""
    if colours.dtype == np.uint8:
        return colours
    if colours.dtype.kind != "u":
        raise Refused("bits", "Colour samples must be unsigned whole numbers.")
    if int(colours.max(initial=0)) <= 255 and bits <= 8:
        return colours.astype(np.uint8)
    return (colours >> max(0, bits - 8)).clip(0, 255).astype(np.uint8)
