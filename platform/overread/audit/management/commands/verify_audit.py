from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from overread.audit.queries import chain_verify


class Command(BaseCommand):
    help = (
        "Recompute the audit log's hash chain, check its signatures, and compare it with the anchors outside the "
        "database. Exit status 1 when something was altered or cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, help="A copy of the anchors, or a log that holds them, kept elsewhere."
        )

    def handle(self, *args: Any, anchors: Path | None = None, **options: Any) -> None:
        if anchors and not anchors.is_file():
            raise CommandError(f"There is no file {anchors}.")
        report = chain_verify(anchors)
        if report.broken_at is not None:
            raise CommandError(f"The audit log was altered: position {report.broken_at} does not fit the chain.")
        if report.lost_from is not None:
            raise CommandError(
                f"The audit log was cut: from position {report.lost_from} on it is not the one that was anchored. "
                "Either its end was removed, or an older backup of the database was restored."
            )
        if report.strange_anchors:
            raise CommandError(
                f"{report.strange_anchors} anchors are not signed under AUDIT_KEY: they were altered, or the key was."
            )
        self.stdout.write(f"{report.events} events chained and intact, {report.unsealed} wait for the sealer.")
        if report.anchors:
            self.stdout.write(f"{report.anchors} anchors outside the database agree.")
        elif report.events:
            self.stdout.write("There are no anchors: whether the end of the log was cut off cannot be told.")
