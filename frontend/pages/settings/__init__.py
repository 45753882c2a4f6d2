"""A project's settings: its reading protocol, its findings, and the policies of its queue and its training."""

from frontend.pages.settings.form import SettingsForm
from frontend.pages.settings.views import page

__all__ = ["SettingsForm", "page"]
