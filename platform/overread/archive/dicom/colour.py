"""Colour frames as 8-bit RGB."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from .lookup_table import bits_used, read_descriptor, read_table
from .refusal import Refused
from .shape import Shape

COLOURS = ("Red", "Green", "Blue")
Pixels = np.ndarray[Any, Any]


def palette_rgb(stored: Pixels, header: Dataset, *, shape: Shape, little_endian: bool) -> Pixels:
    """uint8 [rows, columns, 3] of palette indices [rows, columns] (PS3.3 C.7.9). Raises Refused."""
    described = (f"{colour}PaletteColorLookupTableDescriptor" for colour in COLOURS)
    if len({read_descriptor(header, each, little_endian=little_endian).bits for each in described}) > 1:
        raise Refused("contradiction", "The palettes of red, green and blue have entries of different bits.")
    tables = [
        read_table(
            header,
            f"{colour}PaletteColorLookupTableDescriptor",
            f"{colour}PaletteColorLookupTableData",
            possible=shape.value_range,
            little_endian=little_endian,
            segmented=f"Segmented{colour}PaletteColorLookupTableData",
        )
        for colour in COLOURS
    ]
    # tables of bytes are often described as tables of words
    wide = bits_used(*(table.entries for table in tables)) > 8
    bits = 8
    if wide:
        bits = max(table.bits for table in tables)
    return eight_bits(np.stack([table(stored) for table in tables], axis=-1), bits=bits)


def eight_bits(colours: Pixels, *, bits: int) -> Pixels:
    """Colour samples as uint8: those of more than 8 bits lose the lowest ones, those of fewer are spread."""
    if bits < 8:
        return np.asarray(np.rint(colours * (255 / (2**bits - 1))).clip(0, 255).astype(np.uint8))
    if colours.dtype == np.uint8:
        return colours
    if colours.dtype.kind != "u":
        raise Refused("bits", "Colour samples must be unsigned whole numbers.")
    if int(colours.max(initial=0)) <= 255 and bits <= 8:
        return colours.astype(np.uint8)
    return (colours >> max(0, bits - 8)).clip(0, 255).astype(np.uint8)
