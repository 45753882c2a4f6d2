from typing import Any

from django.core.management.base import BaseCommand

from overread.accounts.models import User


class Command(BaseCommand):
    help = "Lock the demo accounts, whose passwords are published. Their reads stay."

    def handle(self, *args: Any, **options: Any) -> None:
        count = User.objects.filter(is_demo=True, is_active=True).update(is_active=False)
        self.stdout.write(f"{count} demo accounts locked.")
