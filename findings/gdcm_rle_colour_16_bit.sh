#!/usr/bin/env bash
# GDCM reads RLE Lossless of 16-bit RGB with the bytes of its samples mixed up; pydicom reads its own back.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet python-gdcm==3.2.6 pydicom==3.0.2 numpy==2.4.6
cd "$work"
"$work/env/bin/python" - <<'PY'
import gdcm
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import pixel_array
from pydicom.uid import RLELossless, SecondaryCaptureImageStorage, generate_uid

values = np.random.default_rng(1).integers(0, 65536, (16, 16, 3)).astype(np.uint16)
file = Dataset()
file.file_meta = FileMetaDataset()
file.file_meta.TransferSyntaxUID = RLELossless
file.file_meta.MediaStorageSOPClassUID = file.SOPClassUID = SecondaryCaptureImageStorage
file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID = generate_uid()
file.Rows, file.Columns, file.SamplesPerPixel, file.PlanarConfiguration = 16, 16, 3, 0
file.PhotometricInterpretation, file.PixelRepresentation = "RGB", 0
file.BitsAllocated, file.BitsStored, file.HighBit = 16, 16, 15
file.compress(RLELossless, values, encoding_plugin="pydicom")
file.save_as("rle.dcm", enforce_file_format=True)
assert (pixel_array("rle.dcm") == values).all()
reader = gdcm.ImageReader()
reader.SetFileName("rle.dcm")
assert reader.Read()
image = reader.GetImage()
seen = np.frombuffer(image.GetBuffer().encode("utf-8", "surrogateescape"), "<u2")
orders = {"by pixel": seen.reshape(16, 16, 3), "by plane": seen.reshape(3, 16, 16).transpose(1, 2, 0)}
print("GDCM", gdcm.Version.GetVersion(), "says Planar Configuration", image.GetPlanarConfiguration())
for order, pixels in orders.items():
    wrong = int((pixels != values).any(axis=-1).sum())
    print(f"pixels that differ, read {order}: expected 0 in one of the orders, seen {wrong} of 256")
    assert wrong
PY
