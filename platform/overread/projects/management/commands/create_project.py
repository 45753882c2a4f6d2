"""A project from the command line, with its findings and members."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from overread.accounts.queries import account_called
from overread.projects.founding import NewMember, NotFounded, project_found
from overread.projects.models import Role
from overread.projects.templates import TEMPLATES, NewFinding, template_named

FINDING = """NAME, NAME:categorical:OPTION,OPTION,… or NAME:measurement:UNIT[:MINIMUM:MAXIMUM]; repeat it for each."""


def finding(typed: str) -> NewFinding:
    """One finding as it is typed. A name that holds a colon is not typed here, but on the page."""
    name, *rest = typed.split(":")
    match rest:
        case [] | ["binary"]:
            return NewFinding(name)
        case ["categorical", options]:
            return NewFinding(name, "categorical", tuple(options.split(",")))
        case ["measurement", unit]:
            return NewFinding(name, "measurement", unit=unit)
        case ["measurement", unit, lowest, highest]:
            return NewFinding(name, "measurement", unit=unit, minimum=limit(lowest), maximum=limit(highest))
    raise ArgumentTypeError(f"{typed!r} is no finding. Write {FINDING}")


def limit(typed: str) -> float | None:
    if not typed:
        return None
    try:
        return float(typed)
    except ValueError as error:
        raise ArgumentTypeError(f"{typed!r} is no number.") from error


def member(typed: str) -> NewMember:
    who, equals, roles = typed.rpartition("=")
    if not equals:
        raise ArgumentTypeError(f"{typed!r} names no role. Write WHO=ROLE,ROLE.")
    return NewMember(who, tuple(roles.split(",")))


class Command(BaseCommand):
    help = "Make a project with its findings and members. If anything is refused, nothing is left of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="As it stands in addresses: chest.")
        parser.add_argument("--name", help="As people see it; the template's if left out.")
        parser.add_argument("--modality", help="What is read: chest radiograph. The template's if left out.")
        parser.add_argument("--template", choices=[template.slug for template in TEMPLATES])
        parser.add_argument("--finding", action="append", type=finding, default=[], help=FINDING)
        parser.add_argument(
            "--member", action="append", type=member, default=[], metavar="WHO=ROLE,ROLE", help=", ".join(Role.values)
        )
        parser.add_argument("--administrator", required=True, metavar="WHO", help="E-mail, or what is before its @.")

    def handle(
        self,
        *args: Any,
        slug: str,
        name: str | None,
        modality: str | None,
        template: str | None,
        finding: list[NewFinding],
        member: list[NewMember],
        administrator: str,
        **options: Any,
    ) -> None:
        founder = account_called(administrator)
        if founder is None:
            raise CommandError("--administrator: nobody of this address or name has an account.")
        begun = template_named(template or "")
        if begun is None and not (name and modality and finding):
            raise CommandError("Give a --template, or --name, --modality and a --finding or more.")
        try:
            project = project_found(
                slug=slug,
                name=name or str(begun and begun.name),
                modality=modality or (begun.modality if begun else ""),
                findings=finding or (begun.findings if begun else ()),
                recipe=begun.recipe if begun else None,
                founder=founder,
                founder_roles=(),
                members=member,
            )
        except NotFounded as refusal:
            raise CommandError("\n".join(f"{place}: {said}" for place, said in refusal.errors.items())) from refusal
        asked = ", ".join(project.findings.values_list("name", flat=True))
        self.stdout.write(f"{project.name} is at projects/{project.slug}/ and asks: {asked}")
