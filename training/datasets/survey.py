"""What an import of a data set would do, told before it does anything."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from training.datasets.errors import DatasetError
from training.datasets.items import Dataset, Item, Question
from training.datasets.near_duplicates import NearDuplicates
from training.datasets.numbers import Decimal
from training.datasets.patients import Patients, number_form
from training.datasets.same_files import Files, same_bytes
from training.datasets.translation import Said, Translation
from training.datasets.words import is_negative, is_unknown, nearest

EXAMPLES = 20  # refused images and missing files that are told one by one
VALUES = 200  # distinct values of one question that are counted one by one
OTHERS = "…"


@dataclass
class QuestionSurvey:
    """One name in the data set. `finding`: the name of the finding that it means, "" where there is none or it is left out.

    `counts`: how often each value is said, in the source's words.
    """

    question: Question
    finding: str = ""
    left_out: bool = False
    nearest: str = ""
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Survey:
    """`answers`: finding slug → answer → how many images. `to_decide`: what has to be decided before an import may begin.

    `refused` and `missing` hold the first examples: (line or place, reason). `duplicates`: groups of files with the same
    bytes, as the data set names them. `near` is None where nobody looked for what looks the same. `bytes`: of all files.
    """

    questions: list[QuestionSurvey] = field(default_factory=list)
    unknown_names: Counter[str] = field(default_factory=Counter)
    nearest: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    splits: Counter[str] = field(default_factory=Counter)
    images: int = 0
    accepted: int = 0
    without_label: int = 0
    without_patient: int = 0
    patients: int = 0
    patients_in_splits: int = 0
    regions: int = 0
    masks: int = 0
    refused_count: int = 0
    missing_count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    missing: list[tuple[int, str]] = field(default_factory=list)
    duplicates: list[list[str]] = field(default_factory=list)
    near: NearDuplicates | None = None
    bytes: int = 0
    notes: list[str] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)


@dataclass
class _Patients:
    """64-bit hashes of what was seen: eight bytes a patient, and no identifier."""

    written: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))
    in_splits: array[int] = field(default_factory=lambda: array("q"))
    with_split: array[int] = field(default_factory=lambda: array("q"))

    def add(self, patient: str, split: str) -> None:
        self.written.append(hash64(patient))
        self.numbers.append(hash64(number_form(patient)))
        if split:
            self.in_splits.append(hash64(patient))
            self.with_split.append(hash64(f"{patient}\0{split}"))


def survey(
    dataset: Dataset, translation: Translation, patients: Patients, on_item: Callable[[], object] = lambda: None
) -> Survey:
    """Go through the whole data set and store nothing. Raises DatasetError where it cannot be read at all."""
    told = Survey(notes=dataset.notes())
    questions = _questions(dataset, translation)
    told.questions = list(questions.values())
    seen = _Patients()
    files = Files()
    decimals = dataset.decimals()
    for item in dataset.items():
        told.images += 1
        try:
            answers = _understood(item, translation, decimals)
            patient = patients.of(item)
        except DatasetError as error:
            _refuse(told, item, str(error), translation)
            continue
        finally:
            on_item()
        _count(told, questions, item, answers)
        if patient:
            seen.add(patient, item.split)
        else:
            told.without_patient += 1
        try:
            size = dataset.images.find(item.file).stat().st_size
        except (DatasetError, OSError) as error:
            _miss(told, item.number, str(error))
            continue
        told.accepted += 1
        told.bytes += size
        files.add(told.images - 1, size)
    _count_patients(told, seen, decided=patients.decided)
    told.duplicates, beyond = same_bytes(dataset, files)
    if beyond is not None:
        told.notes.append(f"Files of {beyond} bytes and more were not compared with one another: there are too many.")
    return told


def _questions(dataset: Dataset, translation: Translation) -> dict[str, QuestionSurvey]:
    unknown = translation.unknown()
    found = {}
    for question in dataset.questions():
        target = translation.target(question.name)
        found[question.name] = QuestionSurvey(
            question,
            target.name if target else "",
            translation.is_left_out(question.name),
            unknown.get(question.name, ""),
        )
    return found


def _understood(item: Item, translation: Translation, decimals: Mapping[str, Decimal]) -> dict[str, Said]:
    if item.problem:
        raise DatasetError(item.problem)
    return translation.answers(item, decimals)


def _count(told: Survey, questions: dict[str, QuestionSurvey], item: Item, answers: dict[str, Said]) -> None:
    for name, cell in item.said.items():
        if name in questions and not is_unknown(cell):
            counts = questions[name].counts
            counts[cell if cell in counts or len(counts) < VALUES else OTHERS] += 1
    for name in item.named or ():
        if name in questions:
            questions[name].counts["named"] += 1
    for slug, said in answers.items():
        told.answers[slug][said.value if len(told.answers[slug]) < VALUES else OTHERS] += 1
    if not answers:
        told.without_label += 1
    told.splits[item.split] += 1
    told.regions += len(item.regions)
    told.masks += len(item.masks)


def _refuse(told: Survey, item: Item, reason: str, translation: Translation) -> None:
    told.refused_count += 1
    if len(told.refused) < EXAMPLES:
        told.refused.append((item.number, reason))
    for name in item.named or ():
        if is_negative(name) or is_unknown(name) or translation.target(name) or translation.is_left_out(name):
            continue
        if name in told.unknown_names or len(told.unknown_names) < VALUES:
            told.unknown_names[name] += 1
            told.nearest[name] = nearest(name, translation.finding_names())


def _miss(told: Survey, number: int, reason: str) -> None:
    told.missing_count += 1
    if len(told.missing) < EXAMPLES:
        told.missing.append((number, reason))


def _count_patients(told: Survey, seen: _Patients, *, decided: bool) -> None:
    written = set(seen.written)
    told.patients = len(written)
    told.patients_in_splits = len(set(seen.with_split)) - len(set(seen.in_splits))
    if not decided and len(set(seen.numbers)) < len(written):
        fewer = len(written) - len(set(seen.numbers))
        told.to_decide.append(
            f"{fewer} patients differ from others only as 007, 7 and 7.0 do. Say whether these are the same patient "
            "(patient ids: numbers) or not (as-written)."
        )


def hash64(text: str) -> int:
    """Tells texts apart without keeping them."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
