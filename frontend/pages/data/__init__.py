"""The images of a project: what they are, what became of them, and what is held true of them."""

from frontend.pages.data.browsing import page

__all__ = ["page"]
