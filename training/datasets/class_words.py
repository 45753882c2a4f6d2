"""What the names of class folders say: yes and no to one finding, one of several options, or names of findings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from training.datasets.columns import OPTIONS_AT_MOST
from training.datasets.errors import DatasetError
from training.datasets.items import ColumnKind, Question
from training.datasets.options import Options
from training.datasets.words import NO, YES, is_negative, is_unknown, plain

DEFAULT_NAME = "class"  # of the finding whose options are the folders


@dataclass(frozen=True)
class Reading:
    """How class folders are read. `answers`: a folder's name, made plain → what it says of the only question. Without it the
    names are those of findings.
    """

    questions: tuple[Question, ...]
    answers: Mapping[str, str] = field(default_factory=dict)


def reading_of(classes: Sequence[str], options: Options, kinds: Mapping[str, ColumnKind]) -> Reading:
    """`classes`: the folders' names. `kinds`: those of the project's findings. The finding's name is the first of the label
    columns, where one is given. Raises DatasetError where the names leave it open.
    """
    known = [name for name in classes if not is_unknown(name) or is_negative(name)]
    if not known:
        raise DatasetError("There is no folder of images with the name of a class.")
    name = options.label_columns[0] if options.label_columns else ""
    kind = options.kinds.get(name or DEFAULT_NAME) or kinds.get(plain(name or DEFAULT_NAME))
    if kind == "measurement":
        raise DatasetError(f"The finding {name or DEFAULT_NAME} is measured, and folders do not measure.")
    if kind == "categorical":
        return _options(name or DEFAULT_NAME, known, options)
    pair = _positive_and_negative(known)
    if pair and kind != "names":
        return _yes_or_no(name, *pair)
    if kind == "binary":
        raise DatasetError(f"The folders {', '.join(known[:5])} do not say yes or no to {name or DEFAULT_NAME}.")
    positives = [each for each in known if not is_negative(each)]
    if kind == "names" or (not name and any(kinds.get(plain(each)) == "binary" for each in positives)):
        return _findings(positives)
    if len(known) == 1:
        raise DatasetError(
            f"All images lie in one folder of a class, {known[0]!r}, which is no finding of the project: that tells nothing "
            "apart. Give the folder above the classes, or name the finding and its kind."
        )
    return _options(name or DEFAULT_NAME, known, options)


def _yes_or_no(name: str, positive: str, negative: str) -> Reading:
    why = f"the folders {positive} and {negative}"
    if not name and plain(positive) in YES:
        name = DEFAULT_NAME
    if not name and is_negative(negative):
        # By name, so that each label keeps its folder's own word.
        return Reading((Question(positive, listed=True, why=why),))
    answers = {plain(positive): "present", plain(negative): "absent"}
    return Reading((Question(name or positive, why=why),), answers)


def _findings(names: Sequence[str]) -> Reading:
    why = "folders with the names of findings"
    return Reading(tuple(Question(name, listed=True, why=why) for name in names))


def _options(name: str, known: Sequence[str], options: Options) -> Reading:
    known = [each for each in known if not is_unknown(each)]
    choices = options.choices.get(name, ()) or tuple(known)
    if len(choices) > OPTIONS_AT_MOST:
        raise DatasetError(
            f"There are {len(choices)} class folders, {', '.join(known[:3])} …: too many for the options of a finding. "
            "Are they patients? Give the folder above the classes."
        )
    question = Question(name, "categorical", choices, why=f"{len(known)} class folders")
    return Reading((question,), {plain(each): each for each in known})


def _positive_and_negative(known: Sequence[str]) -> tuple[str, str] | None:
    """Two classes of which one says that the other is not there."""
    if len(known) != 2:
        return None
    for positive, negative in (known, known[::-1]):
        if _denies(positive, negative) and not is_negative(positive):
            return positive, negative
    return None


def _denies(positive: str, negative: str) -> bool:
    """Whether the second name says no to the first: NORMAL, no; non-COVID to COVID."""
    if plain(positive) in YES:
        return plain(negative) in NO or is_negative(negative)
    if is_negative(negative):
        return True
    denied = rf"(no|non|not|without) ?{re.escape(plain(positive))}"
    return re.fullmatch(denied, plain(negative)) is not None
