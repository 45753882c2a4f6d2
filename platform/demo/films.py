"""The demo's films and those its network learnt from: the list of them, and how one is drawn. Knows no database.

The generator is imported where it is used, because importing it takes a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overread.projects.services import FindingSpec
    from phantom.table import Shot

FINDINGS: tuple[FindingSpec, ...] = (
    {"slug": "effusion", "name": "Effusion"},
    {"slug": "consolidation", "name": "Consolidation"},
    {"slug": "nodule", "name": "Nodule"},
    {"slug": "cardiomegaly", "name": "Cardiomegaly"},
    {"slug": "pneumothorax", "name": "Pneumothorax"},
)
PREVALENCE = dict.fromkeys((finding["slug"] for finding in FINDINGS), 0.35)
LABELLED, UNREAD = 240, 100
LABELLED_SIZE, UNREAD_SIZE = 256, 512  # nobody reads the labelled ones, and a small one is drawn in half the time
DIFFICULTY = 0.1  # plain findings: the demo's network is tiny
LEARNT_SEED, HELD_OUT_SEED = 901, 902  # of the tables that the network learnt from and was tried on; the demo's is 0


@dataclass(frozen=True)
class Film:
    """One film of the demo. `labelled`: its truth is imported; readers are given the others."""

    shot: Shot
    labelled: bool

    @property
    def patient_id(self) -> str:
        return f"DEMO-{self.shot.patient:06d}"

    @property
    def size(self) -> int:
        if self.labelled:
            return LABELLED_SIZE
        return UNREAD_SIZE


def films() -> list[Film]:
    """The demo's films; no patient has both labelled and unread ones."""
    from phantom.table import Batch, shots

    planned = shots(Batch(count=LABELLED + UNREAD))
    known = {shot.patient for shot in planned[:LABELLED]}
    return [Film(shot, shot.patient in known) for shot in planned]


def draw(shot: Shot, patient_id: str, size: int) -> tuple[bytes, dict[str, str]]:
    """The film as a DICOM file, and its truth: finding → present or absent."""
    from phantom.dicom import to_dicom
    from phantom.render import draw_findings, render

    drawn = draw_findings(shot.seed, PREVALENCE, patient=shot.patient)
    film = render(shot.seed, drawn, size=size, difficulty=DIFFICULTY, view=shot.view, patient=shot.patient)
    truth = {slug: "present" if slug in drawn else "absent" for slug in PREVALENCE}
    return to_dicom(film, patient_id=patient_id), truth
