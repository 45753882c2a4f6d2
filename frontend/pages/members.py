"""Who works in a project, and as what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from labeling.queries.measured import Measured, gold_agreement, repeat_agreement
from overread.accounts.models import User
from overread.projects.models import Membership, Project, Role
from overread.projects.queries import project_for
from overread.projects.rules import READING
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
        """The person with this address."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
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
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "projects.administer")
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        membership_add(project=project, user=user, role=role, actor=request.user)
        messages.success(request, _("%(who)s is %(role)s now.") % {"who": user, "role": role.label})
        return redirect("project-members", slug)
    context = {"project": project, "form": form, "members": members_of(project), "measured": measured(project)}
    return render(request, "members.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take one role away."""
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "projects.administer")
    membership = Membership.objects.filter(project=project, pk=pk).select_related("user").first()
    if membership is None:
        raise Http404("No such membership.")
    told: dict[str, Any] = {"who": membership.user, "role": membership.get_role_display()}
    try:
        membership_remove(membership=membership, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(who)s is no longer %(role)s.") % told)
    mine = Membership.objects.filter(project=project, user=request.user)
    still = mine.filter(role=Role.ADMINISTRATOR).exists()  # one may have taken it from oneself
    return redirect("project-members", slug) if still else redirect("home")


def members_of(project: Project) -> list[tuple[User, list[Membership]]]:
    """Each member with their roles, by name."""
    found: dict[User, list[Membership]] = {}
    of_project = (
        Membership.objects.filter(project=project).select_related("user").order_by("user__name", "user", "role")
    )
    for membership in of_project:
        found.setdefault(membership.user, []).append(membership)
    return list(found.items())


def measured(project: Project) -> list[tuple[User, list[Measured], list[Measured]]]:
    """Each reader who was given a hidden known answer, or an own case again, with how far they agreed, by name."""
    readers = User.objects.filter(memberships__project=project, memberships__role__in=READING).distinct()
    rows = [
        (user, gold_agreement(project=project, reader=user), repeat_agreement(project=project, reader=user))
        for user in readers.order_by("name", "pk")
    ]
    return [row for row in rows if row[1] or row[2]]
