"""What an administrator sets for a project: its reading protocol, its findings and the policies it learns by."""

from frontend.pages.settings.form import SettingsForm
from frontend.pages.settings.views import page

__all__ = ["SettingsForm", "page"]
