#!/usr/bin/env bash
# pydicom: one frame of an image of 1 bit, where frames do not end at a byte, cannot always be had.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pydicom==3.0.2 numpy==2.4.6
"$work/env/bin/python" - <<'PY'
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import pack_bits, pixel_array
from pydicom.uid import ExplicitVRLittleEndian

frames = np.random.default_rng(1).integers(0, 2, (5, 17, 7), dtype=np.uint8)
file = Dataset()
file.file_meta = FileMetaDataset()
file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
file.Rows, file.Columns, file.NumberOfFrames = 17, 7, 5
file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 1, 1, 0, 0
file.PixelData = pack_bits(frames)
file["PixelData"].VR = "OB"
together = pixel_array(file)
try:
    seen = "other pixels" if (pixel_array(file, index=1) != frames[1]).any() else "the same pixels"
except ValueError as error:
    seen = f"ValueError: {error}"
print("pydicom", pydicom.__version__)
print("all frames at once: expected what was packed, seen the same:", bool((together == frames).all()))
print("frame 1 alone: expected the same pixels, seen", seen)
assert (together == frames).all() and seen != "the same pixels"
PY
