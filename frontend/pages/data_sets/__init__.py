"""Importing data sets: choose one, see what an import would do, decide, import, withdraw."""

from frontend.pages.data_sets.draft import live
from frontend.pages.data_sets.draft import page as draft
from frontend.pages.data_sets.imported import page as imported
from frontend.pages.data_sets.views import page

__all__ = ["draft", "imported", "live", "page"]
