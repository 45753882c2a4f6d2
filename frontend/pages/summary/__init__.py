"""One read on paper: the image, the reader's answers, and the model's word where the reader has been shown it."""

from frontend.pages.summary.views import page

__all__ = ["page"]
