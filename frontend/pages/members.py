"""The members of a project and their roles."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from frontend.people import person
from labeling.queries.reader_reliability import Reliability, gold_agreement, repeat_agreement
from overread.accounts.models import User
from overread.accounts.queries import account_named
from overread.projects.models import Membership, Project, Role
from overread.projects.queries import is_administrator, memberships_of, project_for, readers_of
from overread.projects.services import membership_add, membership_remove


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"class": "input", "id": "member-email", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        widget=forms.Select(attrs={"class": "input", "id": "member-role"}),
    )

    def clean_email(self) -> User:
        """The account with this address."""
        user = account_named(self.cleaned_data["email"])
        if user is None:
            raise ValidationError(
                _("Nobody with this address has an account. An operator can make one: manage.py create_user %(email)s")
                % self.cleaned_data
            )
        return user


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The members; a POST gives somebody a role."""
    project = project_for(person(request), slug, "projects.administer")
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.cleaned_data["email"]
        role = Role(form.cleaned_data["role"])
        membership_add(project=project, user=user, role=role, actor=person(request))
        messages.success(request, _("%(who)s is %(role)s now.") % {"who": user, "role": role.label})
        return redirect("project-members", slug)
    context = {"project": project, "form": form, "members": members_of(project), "measured": measured(project)}
    return render(request, "members.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take one role from a member."""
    actor = person(request)
    project = project_for(actor, slug, "projects.administer")
    membership = memberships_of(project).filter(pk=pk).first()
    if membership is None:
        raise Http404("No such membership.")
    told = {"who": membership.user, "role": membership.get_role_display()}
    try:
        membership_remove(membership=membership, actor=actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(who)s is no longer %(role)s.") % told)
    if not is_administrator(actor, project):  # they have removed themselves
        return redirect("home")
    return redirect("project-members", slug)


def members_of(project: Project) -> list[tuple[User, list[Membership]]]:
    """Each member with their roles, by name."""
    found: dict[User, list[Membership]] = {}
    for membership in memberships_of(project):
        found.setdefault(membership.user, []).append(membership)
    return list(found.items())


def measured(project: Project) -> list[tuple[User, list[Reliability], list[Reliability]]]:
    """Each reader with their agreement on gold cases and on repeats, by name; readers who had neither are left out."""
    rows = []
    for user in readers_of(project):
        gold = gold_agreement(project=project, reader=user)
        repeats = repeat_agreement(project=project, reader=user)
        if gold or repeats:
            rows.append((user, gold, repeats))
    return rows
