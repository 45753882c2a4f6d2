#!/usr/bin/env bash
# pydicom's plugins reorder samples of compressed colour by Planar Configuration, which says nothing of a code stream.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pydicom==3.0.2 pylibjpeg==2.1.0 pylibjpeg-openjpeg==2.6.0 pillow==13.0.0 numpy==2.4.6
cd "$work"
"$work/env/bin/python" - <<'PY'
import io

import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import JPEG2000Lossless

rows, columns = np.mgrid[:64, :64]
values = np.stack([4 * rows, 4 * columns, 2 * (rows + columns)], axis=-1).astype(np.uint8)
stream = io.BytesIO()
Image.fromarray(values).save(stream, "JPEG2000", irreversible=False, no_jp2=True)
stated = {"rows": 64, "columns": 64, "number_of_frames": 1, "samples_per_pixel": 3, "bits_allocated": 8}
stated |= {"bits_stored": 8, "pixel_representation": 0, "photometric_interpretation": "YBR_RCT"}
stated |= {"pixel_keyword": "PixelData", "pixel_vr": "OB"}
print("pydicom", pydicom.__version__, "(ITU-T T.800: the components of a stream have no order to choose)")
for plugin in ("pylibjpeg", "pillow"):
    for planar in (0, 1):
        options = stated | {"planar_configuration": planar, "decoding_plugin": plugin, "raw": True}
        frame, _ = get_decoder(JPEG2000Lossless).as_array(encapsulate([stream.getvalue()]), index=0, **options)
        wrong = int((np.asarray(frame) != values).any(axis=-1).sum())
        print(f"{plugin}, Planar Configuration {planar}: expected 0 wrong pixels, seen {wrong} of 4096")
        assert bool(wrong) == bool(planar)
PY
