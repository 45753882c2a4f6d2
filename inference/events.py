"""The events of inference, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ScoresChanged:
    """An image of a project has been scored, or all of them (`anew`) by the pipeline that was promoted.

    Also announced for an image that arrived while no pipeline was in use: it has no scores, and can be selected.
    """

    project: UUID
    anew: bool
