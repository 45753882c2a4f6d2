"""Making a project: its name and modality, its findings, its members."""

from frontend.pages.new_project.views import page

__all__ = ["page"]
