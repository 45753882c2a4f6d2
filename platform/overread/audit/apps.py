from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "overread.audit"

    def ready(self) -> None:
        from overread.audit import signals  # noqa: F401
