"""What happens to scores, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ScoresChanged:
    """An image of a project has been scored, or all were, `anew`, by the pipeline that has come into use.

    Also announced of an image that came while no pipeline was in use: it has been through, and can be chosen.
    """

    project: UUID
    anew: bool
