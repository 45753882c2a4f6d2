"""Fills the older build's database, prints what is in it, or what that build answers. `make.py` runs it there."""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import django

django.setup()

from ask import answers_to  # noqa: E402
from django.apps import apps  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402
from rows import Rows, rows_of  # noqa: E402


def older() -> dict[str, Any]:
    last: dict[str, str] = {}
    for app, name in MigrationRecorder.Migration.objects.order_by("app", "name").values_list("app", "name"):
        last[app] = name
    rows = rows_of(apps)
    return {"migrations": last, "rows": rows, "files": files_of(rows)}


def files_of(rows: Rows) -> dict[str, str]:
    """The stored files of the images that the questions are about: those of several frames, and those predicted."""
    asked = {row["image_id"] for table in ("archive_framerendering", "inference_prediction") for row in rows[table]}
    named = {row["maps"] for row in rows["inference_prediction"]}
    named |= {row["blob"] for table in ("inference_scoreshard", "inference_embeddingshard") for row in rows[table]}
    for table in ("archive_rendering", "archive_framerendering"):
        for row in rows[table]:
            named |= {str(value) for value in row.values()} if row["image_id"] in asked else set()
    files = Path(os.environ["OVERREAD_DATA"]) / "files"
    kept = [path for path in sorted(files.rglob("*")) if path.is_file() and path.name in named]
    return {str(path.relative_to(files)): b64encode(path.read_bytes()).decode() for path in kept}


def done() -> Any:
    if sys.argv[1] == "fill":
        from fill import fill

        return fill()
    return older() if sys.argv[1] == "rows" else answers_to(json.load(sys.stdin))


if __name__ == "__main__":
    print(json.dumps(done()))
