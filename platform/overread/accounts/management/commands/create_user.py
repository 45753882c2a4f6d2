"""Accounts for those who read, label, train and administer."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from overread.accounts.services import user_create


class Command(BaseCommand):
    help = (
        "Make an account and print its first password, which its owner changes under their initials. "
        "A project's administrator then gives it a role."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="As others see it: Dr Anna Berg.")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            user, password = user_create(email=email, name=name)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{user.email} can sign in with the password {password}")
