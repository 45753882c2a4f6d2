"""What an import holds while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from labeling.models import LabelImport
from overread.accounts.models import User
from overread.archive.bulk import TakenIn
from overread.archive.models import Image
from overread.projects.models import Finding, Project
from training.datasets.items import Item
from training.datasets.translation import Said
from training.models import DatasetImport
from training.services.opening import OpenDataset

UNDECLARED = "Imported without a declaration of how the labels came to be."


@dataclass(frozen=True)
class Declaration:
    """How the labels came to be, in the importer's words; whether they are an independent standard, and whether a model was in
    view when they were given.
    """

    words: str = UNDECLARED
    independent: bool = False
    exposed: bool = False


@dataclass
class ImportCounts:
    """What became of the images so far. `known`: imported earlier, or held by the project already."""

    images: int = 0
    stored: int = 0
    known: int = 0
    labelled: int = 0
    refused: int = 0
    replaced: int = 0


@dataclass(frozen=True)
class Incoming:
    """An item that was understood: its answers, and its file as it was taken in, or why it is refused."""

    item: Item
    answers: Mapping[str, Said] = field(default_factory=dict)
    file: TakenIn | None = None
    file_sha256: str = ""
    masks: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def refused(self, reason: str) -> Incoming:
        """The same item as one that is refused for this reason."""
        return Incoming(self.item, file_sha256=self.file_sha256, reason=reason)


@dataclass(frozen=True)
class Stored:
    """An item whose image is stored and whose labels are not yet."""

    incoming: Incoming
    image: Image


@dataclass
class Progress:
    """An import that is going on."""

    project: Project
    opened: OpenDataset
    dataset: DatasetImport
    labels: LabelImport | None
    findings: Mapping[str, Finding]
    actor: User | None
    replace: bool
    on_refusal: Callable[[int, str], None]
    counts: ImportCounts = field(default_factory=ImportCounts)
