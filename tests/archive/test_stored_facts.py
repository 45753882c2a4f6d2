"""No stored fact without a consumer: what the archive keeps of an image is shown to somebody or decides something."""

import re
from pathlib import Path

import pytest
from django.db.models import Model

from overread.archive.models import Enrolment, FrameRendering, Image, Patient, Rendering, Study

ROOT = Path(__file__).parents[2]
CONSUMERS: dict[type[Model], dict[str, list[str]]] = {
    Patient: {
        "pseudonym": ["platform/overread/archive/models.py:def code", "frontend/image_words.py"],
        "draw": ["platform/overread/archive/services.py"],
        "reference": ["labeling/services/labels.py", "frontend/pages/data/views.py"],
    },
    Study: {
        "uid": ["platform/overread/archive/services.py", "platform/overread/archive/api/images.py"],
        "patient": ["frontend/image_words.py", "labeling/selection"],
        "day": ["frontend/image_words.py", "frontend/pages/read/companions.py"],
    },
    Image: {
        "study": ["frontend/pages/read/companions.py", "frontend/image_words.py"],
        "sha256": ["platform/overread/archive/services.py"],
        "kind": ["frontend/file_words.py"],
        "status": ["frontend/pages/image/actions.py", "platform/overread/archive/queries.py"],
        "reason": ["frontend/templates/image/state.html"],
        "instance_uid": ["platform/overread/archive/queries.py"],
        "modality": ["frontend/image_words.py", "platform/overread/archive/presets.py"],
        "intent": ["frontend/image_words.py", "frontend/file_words.py"],
        "view": ["frontend/image_words.py", "platform/overread/archive/hanging.py"],
        "laterality": ["frontend/image_words.py", "platform/overread/archive/queries.py"],
        "body_part": ["platform/overread/archive/presets.py", "frontend/file_words.py"],
        "orientation": ["platform/overread/archive/hanging.py", "frontend/src/reading/directions.ts"],
        "sex": ["frontend/image_words.py", "frontend/pages/data/summary.py"],
        "age_years": ["frontend/image_words.py", "training/services/judging.py"],
        "device": ["frontend/image_words.py", "training/services/judging.py"],
        "indication": ["frontend/image_words.py"],
        "rows": ["frontend/pages/image/views.py", "frontend/file_words.py"],
        "columns": ["frontend/pages/image/views.py", "frontend/file_words.py"],
        "frames": ["frontend/file_words.py", "frontend/src/reading/frames.ts"],
        "bits_stored": ["frontend/file_words.py"],
        "photometric": ["frontend/file_words.py"],
        "transfer_syntax": ["frontend/file_words.py"],
        "pixel_spacing": ["frontend/pages/read/images.py", "frontend/file_words.py"],
        "spacing_kind": ["frontend/src/reading/measure/subject.ts", "frontend/file_words.py"],
        "pixel_aspect": ["frontend/pages/image/picture.py", "frontend/pages/read/images.py"],
        "burned_in": ["frontend/image_words.py"],
        "created_at": ["frontend/file_words.py"],
    },
    Enrolment: {
        "project": ["platform/overread/archive/queries.py"],
        "image": ["platform/overread/archive/queries.py"],
        "source": ["frontend/file_words.py"],
        "added_by": ["frontend/file_words.py"],
        "added_at": ["frontend/file_words.py"],
        "mismatch": ["platform/overread/archive/queries.py", "frontend/pages/image/result.py"],
        "admitted_by": ["frontend/file_words.py", "platform/overread/archive/services.py"],
    },
    Rendering: {
        "image": ["platform/overread/archive/queries.py"],
        "thumb": ["frontend/templates/data/tile.html"],
        "rows": ["frontend/pages/read/images.py"],
        "columns": ["frontend/pages/read/images.py"],
        "half_rows": ["frontend/src/reading/levels.ts"],
        "half_columns": ["frontend/src/reading/levels.ts"],
        "inverted": ["frontend/src/viewer/painter.ts", "platform/overread/archive/dicom/display.py"],
        "look": ["platform/overread/archive/fitness.py"],
        "tones": ["platform/overread/archive/presets.py"],
    },
    FrameRendering: {
        "image": ["platform/overread/archive/queries.py"],
        "number": ["platform/overread/archive/queries.py"],
    },
}
PACKED = {
    "full": ["platform/overread/archive/queries.py"],
    "half": ["platform/overread/archive/queries.py"],
    "channels": ["frontend/src/reading/levels.ts", "platform/overread/archive/dicom/display.py"],
    "bits": ["platform/overread/archive/dicom/display.py"],
    "slope": ["frontend/src/viewer/windowing.ts"],
    "intercept": ["frontend/src/viewer/windowing.ts"],
    "padding": ["frontend/src/viewer/painter.ts", "platform/overread/archive/dicom/display.py"],
    "windows": ["frontend/src/viewer/windowing.ts", "frontend/src/reading/toolbar.ts"],
    "minimum": ["platform/overread/archive/presets.py"],
    "maximum": ["platform/overread/archive/presets.py"],
}
CONSUMERS[Rendering] |= PACKED
CONSUMERS[FrameRendering] |= PACKED


@pytest.mark.parametrize("model", CONSUMERS, ids=lambda model: model.__name__)
def test_every_stored_fact_is_listed(model: type[Model]):
    stored = {field.name for field in model._meta.local_concrete_fields if not field.primary_key}
    assert set(CONSUMERS[model]) == stored


@pytest.mark.parametrize(
    ("name", "place"),
    [(name, place) for facts in CONSUMERS.values() for name, places in facts.items() for place in places],
)
def test_every_consumer_reads_its_fact(name: str, place: str):
    path = ROOT / place.partition(":")[0]
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    assert any(re.search(rf"\b(get_)?{name}(_id|_display)?\b", file.read_text()) for file in files)
