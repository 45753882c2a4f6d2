from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from training.demo import PASSWORD, PEOPLE, demo_load


class Command(BaseCommand):
    help = "Make the demo project with its people; workers draw its films and train its first model. Not in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's passwords are published; it is not loaded in production.")
        demo_load()
        for email, name, role in PEOPLE:
            self.stdout.write(f"  {role.label:14} {email:26} {PASSWORD}   ({name})")
