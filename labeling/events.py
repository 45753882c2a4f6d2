"""Events about labels, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class LabelsChanged:
    """The labels of one of the project's images were derived again."""

    project: UUID
