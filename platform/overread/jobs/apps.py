from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "overread.jobs"

    def ready(self) -> None:
        """Import what each app's jobs do and what it listens to, in the order of the apps."""
        autodiscover_modules("handlers", "listeners")
