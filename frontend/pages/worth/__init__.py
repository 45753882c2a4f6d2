"""Is selection worth it? What a strategy gained over random order, and whether to stop labelling."""

from frontend.pages.worth.views import page, restore

__all__ = ["page", "restore"]
