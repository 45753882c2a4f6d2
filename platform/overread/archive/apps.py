from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "overread.archive"

    def ready(self) -> None:
        from overread.jobs.registry import kind_register

        kind_register("archive.render", queue="io", handler="overread.archive.handlers.render", shared=True)
