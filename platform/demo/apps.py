from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        from overread.jobs.registry import kind_register

        for kind, handler in (("films", "films"), ("judge", "network")):
            kind_register(
                f"demo.{kind}",
                queue="io",
                handler=f"demo.handlers.{handler}",
                on_death="demo.loading.go_on",
            )
