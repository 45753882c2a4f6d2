"""What happens to projects, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PolicyChanged:
    """These fields of a project have another value. Among them is `urgent`, which its findings hold."""

    project: UUID
    fields: frozenset[str]
