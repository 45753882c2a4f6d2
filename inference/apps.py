from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"

    def ready(self) -> None:
        from django.conf import settings

        from inference.engine import backbones

        backbones.allow(settings.ARCHITECTURES)
