from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"

    def ready(self) -> None:
        from overread.archive.services import ready_register
        from overread.jobs.registry import kind_register

        kind_register("inference.predict", queue="inference", handler="inference.handlers.predict")
        kind_register("inference.one", queue="interactive", handler="inference.handlers.one")
        kind_register("inference.refresh", queue="inference", handler="inference.handlers.refresh")
        ready_register("inference.predict")
