#!/usr/bin/env bash
# GDCM's Python module takes whatever is called `dl` for the module of Python 2: an empty folder of that name stops its import.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet python-gdcm==3.2.6
mkdir -p "$work/without" "$work/with/dl"
for place in without with; do
    cd "$work/$place"
    echo "import gdcm in a folder $place a folder named dl:"
    "$work/env/bin/python" -c "import gdcm; print('  works, GDCM', gdcm.Version.GetVersion())" 2>&1 | tail -1 | tee "$work/$place.txt"
done
grep -q works "$work/without.txt"
grep -q "AttributeError: module 'dl' has no attribute" "$work/with.txt"
