"""Runs: what they learned from, how far they are, and how to start and stop one."""

from frontend.pages.training.views import cancel, live, page, run

__all__ = ["cancel", "live", "page", "run"]
