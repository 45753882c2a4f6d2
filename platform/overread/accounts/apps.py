from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "overread.accounts"

    def ready(self) -> None:
        from overread.accounts import access, sessions  # noqa: F401  (they listen)
