import gc
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.loading import PASSWORD, PEOPLE, demo_load


class Command(BaseCommand):
    help = "Make the demo project with its people and its network; workers draw its films. Not in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the database to its newest form first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's passwords are published; it is not loaded in production.")
        if options["migrate"]:
            gc.disable()  # migrations make thousands of classes: a fifth of their time would go to looking for garbage
            call_command("migrate", verbosity=0)
            gc.enable()
        demo_load()
        for email, name, role in PEOPLE:
            self.stdout.write(f"  {role.label:14} {email:26} {PASSWORD}   ({name})")
