#!/usr/bin/env bash
# Label Studio's JSON-MIN: a choice is a text where one is ticked, and an object where two are, of one and the same control.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet label-studio-sdk==2.1.2
cd "$work"
"$work/env/bin/python" - <<'PY'
import json
from importlib.metadata import version
from pathlib import Path

from label_studio_sdk.converter import Converter

CONFIG = """<View><Image name="image" value="$image"/>
<Choices name="finding" toName="image" choice="multiple"><Choice value="Effusion"/><Choice value="Nodule"/></Choices></View>"""


def task(number, ticked):
    said = {"id": "a", "from_name": "finding", "to_name": "image", "type": "choices", "value": {"choices": ticked}}
    annotation = {"id": number, "completed_by": 1, "result": [said], "created_at": "", "updated_at": "", "lead_time": 1}
    return {"id": number, "data": {"image": f"{number}.png"}, "annotations": [annotation]}


Path("tasks.json").write_text(json.dumps([task(1, ["Effusion"]), task(2, ["Effusion", "Nodule"])]))
Converter(CONFIG, project_dir=None).convert_to_json_min("tasks.json", "out", is_dir=False)
one, two = [each["finding"] for each in json.loads(Path("out/result.json").read_text())]
print("label-studio-sdk", version("label-studio-sdk"))
print("expected: both as lists of the ticked choices; seen:", json.dumps(one), "and", json.dumps(two))
assert one == "Effusion" and two == {"choices": ["Effusion", "Nodule"]}
PY
