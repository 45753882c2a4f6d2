"""What all API views share: problem+json errors, strict bodies, keyset pages, and how they describe themselves.

Views and their bases are in `overread.api.views`: importing them from here would go in a circle with DRF's settings.
"""

from overread.api.pages import KeysetPagination
from overread.api.problems import Busy, Problem, problem

__all__ = ["Busy", "KeysetPagination", "Problem", "problem"]
