"""What comes out of the intake room."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["dicom", "png", "jpeg"]
Function = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
SpacingKind = Literal["", "PixelSpacing", "ImagerPixelSpacing"]


@dataclass(frozen=True)
class Arrival:
    """A received file without its identity, and what the archive wants to know of it.

    `content` is the de-identified original and `sha256` its hash in hex. `patient` is a keyed pseudonym, "" when the
    file names nobody. The UIDs are re-mapped ones. `transfer_syntax` is that of `content`, "" for PNG and JPEG.
    Texts that a file leaves out are "".
    """

    kind: Kind
    content: bytes
    sha256: str
    patient: str
    study_uid: str
    series_uid: str
    instance_uid: str
    modality: str
    view: str  # as in View Position: "PA", "AP", "LL", "CC" …
    laterality: str  # "L", "R", "B" or ""
    body_part: str
    sex: str  # "M", "F", "O" or ""
    age_years: float | None  # 90 stands for 90 and older
    device: str  # manufacturer and model; the station is dropped
    rows: int
    columns: int
    frames: int
    bits_stored: int
    photometric: str
    transfer_syntax: str
    pixel_spacing: tuple[float, float] | None  # mm from row to row, from column to column
    spacing_kind: SpacingKind  # "ImagerPixelSpacing" is at the detector, not corrected for magnification
    study_day: int | None  # days since 1970-01-01, shifted by one keyed offset per patient
    burned_in: bool | None  # the file's own word on text burned into the pixels


@dataclass(frozen=True)
class Window:
    """One way to show modality values as grey levels (PS3.3 C.11.2); `center` and `width` in modality units.

    A VOI LUT brings its `table`: greys from 0 to 1 at equal steps from center - width / 2 to center + width / 2, two at
    least, in place of the straight line. Every other window has none.
    """

    label: str
    center: float
    width: float
    function: Function = "LINEAR"
    table: tuple[float, ...] = ()


@dataclass(frozen=True)
class Rendering:
    """One frame, ready for the browser and the models.

    `full` and `half` are gzip of little-endian uint16 [rows, columns] (one channel) or uint8 [rows, columns, 3] (RGB);
    `half` is the 2×2 box mean, an odd last row or column counting by what it has, so its sizes are rounded up. For one
    channel, modality value = number × `slope` + `intercept`; `minimum` and `maximum` are modality values. `inverted`
    means that low values are bright (MONOCHROME1): nothing in `full` and `half` has been inverted or windowed yet.
    `bits` is how many bits of the numbers can be in use. `thumb` is a small JPEG, windowed and the right way round.
    """

    full: bytes
    half: bytes
    thumb: bytes
    rows: int
    columns: int
    half_rows: int
    half_columns: int
    channels: int  # 1 or 3
    bits: int
    frame: int  # which frame this is, from 0
    frames: int  # how many the file holds
    slope: float
    intercept: float
    inverted: bool
    windows: tuple[Window, ...]  # the first one is the one to open with; empty for RGB
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Frame:
    """One of the frames after the first, as a Rendering holds it; its size is the first one's.

    A frame may be grey where another has colour, and each brings its own line to modality values.
    """

    full: bytes
    half: bytes
    channels: int
    slope: float
    intercept: float
