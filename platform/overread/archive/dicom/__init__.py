"""The intake room: hostile files in, de-identified originals and renditions out.

Files are opened only in limited child processes. Importing this package loads neither pydicom nor GDCM nor Pillow.
"""

from .display import model_input, padded_in, presentation, shown, unpack
from .identity import pseudonym, remapped_uid
from .limits import Limits
from .reader import Busy, Reader, render, render_frames, take_in
from .refusal import Refused
from .values import Frame, ImageFacts, IntakeResult, Rendering, Window

__all__ = [
    "Busy",
    "Frame",
    "ImageFacts",
    "IntakeResult",
    "Limits",
    "Reader",
    "Refused",
    "Rendering",
    "Window",
    "model_input",
    "padded_in",
    "presentation",
    "pseudonym",
    "remapped_uid",
    "render",
    "render_frames",
    "shown",
    "take_in",
    "unpack",
]
