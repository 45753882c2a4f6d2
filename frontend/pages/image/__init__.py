"""One image: its status, a model's prediction if it may be shown, and the button to read it."""

from frontend.pages.image.actions import admit, overrule, read, retry
from frontend.pages.image.overlay import overlay
from frontend.pages.image.picture import picture
from frontend.pages.image.views import page

__all__ = ["admit", "overlay", "overrule", "page", "picture", "read", "retry"]
