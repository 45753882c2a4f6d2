#!/usr/bin/env bash
# Pillow on 16-bit grey images (mode I;16): what interpolates, fills or counts works on single bytes.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.6
"$work/env/bin/python" - <<'PY'
import numpy as np
import PIL
from PIL import Image, ImageStat

rows, columns = np.mgrid[:64, :64]
values = (20000 + 300 * columns + 100 * rows).astype(np.uint16)
image, as_float = Image.fromarray(values), Image.fromarray(values.astype(np.float32))
affine = (64, 64), Image.Transform.AFFINE, (1, 0.1, 0, 0, 1, 0), Image.Resampling.BILINEAR

moved, wanted = (np.asarray(each.transform(*affine))[20, 20] for each in (image, as_float))
filled = image.copy()
filled.paste(30000, (0, 0, 8, 8))
mean = ImageStat.Stat(image).mean[0]
print("Pillow", PIL.__version__)
print(f"affine, bilinear: expected about {wanted:.0f}, seen {moved}")
print(f"paste(30000): expected 30000, seen {np.asarray(filled)[0, 0]}")
print(f"ImageStat mean: expected {values.mean():.0f}, seen {mean:.0f}")
assert moved < 256 < wanted
assert np.asarray(filled)[0, 0] == 0x3030
assert mean < 256 < values.mean()
PY
