from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "overread.jobs"

    def ready(self) -> None:
        from overread.jobs.registry import tick_register

        tick_register("overread.audit.views.views_collect")
        tick_register("overread.audit.services.events_seal")
        tick_register("overread.accounts.access.access_tidy")
