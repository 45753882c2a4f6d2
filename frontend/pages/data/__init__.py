"""The images of a project: what they show, their status, and their reference labels."""

from frontend.pages.data.views import page

__all__ = ["page"]
