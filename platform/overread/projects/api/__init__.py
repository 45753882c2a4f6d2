"""The REST views of projects, and the view that every address below a project is made of."""

from overread.projects.api.projects import FindingSerializer, ProjectView

__all__ = ["FindingSerializer", "ProjectView"]
