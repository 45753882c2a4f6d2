"""One read on paper: the image, the reader's answers, and the model's prediction if the reader was shown it."""

from frontend.pages.summary.views import page

__all__ = ["page"]
