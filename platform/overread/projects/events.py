"""Events about projects, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PolicyChanged:
    """These fields of a project have changed. `urgent`, a field of its findings, is among them."""

    project: UUID
    fields: frozenset[str]
