"""Training runs: their labels, progress and curves, and the buttons that start and cancel one."""

from frontend.pages.training.views import cancel, live, page, run

__all__ = ["cancel", "live", "page", "run"]
