"""One image: what became of it, what a model says of it where that may be shown, and the way to answer it."""

from frontend.pages.image.actions import admit, read, retry
from frontend.pages.image.overlay import overlay
from frontend.pages.image.picture import picture
from frontend.pages.image.views import page

__all__ = ["admit", "overlay", "page", "picture", "read", "retry"]
