"""What happens to labels, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class LabelsChanged:
    """The labels of an image of a project were derived anew."""

    project: UUID
