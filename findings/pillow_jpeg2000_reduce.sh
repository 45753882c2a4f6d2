#!/usr/bin/env bash
# Pillow reads a JPEG 2000 at reduced size only where rounding to the nearest gives what rounding up does.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.6
"$work/env/bin/python" - <<'PY'
import io

import numpy as np
import PIL
from PIL import Image

def reduced(side):
    stream = io.BytesIO()
    Image.fromarray(np.zeros((side, side), np.uint8)).save(stream, "JPEG2000", no_jp2=True, num_resolutions=6)
    image = Image.open(io.BytesIO(stream.getvalue()))
    image.reduce = 3
    try:
        image.load()
    except OSError as error:
        return f"{type(error).__name__}: {error}"
    return image.size

print("Pillow", PIL.__version__)
found = {side: reduced(side) for side in (256, 250, 257)}
for side, seen in found.items():
    size = -(-side // 8)
    print(f"{side} pixels a side, reduce = 3: expected {(size, size)} (ITU-T T.800 B-15), seen {seen}")
assert found[256] == (32, 32)
assert all(str(found[side]).startswith("OSError") for side in (250, 257))
PY
