"""The dry run of an import: the data set's own survey, and what this project has to decide first."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError

from overread.projects.models import Finding
from overread.projects.services import finding_check
from training.datasets.alike import alike_names
from training.datasets.survey import Survey, survey
from training.services.near_duplicates import near_duplicates
from training.services.opening import OpenDataset

UNASKED_IMAGES = 2_000  # so many are looked at for near duplicates without being asked: a minute at most
UNASKED_BYTES = 200 * 2**20  # of all files: large films take longer


def data_set_survey(
    opened: OpenDataset, on_item: Callable[[], object] = lambda: None, *, dry_run: bool = True
) -> Survey:
    """What an import would do. Stores nothing. Raises DatasetError where the data set cannot be read at all.

    A `dry_run` looks for near duplicates in a small data set unasked; otherwise only the option `near_duplicates` does it.
    """
    told = survey(opened.dataset, opened.translation, opened.patients, on_item)
    small = told.accepted <= UNASKED_IMAGES and told.bytes <= UNASKED_BYTES
    if opened.source.options.near_duplicates or (dry_run and small):
        told.near = near_duplicates(opened, on_item)
    told.to_decide += _unread(opened)
    told.to_decide += _alike(opened)
    told.to_decide += _unfit(opened)
    if not told.accepted:
        told.to_decide.append(_nothing(told))
    return told


def _unread(opened: OpenDataset) -> list[str]:
    """What answers no finding. Names in lists refuse their own rows, and are counted."""
    unknown = opened.translation.unknown()
    open_names = [question.name for question in opened.translation.questions if not question.listed]
    unread = [name for name in open_names if name in unknown]
    if not unread:
        return []
    words = []
    for name in unread:
        near = f" (the nearest is {unknown[name]!r})" if unknown[name] else ""
        words.append(f"{name!r}{near}")
    return [
        f"{', '.join(words)}: no finding of the project. Map each to a finding, leave it out, or leave out everything "
        "that is not mapped."
    ]


def _alike(opened: OpenDataset) -> list[str]:
    """Findings that would be made although one is probably a slip of another. Names that are mapped are decided."""
    if opened.source.options.distinct_names:
        return []
    pairs = alike_names([spec["name"] for spec in opened.specs])
    return [
        f"{one!r} and {other!r} would become two findings. Map one to the other, or say that the names are distinct."
        for one, other in pairs
    ]


def _unfit(opened: OpenDataset) -> list[str]:
    """Why a finding that would be made can be none, as one with a single option."""
    words = []
    for spec in opened.specs:
        finding = Finding(**spec)
        try:
            finding.clean_fields(exclude=["project"])
            finding_check(finding)
        except ValidationError as wrong:
            words.append(
                f"{' '.join(wrong.messages)} Give the kind or the options of {spec['name']!r}, or leave it out."
            )
    return words


def _nothing(told: Survey) -> str:
    first = (told.missing or told.refused or [(0, "It holds no image.")])[0][1]
    return f"No image can be taken in. {first}"
