from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"

    def ready(self) -> None:
        from overread.archive.services import ready_register

        ready_register("inference.predict")
