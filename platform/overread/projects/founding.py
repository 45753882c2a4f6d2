"""Making a project with everything it needs to be worked in: its findings, and people with their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.accounts.queries import account_called
from overread.projects.models import Membership, Project, Role
from overread.projects.questions import questions_of, questions_wrong
from overread.projects.services import RESERVED, finding_add, membership_add, project_create
from overread.projects.slugs import free_slug, name_key, name_tidy
from overread.projects.templates import NewFinding

# With these a founder can go on alone: read, settle what readers disagree on, choose cases, train.
FOUNDER = (Role.READER, Role.ADJUDICATOR, Role.ML_ENGINEER)


@dataclass(frozen=True)
class NewMember:
    """Somebody by address, or by the part of it before the @ where only one account has it, with roles."""

    who: str
    roles: tuple[str, ...]


class NotFounded(ValueError):
    """No project was made, and nothing is left of it.

    `errors`: what is wrong, in words, by place: name, slug, modality, findings, findings.2.unit, members.0.who.
    `taken`: whether it is only that such a project is there already.
    """

    def __init__(self, errors: Mapping[str, str], *, taken: bool = False) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors, self.taken = dict(errors), taken


def project_found(
    *,
    name: str,
    modality: str,
    findings: Sequence[NewFinding],
    slug: str = "",
    founder: User | None = None,
    founder_roles: Iterable[Role] = FOUNDER,
    members: Sequence[NewMember] = (),
    recipe: Mapping[str, object] | None = None,
) -> Project:
    """A project with its findings and members; the founder is its administrator and has the other roles besides.

    Its slug follows from its name where none is given. Raises NotFounded.
    """
    questions = questions_of(findings)
    people, unknown = _people(members)
    if wrong := questions_wrong(findings) | unknown:
        raise NotFounded(wrong)
    try:
        with transaction.atomic():
            project = _project(name_tidy(name), modality, slug, founder, recipe or {})
            _findings_add(project, questions)
            _members_add(project, founder, founder_roles, people)
    except IntegrityError as raced:  # somebody else took the slug between the look and the writing
        raise NotFounded({"slug": _("A project of this address is there already.")}, taken=True) from raced
    return project


def _project(name: str, modality: str, slug: str, founder: User | None, recipe: Mapping[str, object]) -> Project:
    if founder:
        _refuse_twice(name, founder)
    taken = RESERVED | set(Project.objects.values_list("slug", flat=True))
    if slug in taken:
        raise NotFounded({"slug": _("This address is taken. Choose another one.")}, taken=True)
    slug = slug or free_slug(name, taken, otherwise="project")
    try:
        return project_create(
            slug=slug, name=name, modality=modality.strip(), findings=(), actor=founder, recipe=dict(recipe)
        )
    except ValidationError as wrong:
        raise NotFounded(_joined(wrong)) from wrong


def _refuse_twice(name: str, founder: User) -> None:
    """A double click makes one project. The lock has the second one wait, and see the first one's."""
    User.objects.select_for_update(no_key=True).get(pk=founder.pk)
    own = Membership.objects.filter(user=founder, role=Role.ADMINISTRATOR).values_list("project__name", flat=True)
    if name_key(name) in map(name_key, own):
        raise NotFounded({"name": _("You administer a project of this name already.")}, taken=True)


def _joined(wrong: ValidationError) -> dict[str, str]:
    return {field: " ".join(messages) for field, messages in wrong.message_dict.items()}


def _findings_add(project: Project, questions: Sequence[NewFinding]) -> None:
    errors = {}
    for place, finding in enumerate(questions):
        fields = {**vars(finding), "options": list(finding.options)}
        try:
            finding_add(project=project, order=place, **fields)
        except ValidationError as wrong:
            for field, said in _joined(wrong).items():
                errors[f"findings.{place}.{_column(field)}"] = said
    if errors:
        raise NotFounded(errors)


def _column(field: str) -> str:
    """What does not fit together is told beside the name."""
    return "name" if field == "__all__" else field


def _people(members: Sequence[NewMember]) -> tuple[list[tuple[User, list[Role]]], dict[str, str]]:
    """The accounts of new members with their roles; and who has none, and which roles there are not, by place."""
    errors = {}
    people = []
    for place, member in enumerate(members):
        user = account_called(member.who)
        unknown = [role for role in member.roles if role not in Role.values]
        if user is None:
            errors[f"members.{place}.who"] = _(
                "Nobody of this address or name has an account. An operator can make one: manage.py create_user."
            )
        elif unknown or not member.roles:
            told = {"unknown": ", ".join(unknown), "known": ", ".join(Role.values)}
            errors[f"members.{place}.roles"] = _('There is no role "%(unknown)s". There are: %(known)s.') % told
        else:
            people.append((user, [Role(role) for role in member.roles]))
    return people, errors


def _members_add(
    project: Project, founder: User | None, founder_roles: Iterable[Role], people: Iterable[tuple[User, list[Role]]]
) -> None:
    if founder:
        own = dict.fromkeys([Role.ADMINISTRATOR, *founder_roles])
        people = [(founder, list(own)), *people]
    for user, roles in people:
        for role in roles:
            membership_add(project=project, user=user, role=role, actor=founder)
