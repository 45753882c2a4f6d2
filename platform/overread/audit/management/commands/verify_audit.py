from typing import Any

from django.core.management.base import BaseCommand, CommandError

from overread.audit.queries import chain_verify


class Command(BaseCommand):
    help = "Recompute the audit log's hash chain and check its signatures. Exit status 1 when something was altered."

    def handle(self, *args: Any, **options: Any) -> None:
        report = chain_verify()
        if report.broken_at is not None:
            raise CommandError(f"The audit log was altered: position {report.broken_at} does not fit the chain.")
        self.stdout.write(f"{report.events} events chained and intact, {report.unsealed} wait for the sealer.")
