#!/usr/bin/env bash
# GDCM loses bits in the middle of uncompressed samples with 20 of 32 bits stored: it masks each half of the word.
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
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

values = np.random.default_rng(1).integers(0, 2**20, (16, 16)).astype("<u4")
file = Dataset()
file.file_meta = FileMetaDataset()
file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
file.file_meta.MediaStorageSOPClassUID = file.SOPClassUID = SecondaryCaptureImageStorage
file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID = generate_uid()
file.Rows, file.Columns, file.SamplesPerPixel = 16, 16, 1
file.PhotometricInterpretation, file.PixelRepresentation = "MONOCHROME2", 0
file.BitsAllocated, file.BitsStored, file.HighBit = 32, 20, 19
file.PixelData = values.tobytes()
file["PixelData"].VR = "OW"
file.save_as("deep.dcm", enforce_file_format=True)
assert (pixel_array("deep.dcm") == values).all()
reader = gdcm.ImageReader()
reader.SetFileName("deep.dcm")
assert reader.Read()
buffer = reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape")
seen = np.frombuffer(buffer, "<u4").reshape(16, 16)
print("GDCM", gdcm.Version.GetVersion())
print("first samples: expected", values[0, :3].tolist(), "seen", seen[0, :3].tolist())
assert (seen != values).any()
PY
