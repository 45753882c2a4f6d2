#!/usr/bin/env bash
# pyjpegls: a uint16 array whose values all fit into 8 bits is not what comes back from lossless coding.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet pyjpegls==1.5.1 numpy==2.4.6
"$work/env/bin/python" - <<'PY'
from importlib.metadata import version

import jpeg_ls
import numpy as np

values = (np.arange(64 * 64) % 200).reshape(64, 64).astype(np.uint16)
back = np.asarray(jpeg_ls.decode(np.frombuffer(jpeg_ls.encode_array(values), np.uint8)))
print("pyjpegls", version("pyjpegls"))
print(f"expected {values.dtype} {values.shape}, the same values")
print(f"seen {back.dtype} {back.shape}, the first row begins", back.ravel()[:8].tolist())
assert back.shape != values.shape or (back != values).any()
PY
