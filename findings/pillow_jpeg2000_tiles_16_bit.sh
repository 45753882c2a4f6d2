#!/usr/bin/env bash
# Pillow writes a JPEG 2000 of a 16-bit grey image wrongly as soon as it has more than one column of tiles.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.6 imagecodecs==2026.3.6
cd "$work"
"$work/env/bin/python" - <<'PY'
from io import BytesIO

import imagecodecs
import numpy as np
import PIL
from PIL import Image

grey = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16


def right(pixels, **tiles):
    """The share of pixels that come out as they went in, read by OpenJPEG without Pillow."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG2000", irreversible=False, **tiles)
    return float((imagecodecs.jpeg2k_decode(stream.getvalue()) == pixels).mean())


print("Pillow", PIL.__version__, "imagecodecs", imagecodecs.__version__)
assert right(grey) == right(grey, tile_size=(64, 32)) == 1.0
assert right((grey >> 8).astype(np.uint8), tile_size=(32, 32)) == 1.0
seen = right(grey, tile_size=(32, 32))
print("lossless, 16 bits, 2 x 2 tiles: expected a share of 1.0 right, seen", seen)
assert seen < 1.0
PY
