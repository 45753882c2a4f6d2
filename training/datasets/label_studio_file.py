"""The tasks of an export of Label Studio, as JSON or JSON-MIN."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from training.datasets.errors import DatasetError
from training.datasets.images import SUFFIXES
from training.datasets.json_file import objects, read_json, text_of
from training.datasets.label_studio_results import ANSWERS, DRAWN, Annotation, Entry, annotation_of

UPLOADED = re.compile(r"[0-9a-f]{8}-(.+)")  # what Label Studio puts before the name of a file that was uploaded to it


@dataclass
class Task:
    """One task: the address of its image, and what its annotators say. `number`: its place in the file, from 1."""

    number: int
    address: str = ""
    annotations: list[Annotation] = field(default_factory=list)
    problem: str = ""


def tasks_of(path: Path, image_field: str, controls: Sequence[str]) -> list[Task]:
    """`image_field`: the field of the image, where there are several. `controls`: those to read; all if there are none.

    Raises DatasetError where the file is no export.
    """
    content = read_json(path)
    if not isinstance(content, list):
        raise DatasetError(f"{path.name} is no list of tasks. Export as JSON or JSON-MIN.")
    records = objects(content, "tasks")
    if all(isinstance(record.get("data"), dict) for record in records):
        return [_task(number, record, image_field, controls) for number, record in enumerate(records, start=1)]
    answered = set(controls) or _answered(records)
    if not answered:
        raise DatasetError(
            "JSON-MIN does not tell answers from the tasks' own fields. Name those of labels, or export as JSON."
        )
    return [_min_task(number, record, image_field, answered) for number, record in enumerate(records, start=1)]


def addresses_of(address: str) -> list[str]:
    """The names under which an image may lie below the folder, the longest first."""
    parts = urlsplit(address) if re.match(r"[a-z0-9+.-]+://|/", address, re.IGNORECASE) else None
    path = address
    if parts is not None:
        local = parse_qs(parts.query).get("d", []) if "local-files" in parts.path else []
        path = local[-1] if local else unquote(parts.path)
    folders = [part for part in path.replace("\\", "/").split("/") if part]
    names = ["/".join(folders[start:]) for start in range(len(folders))]
    uploaded = UPLOADED.fullmatch(folders[-1]) if folders else None
    return [*names, uploaded[1]] if uploaded else names


def _task(number: int, record: Entry, image_field: str, controls: Sequence[str]) -> Task:
    task = Task(number)
    try:
        task.address = _address(record["data"], image_field)
        # Drafts are not handed in, and predictions are a model's: neither is a label.
        for annotation in objects(record.get("annotations", record.get("completions", [])), "annotations"):
            if annotation.get("was_cancelled") or annotation.get("skipped"):
                continue
            results = objects(annotation.get("result") or [], "results")
            if controls:
                results = [result for result in results if text_of(result.get("from_name")) in controls]
            # Older exports call the ground truth a honeypot.
            reference = True in (annotation.get("ground_truth"), annotation.get("honeypot"))
            task.annotations.append(
                annotation_of(results, _reader(annotation.get("completed_by")), reference=reference)
            )
    except DatasetError as error:
        task.problem = str(error)
    return task


def _min_task(number: int, record: Entry, image_field: str, answered: set[str]) -> Task:
    """One record an annotation; each control is a field, its results without their shell."""
    task = Task(number)
    try:
        task.address = _address(record, image_field)
        if record.get("annotation_id") is None:
            return task
        results = [result for control in sorted(answered) for result in _results(control, record.get(control))]
        task.annotations.append(annotation_of(results, _reader(record.get("annotator"))))
    except DatasetError as error:
        task.problem = str(error)
    return task


def _answered(records: Sequence[Entry]) -> set[str]:
    """The fields that hold an answer or a region in some record. A bare text may be one, or the task's own."""
    return {
        control
        for record in records
        for control, value in record.items()
        if isinstance(value, dict | list) and any(result["type"] for result in _results(control, value))
    }


def _results(control: str, value: object) -> list[dict[str, object]]:
    """A control's part of a record in JSON-MIN as results of JSON."""
    if value is None:
        return []
    if isinstance(value, str | int | float):
        return [{"type": "choices", "from_name": control, "value": {"choices": [value]}}]
    parts = value if isinstance(value, list) else [value]
    return [
        {
            **part,
            "type": next((kind for kind in (*DRAWN, *ANSWERS) if kind in part), ""),
            "from_name": control,
            "value": part,
        }
        for part in parts
        if isinstance(part, dict)
    ]


def _address(data: object, image_field: str) -> str:
    if not isinstance(data, dict):
        raise DatasetError("A task has no data.")
    names = [image_field] if image_field else _image_fields(data)
    if len(names) > 1:
        raise DatasetError(f"A task has several images, in {', '.join(names)}. Name the field.")
    address = text_of(data.get(names[0])) if names else ""
    if not address or address.startswith("data:"):
        raise DatasetError("A task names no image file.")
    return address


def _image_fields(data: Entry) -> list[str]:
    if "image" in data:
        return ["image"]
    return [name for name, value in data.items() if _is_image(text_of(value))]


def _is_image(address: str) -> bool:
    return any(PurePosixPath(name).suffix in SUFFIXES for name in addresses_of(address)[:1])


def _reader(who: object) -> str:
    """The annotator's number. Never a name or an address, which some exports hold."""
    number = text_of(who.get("id")) if isinstance(who, dict) else text_of(who)
    return f"annotator {number}" if number.isdecimal() else ""
