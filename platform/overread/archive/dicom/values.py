"""What the intake returns."""

from dataclasses import dataclass, field
from typing import Literal

from .look import Look
from .tones import Tones

Kind = Literal["dicom", "png", "jpeg"]
Function = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
SpacingKind = Literal["patient", "detector", "corrected", "unknown"]


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """The one list of facts about a file beside its pixels, from the child process to the row. A text the file leaves out is "".

    `patient` is a keyed pseudonym, "" when the file names nobody. The UIDs are re-mapped ones. `transfer_syntax` is that
    of the stored file, "" for PNG and JPEG.
    """

    kind: Kind
    patient: str
    study_uid: str
    instance_uid: str
    rows: int
    columns: int
    frames: int
    bits_stored: int
    photometric: str
    transfer_syntax: str = ""
    modality: str = ""
    intent: str = ""  # Presentation Intent Type: "FOR PRESENTATION", "FOR PROCESSING" or ""
    view: str = ""  # as in View Position: "PA", "AP", "LL", "CC" …
    laterality: str = ""  # "L", "R", "B" or ""
    body_part: str = ""
    orientation: str = ""  # Patient Orientation, such as "L\\F": where rows and columns lead to
    sex: str = ""  # "M", "F", "O" or ""
    age_years: float | None = None  # 90 stands for 90 and older
    device: str = ""  # manufacturer and model; the station is dropped
    pixel_spacing: tuple[float, float] | None = None  # mm from row to row, from column to column
    spacing_kind: SpacingKind = "unknown"  # whether that holds in the patient, at the detector, or after correction
    pixel_aspect: float = 1.0  # height of a pixel by its width
    indication: str = ""  # why the image was asked for, in words
    study_day: int | None = None  # days since 1970-01-01, shifted by one keyed offset per patient
    burned_in: bool | None = None  # whether the file says that text is burned into the pixels


@dataclass(frozen=True, kw_only=True)
class IntakeResult:
    """A file without its identity: the facts of it, the de-identified original, and its SHA-256 in hex.

    `untouched`: the file ended with its pixel data, and these are stored byte for byte.
    """

    facts: ImageFacts
    content: bytes = field(repr=False)
    sha256: str
    untouched: bool


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


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame, ready for the browser and the models.

    `full` and `half` are gzip of little-endian uint16 [rows, columns] (one channel) or uint8 [rows, columns, 3] (RGB);
    `half` is the 2×2 box mean, an odd last row or column counting by what it has, so its sizes are rounded up. For one
    channel, modality value = number × `slope` + `intercept`, `bits` of a number can be in use, and numbers from
    `padding[0]` to `padding[1]` are no measurement; `minimum` and `maximum` are modality values that are. Nothing in
    `full` and `half` has been inverted or windowed yet.
    """

    full: bytes
    half: bytes
    channels: int  # 1 or 3
    bits: int
    slope: float
    intercept: float
    padding: tuple[int, int] | None
    windows: tuple[Window, ...]  # the first one is the one to open with; empty for RGB
    minimum: float
    maximum: float


@dataclass(frozen=True, kw_only=True)
class Rendering(Frame):
    """The first frame of a file, and what holds of all its frames.

    `inverted` means that low values are bright (MONOCHROME1). `thumb` is a small JPEG, windowed, the right way round and of
    the right shape. `tones` are modality values.
    """

    thumb: bytes
    rows: int
    columns: int
    half_rows: int
    half_columns: int
    inverted: bool
    tones: Tones | None  # of a grey image in which anything differs; of a file's first frame alone, as is `look`
    look: Look | None
