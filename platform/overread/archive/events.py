"""Events about images, for the rooms above."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ImageReady:
    """An image of a project can be read: it is decoded, and it is what the project reads. `source`: as in Enrolment."""

    image: UUID
    project: UUID
    source: str
